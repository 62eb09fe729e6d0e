package io.hfeco2ai.budgets.forecast;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** The same score as the benchmark's, on fewer months of jobs that are made up. */
class ForecastScoreTests {

    @Test
    void theForecastBeatsLinearBurnAndItsBandHolds() {
        ForecastScore score =
                ForecastScore.of(SpendMonths.madeUp(new SplittableRandom(3)), 150, 4, SpendForecast.TUNING);
        assertThat(score.better()).as(score.toString()).isGreaterThan(0.2);
        assertThat(score.above90()).as(score.toString()).isBetween(0.05, 0.15);
    }
}
