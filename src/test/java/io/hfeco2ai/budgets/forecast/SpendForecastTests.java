package io.hfeco2ai.budgets.forecast;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.LocalDate;
import java.util.Arrays;
import java.util.Objects;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class SpendForecastTests {

    private static final LocalDate MONDAY = LocalDate.of(2026, 1, 5);

    @Test
    void upToTwoDaysSayNothing() {
        for (int days = 0; days < SpendForecast.FEWEST_DAYS; days++) {
            assertThat(SpendForecast.of(new double[days], MONDAY, 5, 0.5, 20, new SplittableRandom(1)))
                    .isNull();
        }
    }

    @Test
    void threeEqualDaysGiveAWideBandAroundThem() {
        Projection forecast = of(days(3, 10), 20);
        assertThat(forecast.p50()).isBetween(150.0, 250.0);
        assertThat(forecast.p90()).isGreaterThan(1.5 * forecast.p50());
    }

    @Test
    void manyEqualDaysGiveANarrowerBand() {
        Projection forecast = of(days(56, 10), 20);
        assertThat(forecast.p50()).isBetween(190.0, 230.0);
        assertThat(forecast.p90()).isLessThan(0.8 * of(days(3, 10), 20).p90());
        assertThat(forecast.p10()).isLessThan(forecast.p50());
    }

    @Test
    void theSameNumbersGiveTheSameAnswer() {
        assertThat(of(days(30, 3), 10).p90ByDay())
                .containsExactly(of(days(30, 3), 10).p90ByDay());
    }

    @Test
    void daysWithoutSpendProjectNone() {
        Projection forecast = of(days(20, 0), 10);
        assertThat(forecast.p90()).isZero();
        assertThat(forecast.breach(1)).isEqualTo(new Projection.Breach(0, null, null));
    }

    @Test
    void weekendsStayWeekends() {
        double[] weeks = new double[28];
        for (int i = 0; i < weeks.length; i++) {
            weeks[i] = i % 7 < 5 ? 10 : 0;
        }
        double[] ahead = of(weeks, 6).p50ByDay();
        double saturday = ahead[5] - ahead[4];
        assertThat(saturday).isLessThan(0.3 * (ahead[3] - ahead[2]));
    }

    @Test
    void aLimitIsReachedTheSoonerTheLessIsLeft() {
        Projection forecast = of(days(56, 10), 20);
        assertThat(forecast.breach(0)).isEqualTo(new Projection.Breach(1, 0, 0));
        assertThat(forecast.breach(55).medianDay()).isBetween(4, 6);
        assertThat(forecast.breach(10_000).probability()).isZero();
        assertThat(forecast.breach(200).probability()).isBetween(0.3, 0.9);
    }

    @Test
    void whatIsLaunchedNowMovesTheBreachForward() {
        Projection forecast = of(days(56, 10), 20);
        Projection with = forecast.plus(new double[] {40, 60});
        assertThat(with.p50() - forecast.p50()).isBetween(35.0, 65.0);
        assertThat(with.breach(150).medianDay()).isLessThan(forecast.breach(150).medianDay());
    }

    @Test
    void wrongAmountsAreRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> of(new double[] {1, -1, 1}, 3));
        assertThatIllegalArgumentException().isThrownBy(() -> of(new double[] {1, Double.NaN, 1}, 3));
        assertThatIllegalArgumentException().isThrownBy(() -> of(days(3, 1), -1));
    }

    private static Projection of(double[] spend, int daysLeft) {
        Projection forecast = SpendForecast.of(spend, MONDAY, 0, 0, daysLeft, new SplittableRandom(7));
        return Objects.requireNonNull(forecast);
    }

    private static double[] days(int count, double each) {
        double[] days = new double[count];
        Arrays.fill(days, each);
        return days;
    }
}
