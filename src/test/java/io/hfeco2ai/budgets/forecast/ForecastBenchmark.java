package io.hfeco2ai.budgets.forecast;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;

/** 2,000 months from a job trace. The settings were chosen on months of seed 1; these are others. */
@Tag("bench")
class ForecastBenchmark {

    private static final long UNSEEN = 2;

    @Test
    @EnabledIfEnvironmentVariable(named = "HFECO2AI_OPEN_DATA", matches = ".+")
    void monthsFromAJobTrace() throws Exception {
        Path trace = Path.of(System.getenv("HFECO2AI_OPEN_DATA"), "B_schedule", "gaia_pai_first30k.csv");
        ForecastScore score = ForecastScore.of(SpendMonths.ofTrace(trace), 2000, UNSEEN, SpendForecast.TUNING);
        System.out.println("BENCH forecast: " + score);
        assertThat(score.better()).isGreaterThanOrEqualTo(0.2);
        assertThat(score.above90()).isBetween(0.07, 0.13);
    }

    @Test
    void aMonthAhead() {
        SplittableRandom random = new SplittableRandom(5);
        double[] spend = random.doubles(31).toArray();
        double[] ms = new double[401];
        for (int i = 0; i < ms.length; i++) {
            long start = System.nanoTime();
            SpendForecast.of(spend, LocalDate.of(2026, 1, 1), 0, 0, 31, random);
            ms[i] = (System.nanoTime() - start) / 1e6;
        }
        Arrays.sort(ms);
        System.out.printf("BENCH forecast of 31 days, 1,000 futures: median %.2f ms, p95 %.2f ms%n", ms[200], ms[380]);
        assertThat(ms[200]).isLessThan(5);
    }
}
