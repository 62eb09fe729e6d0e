package io.hfeco2ai.budgets.moves;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** A change is split without a rest, and each cause gets what is its. */
class MoveTests {

    private static Side side(double amount, double hours, double energy, double counted) {
        return new Side(BigDecimal.valueOf(amount).setScale(9, RoundingMode.HALF_EVEN), hours, energy, counted);
    }

    private static Side random(SplittableRandom random) {
        double hours = random.nextInt(5) == 0 ? 0 : random.nextDouble() * Math.pow(10, random.nextInt(6));
        double energy = random.nextInt(8) == 0 ? 0 : random.nextDouble() * Math.pow(10, random.nextInt(7) - 3);
        double counted = random.nextInt(6) == 0 ? 0 : random.nextInt(2) == 0 ? energy : energy * random.nextDouble();
        double price = random.nextInt(9) == 0 ? 0 : random.nextDouble() * 2;
        double sign = random.nextInt(20) == 0 ? -1 : 1;
        return side(sign * counted * price, hours, energy, counted);
    }

    @Test
    void thePartsAddUpToTheChangeExactly() {
        SplittableRandom random = new SplittableRandom(7);
        for (int i = 0; i < 200_000; i++) {
            Side before = random(random);
            Side now = random.nextInt(50) == 0 ? before : random(random);
            assertThat(Move.of(before, now).change())
                    .as("%s %s", before, now)
                    .isEqualByComparingTo(now.amount().subtract(before.amount()));
        }
    }

    @Test
    void theWayBackIsTheOppositeOfTheWayThere() {
        SplittableRandom random = new SplittableRandom(8);
        for (int i = 0; i < 20_000; i++) {
            Side one = random(random);
            Side other = random(random);
            Move there = Move.of(one, other);
            Move back = Move.of(other, one);
            assertThat(there.volume()).isEqualByComparingTo(back.volume().negate());
            assertThat(there.power()).isEqualByComparingTo(back.power().negate());
            assertThat(there.counted()).isEqualByComparingTo(back.counted().negate());
            assertThat(there.price()).isEqualByComparingTo(back.price().negate());
            assertThat(there.added()).isEqualByComparingTo(back.ended().negate());
        }
    }

    @Test
    void whatOneFactorDidIsThatFactorsAlone() {
        Side before = side(10, 100, 20, 20);
        assertThat(Move.of(before, side(15, 150, 30, 30)).volume()).isEqualByComparingTo("5");
        assertThat(Move.of(before, side(15, 100, 30, 30)).power()).isEqualByComparingTo("5");
        assertThat(Move.of(before, side(5, 100, 20, 10)).counted()).isEqualByComparingTo("-5");
        assertThat(Move.of(before, side(4, 100, 20, 20)).price()).isEqualByComparingTo("-6");
        Move same = Move.of(before, before);
        assertThat(same.change()).isZero();
        assertThat(same.volume()).isZero();
    }

    /** The classic example: twice the volume at half the intensity leaves the spend, and the two parts cancel. */
    @Test
    void oppositeCausesOfNoChangeAreShown() {
        Move move = Move.of(side(10, 100, 20, 20), side(10, 200, 40, 40));
        assertThat(move.change()).isZero();
        assertThat(move.volume().doubleValue()).isCloseTo(10 * Math.log(2), within(1e-8));
        assertThat(move.price().doubleValue()).isCloseTo(-10 * Math.log(2), within(1e-8));
    }

    @Test
    void newAndEndedProjectsAreTermsOfTheirOwn() {
        assertThat(Move.of(Side.NOTHING, side(3, 1, 6, 6)).added()).isEqualByComparingTo("3");
        assertThat(Move.of(side(3, 1, 6, 6), Side.NOTHING).ended()).isEqualByComparingTo("-3");
    }

    @Test
    void aFactorThatIsNothingInOneSpanHasTheWholeChange() {
        assertThat(Move.of(side(0, 10, 6, 0), side(3, 20, 6, 6)).counted()).isEqualByComparingTo("3");
        assertThat(Move.of(side(0, 10, 6, 6), side(3, 20, 6, 6)).price()).isEqualByComparingTo("3");
    }

    @Test
    void withoutDeviceHoursTheEnergyIsTheVolume() {
        assertThat(Move.of(side(3, 0, 6, 6), side(6, 5, 12, 12)).volume()).isEqualByComparingTo("3");
    }

    @Test
    void aNegativeSpanIsNotSplit() {
        assertThat(Move.of(side(-1, 10, 6, 6), side(3, 20, 6, 6)).corrections()).isEqualByComparingTo("4");
    }

    @Test
    void theLogarithmicMeanLiesBetweenItsNumbersAndIsSmoothWhereTheyMeet() {
        assertThat(Move.logarithmicMean(4, 4)).isEqualTo(4);
        assertThat(Move.logarithmicMean(4, 4 * (1 + 1e-8))).isCloseTo(4, within(1e-7));
        assertThat(Move.logarithmicMean(1, Math.E)).isCloseTo(Math.E - 1, within(1e-12));
        assertThat(Move.logarithmicMean(0, 4)).isZero();
    }
}
