package io.hfeco2ai.budgets.gate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.hfeco2ai.budgets.gate.Contrast.Verdict;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class ContrastTests {

    private static final int CASES = 4000;

    /** Percentiles as in the tables of Student's distribution. */
    @Test
    void theDistributionIsThatOfTheTables() {
        assertThat(StudentT.exceededWith(0.025, 1)).isCloseTo(12.706, within(0.001));
        assertThat(StudentT.exceededWith(0.05, 4)).isCloseTo(2.132, within(0.001));
        assertThat(StudentT.exceededWith(0.025, 30)).isCloseTo(2.042, within(0.001));
        assertThat(StudentT.above(-2.132, 4)).isCloseTo(0.95, within(0.0001));
    }

    @Test
    void aSinglePairIsNoVerdictAndSaysHowManyAreMissing() {
        Contrast pair = Contrast.of(new double[] {1}, new double[] {3}, 0);
        assertThat(pair).isEqualTo(new Contrast(Verdict.INCONCLUSIVE, null, null, null, null, 2, 2));
    }

    @Test
    void equalRunsPassAndDoubleOnesFail() {
        double[] base = {1, 1.02, 0.98};
        assertThat(Contrast.of(base, base, 0).verdict()).isEqualTo(Verdict.PASS);
        Contrast twice = Contrast.of(base, new double[] {2, 2.04, 1.96}, 0.05);
        assertThat(twice.verdict()).isEqualTo(Verdict.FAIL);
        assertThat(twice.ratio()).isCloseTo(2.0, within(1e-9));
        assertThat(twice.low()).isBetween(1.8, 2.0);
        assertThat(twice.high()).isBetween(2.0, 2.2);
        assertThat(Contrast.of(new double[] {2, 2.04, 1.96}, base, 0).verdict()).isEqualTo(Verdict.PASS);
    }

    @Test
    void runsWithoutAnyNoiseAreCompared() {
        double[] one = {1, 1, 1};
        assertThat(Contrast.of(one, one, 0).verdict()).isEqualTo(Verdict.PASS);
        assertThat(Contrast.of(one, new double[] {1.1, 1.1, 1.1}, 0.05).verdict())
                .isEqualTo(Verdict.FAIL);
    }

    @Test
    void withoutADifferenceOneInTwentyFailsAtMost() {
        for (int runs : new int[] {3, 5, 10}) {
            assertThat(failing(1, 0.05, runs, 0, 1)).as(runs + " runs").isLessThan(0.06);
            assertThat(failing(1, 0.2, runs, 0, 2)).as(runs + " noisy runs").isLessThan(0.06);
            assertThat(failing(1.05, 0.05, runs, 0.05, 3))
                    .as(runs + " at the tolerance")
                    .isLessThan(0.06);
        }
    }

    @Test
    void aFifthMoreIsFoundWithFiveRuns() {
        assertThat(failing(1.2, 0.05, 5, 0, 4)).isGreaterThan(0.98);
        assertThat(failing(1.2, 0.05, 5, 0.05, 5)).isGreaterThan(0.9);
    }

    /** What is said in the documentation of {@link Contrast#RELEVANT} and in docs/gate.md. */
    @Test
    void aRiseByAQuarterBeyondTheToleranceNeverPassesForWantOfRuns() {
        for (int runs : new int[] {3, 5, 15}) {
            for (double noise : new double[] {0.05, 0.2, 0.5}) {
                assertThat(share(Verdict.PASS, 1.05 * Contrast.RELEVANT, noise, runs, 0.05, 6))
                        .as(runs + " runs with a noise of " + noise)
                        .isLessThan(0.035);
            }
        }
    }

    @Test
    void enoughRunsWithoutADifferencePass() {
        assertThat(share(Verdict.PASS, 1, 0.05, 3, 0.05, 7)).isGreaterThan(0.85);
        assertThat(share(Verdict.PASS, 1, 0.1, 5, 0.05, 8)).isGreaterThan(0.85);
        assertThat(share(Verdict.PASS, 1, 0.2, 15, 0.05, 9)).isGreaterThan(0.85);
    }

    @Test
    void veryNoisyRunsAreNoVerdict() {
        double[] noisy = {1, 3, 9};
        assertThat(Contrast.of(noisy, noisy, 0.05).verdict()).isEqualTo(Verdict.INCONCLUSIVE);
    }

    @Test
    void wrongAmountsAreRefused() {
        double[] good = {1, 2, 3};
        assertThatIllegalArgumentException().isThrownBy(() -> Contrast.of(new double[] {0, 1, 1}, good, 0));
        assertThatIllegalArgumentException().isThrownBy(() -> Contrast.of(good, new double[] {Double.NaN}, 0));
        assertThatIllegalArgumentException().isThrownBy(() -> Contrast.of(good, good, -0.1));
    }

    private static double failing(double ratio, double noise, int runs, double tolerance, long seed) {
        return share(Verdict.FAIL, ratio, noise, runs, tolerance, seed);
    }

    private static double share(Verdict wanted, double ratio, double noise, int runs, double tolerance, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        int found = 0;
        for (int i = 0; i < CASES; i++) {
            Contrast contrast = Contrast.of(draw(random, 1, noise, runs), draw(random, ratio, noise, runs), tolerance);
            found += contrast.verdict() == wanted ? 1 : 0;
        }
        return (double) found / CASES;
    }

    private static double[] draw(SplittableRandom random, double mean, double noise, int runs) {
        double[] amounts = new double[runs];
        for (int i = 0; i < runs; i++) {
            amounts[i] = mean * Math.exp(noise * random.nextGaussian());
        }
        return amounts;
    }
}
