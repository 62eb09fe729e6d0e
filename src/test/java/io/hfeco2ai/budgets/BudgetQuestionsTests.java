package io.hfeco2ai.budgets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.get;

import io.hfeco2ai.budgets.Commitments.Committed;
import io.hfeco2ai.budgets.Commitments.Missing;
import io.hfeco2ai.budgets.PeriodChange.ChangeView;
import io.hfeco2ai.experiments.Experiments.Run;
import io.hfeco2ai.experiments.Experiments.StartRun;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

/** What people ask of a budget, on what was metered. */
class BudgetQuestionsTests extends BudgetsInTheApplication {

    @Autowired
    Commitments commitments;

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
}
