package io.hfeco2ai.units;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Instant;
import java.util.Locale;
import org.junit.jupiter.api.Test;

class FiguresTests {

    private final Figures figures = new Figures();

    @Test
    void energyTakesTheUnitThatKeepsTheNumberBelowAThousand() {
        assertThat(energy("0.0000213")).isEqualTo("21.3 mWh");
        assertThat(energy("0.1234")).isEqualTo("123 Wh");
        assertThat(energy("0.9996")).isEqualTo("1.00 kWh");
        assertThat(energy("12.345")).isEqualTo("12.3 kWh");
        assertThat(energy("45678")).isEqualTo("45.7 MWh");
        assertThat(energy("9876000000000")).isEqualTo("9,880 TWh");
    }

    @Test
    void unknownIsADashAndZeroIsZero() {
        assertThat(figures.energy(null)).hasToString("—");
        assertThat(figures.power(Double.NaN)).hasToString("—");
        assertThat(figures.share(Energy.ZERO, Energy.ZERO)).hasToString("—");
        assertThat(plain(figures.energy(Energy.ZERO))).isEqualTo("0 Wh");
    }

    @Test
    void carbonAndPowerScaleLikeEnergy() {
        assertThat(plain(figures.carbon(CarbonMass.ofMicrograms(8_540)))).isEqualTo("8.54 mg");
        assertThat(plain(figures.carbon(new CarbonMass(new BigInteger("1234567890123")))))
                .isEqualTo("1.23 t");
        assertThat(plain(figures.power(87.44))).isEqualTo("87.4 W");
        assertThat(plain(figures.power(0.0))).isEqualTo("0 W");
        assertThat(plain(figures.power(-1234.5))).isEqualTo("-1.23 kW");
    }

    @Test
    void theDefaultLocaleDoesNotMatter() {
        Locale before = Locale.getDefault();
        try {
            Locale.setDefault(Locale.GERMANY);
            assertThat(energy("12.345")).isEqualTo("12.3 kWh");
            assertThat(figures.count(1_234_567)).isEqualTo("1,234,567");
            assertThat(plain(figures.intensity(new BigDecimal("41.2500")))).isEqualTo("41.25 g CO₂e/kWh");
        } finally {
            Locale.setDefault(before);
        }
    }

    @Test
    void timesAndDurationsAreShort() {
        assertThat(figures.duration(0L)).isEqualTo("0\u00a0s");
        assertThat(figures.duration(971L)).isEqualTo("0.97\u00a0s");
        assertThat(figures.duration(9_990L)).isEqualTo("10\u00a0s");
        assertThat(figures.duration(45_900L)).isEqualTo("45\u00a0s");
        assertThat(figures.duration(5_040_000L)).isEqualTo("1\u00a0h 24\u00a0min");
        assertThat(figures.duration(183_600_000L)).isEqualTo("2\u00a0d 3\u00a0h");
        assertThat(figures.time(Instant.parse("2026-03-09T14:05:59Z"))).isEqualTo("2026-03-09 14:05");
        assertThat(plain(figures.percent(0.9826))).isEqualTo("98.3 %");
    }

    @Test
    void metricsKeepFiveDigits() {
        assertThat(figures.number(0.123456789)).isEqualTo("0.12346");
        assertThat(figures.number(3.0e-5)).isEqualTo("3E-5");
        assertThat(figures.number(1234.0)).isEqualTo("1,234");
    }

    private String energy(String kilowattHours) {
        return plain(figures.energy(Energy.ofMicrojoules(new BigDecimal(kilowattHours)
                .multiply(Energy.MICROJOULES_PER_KWH)
                .setScale(0))));
    }

    private static String plain(Figure figure) {
        return figure.toString().replace('\u00a0', ' ');
    }
}
