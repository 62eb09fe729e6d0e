package io.hfeco2ai.dashboard;

import io.hfeco2ai.budgets.Budgets;
import io.hfeco2ai.budgets.Budgets.Budget;
import io.hfeco2ai.budgets.Budgets.Standing;
import io.hfeco2ai.dashboard.TeamView.BudgetLine;
import io.hfeco2ai.dashboard.TeamView.ProjectLine;
import io.hfeco2ai.experiments.Experiments;
import io.hfeco2ai.experiments.Experiments.Project;
import io.hfeco2ai.experiments.Experiments.Run;
import io.hfeco2ai.experiments.Experiments.RunSearch;
import io.hfeco2ai.ledger.Ledger;
import io.hfeco2ai.ledger.Ledger.Footprint;
import io.hfeco2ai.ledger.Ledger.GroupBy;
import io.hfeco2ai.ledger.Ledger.Question;
import io.hfeco2ai.platform.NotFound;
import io.hfeco2ai.teams.Access;
import io.hfeco2ai.teams.Allow;
import io.hfeco2ai.teams.Allow.People;
import io.hfeco2ai.teams.TeamRole;
import io.hfeco2ai.teams.Teams;
import io.hfeco2ai.teams.Teams.Team;
import io.hfeco2ai.teams.Viewer;
import java.time.Clock;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;

/** What each team spent this month, and on what: projects are compared, persons never. */
@Allow(people = People.SIGNED_IN)
@Controller("teamFigures")
class TeamsPage {

    private static final int NEWEST_RUNS = 8;

    /** @param tightest the active budget of which most is used; null: there is none */
    record Row(Team team, FootprintView month, @Nullable BudgetLine tightest) {}

    private final Teams teams;
    private final Ledger ledger;
    private final Budgets budgets;
    private final Experiments experiments;
    private final Access access;
    private final Clock clock;

    TeamsPage(Teams teams, Ledger ledger, Budgets budgets, Experiments experiments, Access access, Clock clock) {
        this.teams = teams;
        this.ledger = ledger;
        this.budgets = budgets;
        this.experiments = experiments;
        this.access = access;
        this.clock = clock;
    }

    @GetMapping("/teams")
    String teams(Model model) {
        Viewer viewer = access.viewer();
        Map<String, Footprint> months = ledger.groups(thisMonth(viewer.teams()), GroupBy.TEAM);
        Map<String, List<Standing>> standings =
                budgets.standings(viewer.teams()).stream().collect(Collectors.groupingBy(Standing::teamId));
        model.addAttribute(
                "rows",
                teams.teams().stream()
                        .filter(team -> viewer.sees(team.id()))
                        .map(team -> new Row(
                                team,
                                FootprintView.of(months.get(team.id())),
                                tightest(standings.getOrDefault(team.id(), List.of()))))
                        .toList());
        return "dashboard/teams";
    }

    @GetMapping("/teams/{id}")
    String team(@PathVariable String id, Model model) {
        Viewer viewer = access.viewer();
        viewer.requireSight(id, "team " + id);
        Team team = teams.team(id).orElseThrow(() -> new NotFound("team " + id));
        Set<String> only = Set.of(id);
        List<Run> runs = experiments
                .search(new RunSearch(only, null, null, null, null, 0, NEWEST_RUNS))
                .items();
        var footprints = ledger.ofRuns(runs.stream().map(Run::id).toList());
        model.addAttribute(
                "view",
                new TeamView(
                        team,
                        FootprintView.of(ledger.footprint(thisMonth(only))),
                        budgets.budgets(id).stream()
                                .filter(budget -> budget.state().equals("ACTIVE"))
                                .map(Budget::standing)
                                .filter(Objects::nonNull)
                                .map(BudgetLine::of)
                                .toList(),
                        projects(id),
                        RunRow.of(runs, footprints, clock),
                        viewer.has(TeamRole.MEMBER, id),
                        viewer.has(TeamRole.LEAD, id)));
        return "dashboard/team";
    }

    /** Those with energy this month, most emissions first; what has no price comes after what has one. */
    private List<ProjectLine> projects(String teamId) {
        Map<String, String> names =
                experiments.projects(teamId).stream().collect(Collectors.toMap(Project::id, Project::name));
        return ledger.groups(thisMonth(Set.of(teamId)), GroupBy.PROJECT).entrySet().stream()
                .map(each -> new ProjectLine(
                        names.getOrDefault(each.getKey(), each.getKey()), FootprintView.of(each.getValue())))
                .filter(line -> line.month().energy() != null)
                .sorted(Comparator.comparing(
                                (ProjectLine line) -> line.month().exactMicrograms(),
                                Comparator.nullsLast(Comparator.reverseOrder()))
                        .thenComparing(
                                line -> line.month().exactMicrojoules(),
                                Comparator.nullsLast(Comparator.reverseOrder())))
                .toList();
    }

    /** A period is open for some hours after its end: only the newest of a budget counts. */
    private static @Nullable BudgetLine tightest(List<Standing> standings) {
        return standings.stream()
                .collect(Collectors.toMap(
                        Standing::budgetId,
                        Function.identity(),
                        (one, other) -> one.fromMs() > other.fromMs() ? one : other))
                .values()
                .stream()
                .map(BudgetLine::of)
                .max(Comparator.comparing(
                        BudgetLine::usedRatio, Comparator.nullsLast(Comparator.<Double>naturalOrder())))
                .orElse(null);
    }

    /** The books are kept in UTC, so the month is UTC's. */
    private Question thisMonth(@Nullable Set<String> teamIds) {
        long fromMs = clock.instant()
                .atOffset(ZoneOffset.UTC)
                .withDayOfMonth(1)
                .truncatedTo(ChronoUnit.DAYS)
                .toInstant()
                .toEpochMilli();
        return new Question(teamIds, null, null, null, null, fromMs, null, false);
    }
}
