package io.hfeco2ai.budgets.alerts;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PowerHabitTests {

    private static double[] around(double watts, double noise, int count) {
        Random random = new Random(7);
        double[] past = new double[count];
        Arrays.setAll(past, i -> watts + noise * random.nextGaussian());
        return past;
    }

    @Test
    void whatIsFarOutsideTheHabitIsUnusualInBothDirections() {
        double[] past = around(300, 10, 500);
        assertThat(PowerHabit.judge(past, 100, 340)).isNull();
        PowerHabit.Unusual much = Objects.requireNonNull(PowerHabit.judge(past, 100, 420));
        assertThat(much.high()).isTrue();
        assertThat(much.medianWatts()).isBetween(298.0, 302.0);
        PowerHabit.Unusual little = Objects.requireNonNull(PowerHabit.judge(past, 100, 180));
        assertThat(little.high()).isFalse();
    }

    @Test
    void aFewStrangeHoursDoNotMoveTheHabit() {
        double[] past = around(300, 10, 500);
        Arrays.fill(past, 0, 60, 3000);
        assertThat(PowerHabit.judge(past, 100, 600)).isNotNull();
    }

    @Test
    void aNodeThatWorksHalfTheTimeHasNoHabitToLeave() {
        double[] past = around(60, 2, 500);
        Arrays.fill(past, 0, 250, 600);
        assertThat(PowerHabit.judge(past, 100, 600)).isNull();
        assertThat(PowerHabit.judge(past, 100, 60)).isNull();
    }

    @Test
    void withoutEnoughHistoryNothingIsSaid() {
        double[] past = new double[500];
        Arrays.fill(past, Double.NaN);
        Arrays.fill(past, 0, 99, 100);
        assertThat(PowerHabit.judge(past, 100, 5000)).isNull();
        assertThat(PowerHabit.judge(around(300, 10, 500), 100, Double.NaN)).isNull();
    }

    @Test
    void aVerySteadyDeviceMaySwayALittle() {
        double[] past = new double[500];
        Arrays.fill(past, 100);
        assertThat(PowerHabit.judge(past, 100, 129)).isNull();
        assertThat(PowerHabit.judge(past, 100, 131)).isNotNull();
    }
}
