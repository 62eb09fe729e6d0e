package io.hfeco2ai.grid;

import static org.assertj.core.api.Assertions.assertThat;

import io.hfeco2ai.testing.TestDatabases;
import java.math.BigDecimal;
import java.util.logging.Logger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the module costs: at first start, at a later start, and for each priced hour. */
@Tag("bench")
class GridBenchmark {

    private static final Logger LOG = Logger.getLogger("grid");
    private static final int HOURS = 200_000;

    @ParameterizedTest
    @MethodSource("io.hfeco2ai.testing.TestDatabases#both")
    void startAndPricing(TestDatabases.Database database) {
        long began = System.nanoTime();
        GridFixture fixture = new GridFixture(database.dataSource());
        fixture.started("DE", new BigDecimal("1.2"));
        long first = System.nanoTime();
        fixture.started("DE", new BigDecimal("1.2"));
        long second = System.nanoTime();
        Object last = "";
        for (int i = 0; i < HOURS; i++) {
            last = fixture.grid.pricing("node-" + i % 50, i * 3_600_000L);
        }
        long priced = System.nanoTime();
        assertThat(last).isNotNull();
        LOG.info(() -> "%s: first start %d ms, later start %d ms, %d ns for each priced hour"
                .formatted(
                        database,
                        (first - began) / 1_000_000,
                        (second - first) / 1_000_000,
                        (priced - second) / HOURS));
    }
}
