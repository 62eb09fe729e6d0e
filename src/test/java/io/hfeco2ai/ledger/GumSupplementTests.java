package io.hfeco2ai.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.hfeco2ai.ledger.UncertaintyQuery.CorrelatedSum;
import java.util.Arrays;
import java.util.Random;
import java.util.function.ToDoubleFunction;
import org.junit.jupiter.api.Test;

/**
 * The additive model Y = X1 + X2 + X3 + X4 of JCGM 101:2008 (GUM supplement 1), 9.2, with the numbers of the standard. Its inputs have a
 * mean of 0; here each has one of 25, so that a relative uncertainty is defined, which moves the sum and not its spread.
 */
class GumSupplementTests {

    private static final double TOTAL = 100;
    private static final int DRAWS = 1_000_000;

    /** Coverage factor of 95 % for a normal distribution, as the standard's GUM uncertainty framework takes it. */
    private static final double NORMAL = 1.96;

    private static double standard(double... ofEach) {
        CorrelatedSum sum = new CorrelatedSum();
        for (int i = 0; i < ofEach.length; i++) {
            sum.add("x" + i, TOTAL / ofEach.length, ofEach[i]);
        }
        return sum.relative() * TOTAL;
    }

    /** Half the shortest interval that holds 95 % of symmetric draws, and their standard deviation. */
    private static double[] drawn(ToDoubleFunction<Random> error) {
        Random random = new Random(101_2008);
        double[] away = new double[DRAWS];
        double squares = 0;
        for (int i = 0; i < DRAWS; i++) {
            double drawn = error.applyAsDouble(random);
            away[i] = Math.abs(drawn);
            squares += drawn * drawn;
        }
        Arrays.sort(away);
        return new double[] {away[(int) (0.95 * DRAWS)], Math.sqrt(squares / DRAWS)};
    }

    /** Of mean 0 and standard deviation 1. */
    private static double rectangular(Random random) {
        return (2 * random.nextDouble() - 1) * Math.sqrt(3);
    }

    /** 9.2.2: u(y) = 2.0, interval ±3.92. */
    @Test
    void fourNormalInputs() {
        assertThat(standard(1, 1, 1, 1)).isCloseTo(2.0, within(1e-9));
        assertThat(NORMAL * standard(1, 1, 1, 1)).isCloseTo(3.92, within(1e-9));
        double[] drawn = drawn(random ->
                random.nextGaussian() + random.nextGaussian() + random.nextGaussian() + random.nextGaussian());
        assertThat(drawn[0] / 3.92).isCloseTo(1, within(0.01));
        assertThat(drawn[1] / standard(1, 1, 1, 1)).isCloseTo(1, within(0.01));
    }

    /** 9.2.3: u(y) = 2.0, interval ±3.88, analytically ±2√3 (2 − (3/5)^¼); ±3.92 where the sum is taken for normal. */
    @Test
    void fourRectangularInputsOfTheSameWidth() {
        assertThat(2 * Math.sqrt(3) * (2 - Math.pow(0.6, 0.25))).isCloseTo(3.88, within(0.005));
        double[] drawn =
                drawn(random -> rectangular(random) + rectangular(random) + rectangular(random) + rectangular(random));
        assertThat(drawn[0] / 3.88).isCloseTo(1, within(0.01));
        assertThat(drawn[1] / standard(1, 1, 1, 1)).isCloseTo(1, within(0.01));
        // What we state, k = 2, holds the 95 % and a little more.
        assertThat(2 * standard(1, 1, 1, 1)).isBetween(drawn[0], 1.05 * drawn[0]);
    }

    /** 9.2.4: one input is ten times as wide: u(y) = 10.1, ±17.0; ±19.9 where the sum is taken for normal. */
    @Test
    void oneRectangularInputThatIsTenTimesAsWide() {
        assertThat(standard(1, 1, 1, 10)).isCloseTo(10.1, within(0.05));
        assertThat(NORMAL * standard(1, 1, 1, 10)).isCloseTo(19.9, within(0.05));
        double[] drawn = drawn(
                random -> rectangular(random) + rectangular(random) + rectangular(random) + 10 * rectangular(random));
        assertThat(drawn[0] / 17.0).isCloseTo(1, within(0.01));
        assertThat(drawn[1] / standard(1, 1, 1, 10)).isCloseTo(1, within(0.01));
        assertThat(2 * standard(1, 1, 1, 10)).isGreaterThan(drawn[0]);
    }
}
