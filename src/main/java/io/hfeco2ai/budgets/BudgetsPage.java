package io.hfeco2ai.budgets;

import io.hfeco2ai.budgets.Budgets.Unit;
import io.hfeco2ai.experiments.Experiments;
import io.hfeco2ai.experiments.Experiments.Project;
import io.hfeco2ai.platform.BadInput;
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
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.ModelAndView;

/** All budgets that the viewer may see, and the form that makes one. */
@Allow(people = People.SIGNED_IN)
@Controller
class BudgetsPage {

    /** @param project a project of the team */
    record Choice(Team team, List<Project> projects) {}

    record FormView(
            List<Choice> choices, Map<String, String> typed, Map<String, String> errors, List<PastSpend.Line> recent) {}

    private final BudgetBook book;
    private final BudgetList list;
    private final PastSpend past;
    private final Experiments experiments;
    private final Teams teams;
    private final Access access;

    BudgetsPage(BudgetBook book, BudgetList list, PastSpend past, Experiments experiments, Teams teams, Access access) {
        this.book = book;
        this.list = list;
        this.past = past;
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

    /** The form; htmx asks for it again with what is chosen so far, and shows what was spent before. */
    @Allow(people = People.LEADS)
    @GetMapping("/budgets/new")
    ModelAndView form(@RequestParam Map<String, String> chosen) {
        Map<String, String> typed = new HashMap<>(Map.of("thresholds", "80,95"));
        typed.putAll(chosen);
        return form(typed, Map.of(), HttpStatus.OK);
    }

    private ModelAndView form(Map<String, String> typed, Map<String, String> errors, HttpStatus status) {
        List<Choice> choices = led(access.viewer()).stream()
                .map(team -> new Choice(team, experiments.projects(team.id())))
                .toList();
        return new ModelAndView(
                "budgets/form", Map.of("view", new FormView(choices, typed, errors, recent(choices, typed))), status);
    }

    /** Of what is chosen, or of what the form shows first. Nothing where a choice makes no sense: its field says so. */
    private List<PastSpend.Line> recent(List<Choice> choices, Map<String, String> typed) {
        try {
            String[] scope = typed.getOrDefault(
                            "scope",
                            choices.isEmpty() ? "" : choices.get(0).team().id())
                    .split(":", 2);
            String project = scope.length == 2 ? scope[1] : null;
            boolean known = choices.stream()
                    .anyMatch(choice -> choice.team().id().equals(scope[0])
                            && (project == null
                                    || choice.projects().stream()
                                            .anyMatch(each -> each.id().equals(project))));
            Unit unit = BudgetInput.one("unit", Unit.class, typed);
            String basis = BudgetSpend.basis(
                    unit.name(),
                    BudgetInput.one("energy_basis", BudgetInput.Basis.class, typed)
                            .name());
            return known
                    ? past.of(
                            new PastSpend.Scope(scope[0], project, unit.name(), basis),
                            BudgetInput.one("period", Periods.Kind.class, typed),
                            null,
                            BudgetInput.day(typed.get("last_day")))
                    : List.of();
        } catch (BadInput e) {
            return List.of();
        }
    }

    private List<Team> led(Viewer viewer) {
        return teams.teams().stream()
                .filter(team -> viewer.has(TeamRole.LEAD, team.id()))
                .toList();
    }

    /** With {@code show} nothing is made: the form comes back with what was spent before. @param typed {@code scope} is a team's id, or a team's and a project's with a colon between */
    @Allow(people = People.LEADS)
    @PostMapping("/budgets")
    ModelAndView make(@RequestParam Map<String, String> typed) {
        if (typed.containsKey("show")) {
            return form(typed, Map.of(), HttpStatus.OK);
        }
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
}
