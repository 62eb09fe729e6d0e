package io.hfeco2ai.budgets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.get;

import io.hfeco2ai.budgets.Commitments.Committed;
import io.hfeco2ai.budgets.Commitments.Missing;
import io.hfeco2ai.budgets.PeriodChange.ChangeView;
import io.hfeco2ai.experiments.Experiments.Run;
import io.hfeco2ai.experiments.Experiments.StartRun;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

/** What people ask of a budget, on what was metered. */
class BudgetQuestionsTests extends BudgetsInTheApplication {

    @Autowired
    Commitments commitments;

    @Autowired
    BeforeLaunch launch;

    @Autowired
    Replay replay;

    @Autowired
    BudgetSpend spend;

    @Autowired
    PeriodChange changes;

    private Committed committed(String budget) {
        return commitments.of(rows.row(budget), rows.periods(budget).get(0));
    }

    @Test
    void whatRunsWillStillSpendIsPowerTimesTheUsualRest() throws Exception {
        String budget = create(input("unit", "KWH"));
        assertThat(committed(budget).lines()).isEmpty();
        assertThat(body(get("/budgets/" + budget), 200)).contains("no run goes on");

        Instant begun = Instant.now().minusSeconds(610);
        for (int i = 0; i < 3; i++) {
            Run old = experiments
                    .start(new StartRun(
                            team,
                            "p",
                            "e",
                            null,
                            null,
                            null,
                            begun.minusSeconds(7200),
                            Map.of(),
                            Map.of(),
                            false,
                            null,
                            null))
                    .run();
            experiments.finish(team, old.id(), "FINISHED", begun.minusSeconds(3600));
        }
        spent("p", 0.6, Instant.now().minusSeconds(10));
        standing(budget, 0.5999);
        Committed committed = committed(budget);
        assertThat(committed.lines()).hasSize(1);
        assertThat(committed.unknown()).isZero();
        assertThat(Objects.requireNonNull(committed.lines().get(0).watts())).isCloseTo(3600, within(1.0));
        assertThat(Objects.requireNonNull(
                                Objects.requireNonNull(committed.amount()).energy())
                        .kilowattHours())
                .as("3.6 kW for the 50 minutes that are left of an hour")
                .isCloseTo(3.0, within(0.05));
        assertThat(body(get("/budgets/" + budget), 200)).contains("Committed by runs");
    }

    @Test
    void whatIsNotKnownOfARunStaysUnknown() throws Exception {
        String budget = create(input("unit", "KWH"));
        spent("p", 0.6, Instant.now().minusSeconds(10));
        standing(budget, 0.5999);
        Committed committed = committed(budget);
        assertThat(committed.amount()).isNull();
        assertThat(committed.unknown()).isEqualTo(1);
        assertThat(committed.lines().get(0).missing()).isEqualTo(Missing.LENGTH);

        spent("q", 0.1, Instant.now().minus(Duration.ofHours(2)));
        assertThat(committed(budget).lines())
                .extracting(Commitments.Line::missing)
                .containsExactlyInAnyOrder(Missing.LENGTH, Missing.POWER);
        assertThat(body(get("/budgets/" + budget), 200)).contains("not known").contains("2 runs of which");
    }

    @Test
    void theChangeOfThePeriodIsSplitByProjectAndTheSumOfThePartsIsTheChange() throws Exception {
        String budget = create(input("unit", "KWH"));
        Instant now = Instant.now();
        jdbc.sql("UPDATE budget SET period_kind = 'CUSTOM', last_day = first_day WHERE id = ?")
                .param(budget)
                .update();
        long hour = Math.floorDiv(now.toEpochMilli(), Periods.HOUR_MS) * Periods.HOUR_MS;
        long from = hour - Duration.ofHours(20).toMillis();
        jdbc.sql("UPDATE budget_period SET from_ms = ?, to_ms = ? WHERE budget_id = ?")
                .params(from, from + Duration.ofDays(1).toMillis(), budget)
                .update();
        Periods.Span before = Periods.before(
                Periods.Kind.CUSTOM,
                new Periods.Span(LocalDate.ofInstant(Instant.ofEpochMilli(from), ZoneOffset.UTC), from, 0),
                1,
                ZoneOffset.UTC);
        Instant then = Instant.ofEpochMilli(before.fromMs()).plusSeconds(3 * 3600);
        spent("grown", 0.2, then);
        spent("ended", 0.1, then);
        spent("grown", 0.5, Instant.ofEpochMilli(from).plusSeconds(7200));
        spent("new", 0.3, Instant.ofEpochMilli(from).plusSeconds(7200));
        standing(budget, 0.7999);
        ChangeView view = changes.of(rows.row(budget), rows.periods(budget).get(0));
        assertThat(view.beforeKnown()).isTrue();
        assertThat(view.lines())
                .extracting(PeriodChange.Line::project)
                .containsExactlyInAnyOrder("grown", "ended", "new");
        assertThat(kilowattHours(view.total().change())).isCloseTo(0.5, within(1e-9));
        assertThat(kilowattHours(view.total().parts().added())).isCloseTo(0.3, within(1e-9));
        assertThat(kilowattHours(view.total().parts().ended())).isCloseTo(-0.1, within(1e-9));
        assertThat(kilowattHours(view.total().parts().power())).isCloseTo(0.3, within(1e-9));
        assertThat(kilowattHours(view.total().parts().volume())).isCloseTo(0, within(1e-9));
        assertThat(body(get("/budgets/" + budget + "/moves"), 200))
                .contains("grown")
                .contains("Records begin at");
    }

    private static double kilowattHours(BudgetView.Amount amount) {
        return Objects.requireNonNull(amount.energy()).kilowattHours();
    }

    @Test
    void withoutAnEarlierPeriodNothingIsCompared() throws Exception {
        String budget = create(input("unit", "KWH"));
        assertThat(body(get("/budgets/" + budget + "/moves"), 200)).contains("nothing to compare with");
    }

    /** The open period reaches that far back and ahead. */
    private void around(String budget, Duration reach) {
        long hour = Math.floorDiv(Instant.now().toEpochMilli(), Periods.HOUR_MS) * Periods.HOUR_MS;
        jdbc.sql("UPDATE budget_period SET from_ms = ?, to_ms = ? WHERE budget_id = ?")
                .params(hour - reach.toMillis(), hour + reach.toMillis(), budget)
                .update();
        spend.refreshAll(budget);
    }

    private Run finished(String project, double kilowattHours, Instant end) {
        Run run = spent(project, kilowattHours, end);
        return experiments.finish(team, run.id(), "FINISHED", end);
    }

    private BeforeLaunch.Answer asked(String budget, String... pairs) {
        Map<String, String> typed = new HashMap<>();
        for (int i = 0; i < pairs.length; i += 2) {
            typed.put(pairs[i], pairs[i + 1]);
        }
        return launch.ask(rows.row(budget), rows.periods(budget).get(0), BeforeLaunch.Wish.of(typed));
    }

    @Test
    void whatASweepWouldTakeIsARangeFromLikeRunsAndMovesTheBreach() throws Exception {
        for (int day = 6; day >= 1; day--) {
            finished("p", 0.4 + 0.05 * day, Instant.now().minus(Duration.ofDays(day)));
        }
        String budget = create(input("unit", "KWH", "limit", "12"));
        around(budget, Duration.ofDays(10));
        standing(budget, 3.4499);
        BeforeLaunch.Answer answer = asked(budget, "runs", "10");
        assertThat(answer.like()).isEqualTo(6);
        assertThat(kilowattHours(Objects.requireNonNull(answer.low()))).isBetween(5.0, 5.75);
        assertThat(kilowattHours(Objects.requireNonNull(answer.high()))).isBetween(5.75, 6.6);
        assertThat(asked(budget, "runs", "10").low())
                .as("the same question, the same answer")
                .isEqualTo(answer.low());
        double chance = Objects.requireNonNull(answer.before()).breachProbability();
        assertThat(Objects.requireNonNull(answer.after()).breachProbability()).isGreaterThan(chance);
        assertThat(body(get("/budgets/" + budget + "/launch").param("runs", "10"), 200))
                .contains("of what is left")
                .contains("Limit reached with it");
    }

    @Test
    void fewRunsGiveOneFigureAndNoneGiveNothing() throws Exception {
        String budget = create(input("unit", "KWH", "limit", "20"));
        assertThat(asked(budget).missing()).isEqualTo(BeforeLaunch.Missing.NO_RUNS);
        assertThat(body(get("/budgets/" + budget + "/launch").param("runs", "1"), 200))
                .contains("Not known: no run");
        Run run = finished("p", 0.5, Instant.now().minusSeconds(5));
        BeforeLaunch.Answer answer = asked(budget, "runs", "4", "like", run.id());
        assertThat(answer.low()).isNull();
        assertThat(kilowattHours(Objects.requireNonNull(answer.middle()))).isCloseTo(2, within(1e-9));
        assertThat(kilowattHours(
                        Objects.requireNonNull(asked(budget, "kwh", "3").middle())))
                .isEqualTo(3);
        String other = create(input("unit", "KWH", "energy_basis", "FACILITY", "limit", "20"));
        assertThat(asked(other, "kwh", "3").missing()).as("no PUE is set").isEqualTo(BeforeLaunch.Missing.NO_PRICE);
    }

    @Test
    void whatMakesNoSenseIsSaidAtItsField() throws Exception {
        String budget = create(input("unit", "KWH"));
        String launch = "/budgets/" + budget + "/launch";
        assertThat(body(get(launch).param("runs", "-3"), 400)).contains("Field runs takes");
        assertThat(body(get(launch).param("kwh", "1e30"), 400)).contains("Field kwh takes");
        assertThat(body(get(launch).param("kwh", "1E-2147483647"), 400)).contains("Field kwh takes");
        assertThat(body(get(launch).param("runs", "1").param("like", "nobody"), 400))
                .contains("no such run");
        assertThat(body(get(launch).param("runs", "x").header("HX-Request", "true"), 200))
                .contains("Field runs takes");
        assertThat(body(get("/budgets/" + budget + "/replay").param("limit", "1e30"), 400))
                .contains("at most");
    }

    @Test
    void aLowerLimitWouldHaveWarnedOneRunAndStoppedAnother() throws Exception {
        String budget = create(input("unit", "KWH", "limit", "100", "thresholds", "50"));
        around(budget, Duration.ofDays(10));
        Instant hour =
                Instant.ofEpochMilli(Math.floorDiv(Instant.now().toEpochMilli(), Periods.HOUR_MS) * Periods.HOUR_MS);
        finished("early", 1, hour.minusSeconds(5 * 3600 - 1200));
        finished("middle", 1, hour.minusSeconds(3 * 3600 - 1200));
        finished("late", 1, hour.minusSeconds(3600 - 1200));
        standing(budget, 2.9999);
        BudgetRows.Period period = rows.periods(budget).get(0);

        Replay.Played none = replay.play(rows.row(budget), period, new BigDecimal("100"));
        assertThat(none.warnsAt()).isNull();
        assertThat(none.told()).isEmpty();

        Replay.Played played = replay.play(rows.row(budget), period, new BigDecimal("2.2"));
        assertThat(played.warnsAt()).isBetween(hour.minusSeconds(3 * 3600), hour.minusSeconds(2 * 3600));
        assertThat(played.stopsAt()).isBetween(hour.minusSeconds(3600), hour);
        assertThat(played.told()).hasSize(2);
        Replay.Told middle = played.told().get(0);
        assertThat(middle.stoppedAt()).isNull();
        assertThat(kilowattHours(Objects.requireNonNull(middle.warnedSpend()))).isBetween(1.1, 2.0);
        Replay.Told late = played.told().get(1);
        assertThat(late.warnedAt()).isEqualTo(hour.minusSeconds(3600 - 600));
        assertThat(late.stoppedAt()).isAfter(late.warnedAt());
        assertThat(kilowattHours(Objects.requireNonNull(late.stoppedSpend()))).isCloseTo(2.2, within(0.001));
        assertThat(body(get("/budgets/" + budget + "/replay").param("limit", "2.2"), 200))
                .contains("The limit itself would have been reached");
    }
}
