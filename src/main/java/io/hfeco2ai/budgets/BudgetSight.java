package io.hfeco2ai.budgets;

import io.hfeco2ai.budgets.BudgetRows.Period;
import io.hfeco2ai.budgets.BudgetRows.Row;
import io.hfeco2ai.experiments.Experiments;
import io.hfeco2ai.experiments.Experiments.Project;
import io.hfeco2ai.teams.Access;
import io.hfeco2ai.teams.TeamRole;
import io.hfeco2ai.teams.Teams;
import io.hfeco2ai.teams.Teams.Team;
import java.math.BigDecimal;
import java.time.Clock;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.Objects;
import java.util.stream.Stream;
import org.springframework.stereotype.Component;

/** A budget as far as the viewer may see or change it. */
@Component
class BudgetSight {

    private final BudgetRows rows;
    private final BudgetSpend spend;
    private final Experiments experiments;
    private final Teams teams;
    private final Access access;
    private final Clock clock;

    BudgetSight(BudgetRows rows, BudgetSpend spend, Clock clock, Experiments experiments, Teams teams, Access access) {
        this.rows = rows;
        this.spend = spend;
        this.clock = clock;
        this.experiments = experiments;
        this.teams = teams;
        this.access = access;
    }

    /** @throws io.hfeco2ai.platform.NotFound there is none for the viewer */
    Row seen(String id) {
        Row row = rows.row(id);
        access.viewer().requireSight(row.teamId(), "budget " + id);
        return row;
    }

    /** @throws io.hfeco2ai.platform.Forbidden the viewer sees it, and does not lead its team */
    Row led(String id) {
        Row row = seen(id);
        access.viewer().require(TeamRole.LEAD, row.teamId(), "budget " + id);
        return row;
    }

    boolean mayChange(Row row) {
        return access.viewer().has(TeamRole.LEAD, row.teamId());
    }

    /** The newest; of a draft the one that it would begin with today. */
    Period period(Row row) {
        return rows.periods(row.id()).stream().findFirst().orElseGet(() -> first(row));
    }

    private Period first(Row row) {
        ZoneId zone = rows.zone();
        Periods.Span span = Periods.containing(
                Periods.Kind.valueOf(row.periodKind()), LocalDate.now(clock.withZone(zone)), row.lastDay(), zone);
        BudgetSpend.Amounts amounts = spend.amounts(new BudgetSpend.Period(
                "",
                row.id(),
                row.teamId(),
                row.projectId(),
                row.unit(),
                row.energyBasis(),
                span.fromMs(),
                span.toMs(),
                true));
        return new Period(
                "",
                row.id(),
                1,
                span.fromMs(),
                span.toMs(),
                Objects.requireNonNull(zone.getId()),
                row.limitAmount(),
                BigDecimal.ZERO,
                "OPEN",
                amounts.posted(),
                amounts.provisional(),
                amounts.uncountedUj(),
                null);
    }

    /** Whose it is: {@code team} or {@code team / project}. */
    String scope(Row row) {
        String team = teams.team(row.teamId()).map(Team::name).orElse(row.teamId());
        return Stream.concat(
                        Stream.of(team),
                        experiments.projects(row.teamId()).stream()
                                .filter(project -> project.id().equals(row.projectId()))
                                .map(Project::name))
                .reduce((one, other) -> one + " / " + other)
                .orElse(team);
    }
}
