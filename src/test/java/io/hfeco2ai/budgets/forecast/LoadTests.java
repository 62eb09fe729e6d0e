package io.hfeco2ai.budgets.forecast;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** What planned runs take follows from what like runs took. */
class LoadTests {

    @Test
    void eightOfTenSumsOfRealRunsLieInTheRange() {
        SplittableRandom random = new SplittableRandom(5);
        int inside = 0;
        int tries = 1000;
        for (int i = 0; i < tries; i++) {
            Load load = Load.of(runs(40, random), 8, random);
            double sum = 0;
            for (double run : runs(8, random)) {
                sum += run;
            }
            inside += sum >= load.p10() && sum <= load.p90() ? 1 : 0;
        }
        assertThat((double) inside / tries).isCloseTo(0.8, within(0.06));
    }

    private static double[] runs(int count, SplittableRandom random) {
        return random.doubles(count).map(part -> 1 + 3 * part * part).toArray();
    }

    @Test
    void runsThatAreAllAlikeHaveNoSpread() {
        Load load = Load.of(new double[] {2, 2, 2}, 5, new SplittableRandom(1));
        assertThat(load.p10()).isEqualTo(10);
        assertThat(load.p90()).isEqualTo(10);
    }

    @Test
    void theSameNumbersGiveTheSameAnswer() {
        double[] like = {1, 2, 4, 8};
        Load one = Load.of(like, 3, new SplittableRandom(9));
        Load other = Load.of(like, 3, new SplittableRandom(9));
        assertThat(one.p10()).isEqualTo(other.p10()).isLessThan(one.p90());
        assertThat(one.p90()).isEqualTo(other.p90());
    }

    @Test
    void fromTooFewRunsThereIsNoRange() {
        assertThatThrownBy(() -> Load.of(new double[] {1, 2}, 3, new SplittableRandom(9)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(Load.of(7).isRange()).isFalse();
        assertThat(Load.of(7).p50()).isEqualTo(7);
    }
}
