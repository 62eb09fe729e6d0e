package io.hfeco2ai.grid;

import static io.hfeco2ai.grid.GridFixture.ms;
import static org.assertj.core.api.Assertions.assertThat;

import io.hfeco2ai.testing.TestDatabases;
import java.math.BigDecimal;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** An hour takes the finest value that is adopted for it. */
class HourlyFactorTests {

    private static final String BOTH = "io.hfeco2ai.testing.TestDatabases#both";
    private static final long HOUR_MS = 3_600_000;
    private static final long MARCH = ms("2025-03-01T00:00:00Z");

    private static void factor(
            GridFixture fixture, String id, String resolution, String basis, String value, @Nullable Long adoptedMs) {
        long to = resolution.equals("YEAR") ? ms("2026-01-01T00:00:00Z") : ms("2025-04-01T00:00:00Z");
        fixture.jdbc.update(
                "INSERT INTO factor (id, zone, from_ms, to_ms, g_per_kwh, method, basis, gas, source, edition, licence, url,"
                        + " resolution, adopted_ms) VALUES (?, 'DE', ?, ?, ?, 'average', ?, 'CO2e', 's', 'e', 'l', '', ?, ?)",
                id,
                resolution.equals("YEAR") ? ms("2025-01-01T00:00:00Z") : MARCH,
                to,
                new BigDecimal(value),
                basis,
                resolution,
                adoptedMs);
    }

    private static void hour(GridFixture fixture, String id, int hour, String value) {
        fixture.jdbc.update(
                "INSERT INTO factor_hour (factor_id, hour_ms, g_per_kwh, estimated) VALUES (?, ?, ?, FALSE)",
                id,
                MARCH + hour * HOUR_MS,
                new BigDecimal(value));
        fixture.cache.change(fresh -> {});
    }

    private static String priced(GridFixture fixture, int hour) {
        Grid.Pricing pricing = fixture.grid.pricing("n", MARCH + hour * HOUR_MS);
        Grid.Factor factor = Objects.requireNonNull(pricing.factor());
        return factor.id() + " " + factor.gramsPerKwh().stripTrailingZeros().toPlainString() + " " + factor.resolution()
                + (pricing.fallback() ? " fallback" : "");
    }

    @ParameterizedTest
    @MethodSource(BOTH)
    void theHourComesBeforeItsMonthBeforeItsYear(TestDatabases.Database database) {
        GridFixture fixture = new GridFixture(database.dataSource()).started("DE", null);
        factor(fixture, "y", "YEAR", "direct", "300", 0L);
        fixture.cache.change(fresh -> {});
        assertThat(priced(fixture, 0)).isEqualTo("y 300 YEAR");

        factor(fixture, "m", "MONTH", "life-cycle", "310", 0L);
        factor(fixture, "h", "HOUR", "life-cycle", "320", 0L);
        hour(fixture, "h", 0, "123.456789012");
        hour(fixture, "h", 2, "99");

        assertThat(priced(fixture, 0)).isEqualTo("h 123.456789012 HOUR");
        assertThat(priced(fixture, 1)).as("no value for that hour").isEqualTo("m 310 MONTH");
        assertThat(priced(fixture, 2)).isEqualTo("h 99 HOUR");
        assertThat(priced(fixture, 31 * 24)).as("April").isEqualTo("y 300 YEAR");
        assertThat(fixture.grid.factorOfZone("DE", MARCH).orElseThrow().dataYear())
                .isEqualTo(2025);
        assertThat(fixture.grid.factor("h").orElseThrow().resolution()).isEqualTo(Grid.Resolution.HOUR);
    }

    @ParameterizedTest
    @MethodSource(BOTH)
    void aCandidateAndUpstreamAndMarginalValuesPriceNothing(TestDatabases.Database database) {
        GridFixture fixture = new GridFixture(database.dataSource()).started("DE", null);
        String before = priced(fixture, 0);
        factor(fixture, "candidate", "HOUR", "direct", "1", null);
        hour(fixture, "candidate", 0, "1");
        factor(fixture, "upstream", "HOUR", "upstream", "2", 0L);
        hour(fixture, "upstream", 0, "2");
        factor(fixture, "marginal", "HOUR", "direct", "3", 0L);
        fixture.jdbc.update("UPDATE factor SET method = 'marginal' WHERE id = 'marginal'");
        hour(fixture, "marginal", 0, "3");

        assertThat(priced(fixture, 0)).isEqualTo(before).endsWith("YEAR fallback");
    }

    @ParameterizedTest
    @MethodSource(BOTH)
    void theBetterBasisCountsThenTheOneAdoptedLast(TestDatabases.Database database) {
        GridFixture fixture = new GridFixture(database.dataSource()).started("DE", null);
        factor(fixture, "a", "HOUR", "direct", "1", 1L);
        factor(fixture, "b", "HOUR", "direct", "1", 2L);
        factor(fixture, "c", "HOUR", "life-cycle", "1", 3L);
        for (String id : new String[] {"a", "b", "c"}) {
            hour(fixture, id, 0, "50");
        }
        hour(fixture, "a", 1, "50");
        hour(fixture, "c", 1, "70");

        assertThat(priced(fixture, 0)).startsWith("b ");
        assertThat(priced(fixture, 1)).startsWith("a ");
    }

    /** More months than are held, there and back: what was forgotten is read again. */
    @ParameterizedTest
    @MethodSource(BOTH)
    void aLongSeriesIsReadAsItIsAskedFor(TestDatabases.Database database) {
        GridFixture fixture = new GridFixture(database.dataSource()).started("DE", null);
        factor(fixture, "h", "HOUR", "direct", "1", 0L);
        int months = HourCache.MOST_BLOCKS + 6;
        fixture.jdbc.update("UPDATE factor SET to_ms = ? WHERE id = 'h'", MARCH + (months + 1) * 720L * HOUR_MS);
        for (int month = 0; month < months; month++) {
            hour(fixture, "h", month * 720, Integer.toString(month));
        }
        for (int round = 0; round < 2; round++) {
            for (int month = 0; month < months; month++) {
                assertThat(priced(fixture, month * 720)).isEqualTo("h " + month + " HOUR");
            }
        }
    }
}
