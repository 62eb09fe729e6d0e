package io.hfeco2ai.ledger;

import static io.hfeco2ai.ledger.LedgerFixture.START;
import static io.hfeco2ai.ledger.LedgerFixture.interval;
import static org.assertj.core.api.Assertions.assertThat;

import io.hfeco2ai.testing.TestDatabases;
import io.hfeco2ai.testing.TestDatabases.Database;
import io.hfeco2ai.units.DeviceKind;
import java.math.BigDecimal;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Each hour is priced with its own value; a total shows what that came to. */
class HourlyPriceTests {

    private static final int HOUR_S = 3600;

    private static void hourlySeries(LedgerFixture fixture, String... gramsPerKwh) {
        fixture.jdbc.update(
                "INSERT INTO factor (id, zone, from_ms, to_ms, g_per_kwh, method, basis, gas, source, edition, licence, url,"
                        + " resolution) VALUES ('h', 'DE', ?, ?, 999, 'average', 'direct', 'CO2e', 'test', '1', 'none', '',"
                        + " 'HOUR')",
                START,
                START + 10L * HOUR_S * 1000);
        for (int hour = 0; hour < gramsPerKwh.length; hour++) {
            fixture.jdbc.update(
                    "INSERT INTO factor_hour (factor_id, hour_ms, g_per_kwh, estimated) VALUES ('h', ?, ?, FALSE)",
                    START + hour * 1000L * HOUR_S,
                    new BigDecimal(gramsPerKwh[hour]));
        }
    }

    private static Ledger.Footprint booked(LedgerFixture fixture, @Nullable String pue) {
        hourlySeries(fixture, "100", "400");
        fixture.grid.setZoneAndPue("default", "DE", pue == null ? null : new BigDecimal(pue));
        fixture.at(4 * HOUR_S);
        fixture.record(
                "n",
                interval("GPU-0", DeviceKind.GPU, 0, 60, 18_000),
                interval("GPU-0", DeviceKind.GPU, HOUR_S, HOUR_S + 60, 36_000));
        fixture.book();
        return fixture.everything();
    }

    /** 5 Wh at 100 g/kWh and 10 Wh at 400 g/kWh are 4.5 g: 300 g/kWh, not the plain mean of 250. */
    @ParameterizedTest
    @MethodSource("io.hfeco2ai.testing.TestDatabases#both")
    void theFactorOfATotalIsTheMeanByEnergy(Database database) {
        try (LedgerFixture fixture = new LedgerFixture(database)) {
            Ledger.Footprint footprint = booked(fixture, null);

            assertThat(Objects.requireNonNull(footprint.emissions()).micrograms())
                    .isEqualTo(4_500_000);
            assertThat(footprint.factors()).singleElement().satisfies(use -> {
                assertThat(use.gPerKwh()).isEqualByComparingTo("300");
                assertThat(use.fallback()).isFalse();
                assertThat(use.dataYear()).isEqualTo(2026);
            });
        }
    }

    @ParameterizedTest
    @CsvSource({"1.5", "2"})
    void itIsTheGridsAndNotTimesTheOverhead(String pue) {
        try (LedgerFixture fixture = new LedgerFixture(TestDatabases.h2())) {
            assertThat(booked(fixture, pue).factors())
                    .extracting(use -> use.gPerKwh().stripTrailingZeros().toPlainString())
                    .containsExactly("300");
        }
    }
}
