package io.hfeco2ai.budgets;

import io.hfeco2ai.budgets.BudgetBook.Period;
import io.hfeco2ai.budgets.BudgetBook.Row;
import io.hfeco2ai.experiments.Experiments;
import io.hfeco2ai.experiments.Experiments.Project;
import io.hfeco2ai.platform.BadInput;
import io.hfeco2ai.platform.Conflict;
import io.hfeco2ai.teams.Access;
import io.hfeco2ai.teams.Allow;
import io.hfeco2ai.teams.Allow.People;
import io.hfeco2ai.teams.TeamRole;
import io.hfeco2ai.teams.Teams;
import io.hfeco2ai.teams.Teams.Team;
import io.hfeco2ai.teams.Viewer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.ModelAndView;

/** Budgets: how much is used, when it will not last, and the forms of those who set them. */
@Allow(people = People.SIGNED_IN)
@Controller
class BudgetsPage {

    /** @param project a project of the team */
    record Choice(Team team, List<Project> projects) {}

    record FormView(List<Choice> choices, Map<String, String> typed, Map<String, String> errors) {}

    private final BudgetBook book;
    private final BudgetOutlook outlooks;
    private final BudgetList list;
    private final Experiments experiments;
    private final Teams teams;
    private final Access access;

    BudgetsPage(
            BudgetBook book,
            BudgetOutlook outlooks,
            BudgetList list,
            Experiments experiments,
            Teams teams,
            Access access) {
        this.book = book;
        this.outlooks = outlooks;
        this.list = list;
        this.experiments = experiments;
        this.teams = teams;
        this.access = access;
    }

    @GetMapping("/budgets")
    ModelAndView budgets(@RequestParam(defaultValue = "0") int page) {
        Viewer viewer = access.viewer();
        return new ModelAndView(
                "budgets/budgets",
                Map.of(
                        "view",
                        list.page(viewer.teams(), Math.max(0, page)),
                        "mayMake",
                        !led(viewer).isEmpty()));
    }

    @Allow(people = People.LEADS)
    @GetMapping("/budgets/new")
    ModelAndView form() {
        return form(Map.of("thresholds", "80,95"), Map.of(), HttpStatus.OK);
    }

    private ModelAndView form(Map<String, String> typed, Map<String, String> errors, HttpStatus status) {
        List<Choice> choices = led(access.viewer()).stream()
                .map(team -> new Choice(team, experiments.projects(team.id())))
                .toList();
        return new ModelAndView("budgets/form", Map.of("view", new FormView(choices, typed, errors)), status);
    }

    private List<Team> led(Viewer viewer) {
        return teams.teams().stream()
                .filter(team -> viewer.has(TeamRole.LEAD, team.id()))
                .toList();
    }

    /** @param typed {@code scope} is a team's id, or a team's and a project's with a colon between */
    @Allow(people = People.LEADS)
    @PostMapping("/budgets")
    ModelAndView make(@RequestParam Map<String, String> typed) {
        try {
            String[] scope = typed.getOrDefault("scope", "").split(":", 2);
            if (scope[0].isEmpty()) {
                throw new BadInput("scope", "Choose whose budget it is.");
            }
            access.viewer().require(TeamRole.LEAD, scope[0], "team " + scope[0]);
            Map<String, String> fields = new HashMap<>(typed);
            fields.put("project", scope.length == 2 ? scope[1] : "");
            String id = book.create(
                    scope[0],
                    BudgetInput.of(fields),
                    BudgetInput.day(typed.get("last_day")),
                    typed.containsKey("draft"));
            return new ModelAndView("redirect:/budgets/" + id);
        } catch (BadInput e) {
            String field = e.field().equals("project") ? "scope" : e.field();
            return form(typed, Map.of(field, e.detail()), HttpStatus.BAD_REQUEST);
        }
    }

    @GetMapping("/budgets/{id}")
    ModelAndView budget(@PathVariable String id) {
        return page(seen(id), Map.of(), Map.of(), HttpStatus.OK);
    }

    private ModelAndView page(Row row, Map<String, String> typed, Map<String, String> errors, HttpStatus status) {
        List<Period> periods = book.periods(row.id());
        Period now = periods.isEmpty() ? null : periods.get(0);
        BudgetOutlook.Future future = now == null || !row.state().equals("ACTIVE") ? null : outlooks.future(row, now);
        BudgetView view = BudgetView.of(
                row,
                scope(row),
                periods,
                future == null || now == null ? null : outlooks.outlook(now, future),
                future == null || now == null ? null : BudgetView.chart(row, now, list.byDay(row, now), future),
                access.viewer().has(TeamRole.LEAD, row.teamId()),
                typed,
                errors);
        return new ModelAndView("budgets/budget", Map.of("view", view), status);
    }

    private String scope(Row row) {
        String team = teams.team(row.teamId()).map(Team::name).orElse(row.teamId());
        return Stream.concat(
                        Stream.of(team),
                        experiments.projects(row.teamId()).stream()
                                .filter(project -> project.id().equals(row.projectId()))
                                .map(Project::name))
                .reduce((one, other) -> one + " / " + other)
                .orElse(team);
    }

    private Row seen(String id) {
        Row row = book.row(id);
        access.viewer().requireSight(row.teamId(), "budget " + id);
        return row;
    }

    private Row led(String id) {
        Row row = seen(id);
        access.viewer().require(TeamRole.LEAD, row.teamId(), "budget " + id);
        return row;
    }

    @Allow(people = People.LEADS)
    @PostMapping("/budgets/{id}/limit")
    ModelAndView change(
            @PathVariable String id,
            @RequestParam(defaultValue = "") String limit,
            @RequestParam(defaultValue = "-1") long version) {
        Row row = led(id);
        try {
            book.changeLimit(id, BudgetInput.limit(limit), version);
            return back(id);
        } catch (BadInput e) {
            return page(row, Map.of("limit", limit), Map.of("limit", e.detail()), HttpStatus.BAD_REQUEST);
        } catch (Conflict e) {
            return page(book.row(id), Map.of("limit", limit), Map.of("limit", e.detail()), HttpStatus.CONFLICT);
        }
    }

    @Allow(people = People.LEADS)
    @PostMapping("/budgets/{id}/activate")
    ModelAndView activate(@PathVariable String id) {
        led(id);
        book.activate(id);
        return back(id);
    }

    @Allow(people = People.LEADS)
    @PostMapping("/budgets/{id}/close")
    ModelAndView close(@PathVariable String id) {
        led(id);
        book.close(id);
        return back(id);
    }

    private static ModelAndView back(String id) {
        return new ModelAndView("redirect:/budgets/" + id);
    }
}
