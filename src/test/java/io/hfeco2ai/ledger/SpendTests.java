package io.hfeco2ai.ledger;

import static io.hfeco2ai.ledger.LedgerFixture.interval;
import static org.assertj.core.api.Assertions.assertThat;

import io.hfeco2ai.experiments.ExperimentMoved;
import io.hfeco2ai.ledger.Ledger.Footprint;
import io.hfeco2ai.ledger.Ledger.Question;
import io.hfeco2ai.testing.TestDatabases.Database;
import io.hfeco2ai.units.CarbonMass;
import io.hfeco2ai.units.DeviceKind;
import io.hfeco2ai.units.Energy;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What projects spent is what the ledger says of them (law 2), whatever happened before. */
class SpendTests {

    private static final String BOTH = "io.hfeco2ai.testing.TestDatabases#both";
    private static final int HOUR_S = 3600;
    private static final int HOURS = 6;

    @ParameterizedTest
    @MethodSource(BOTH)
    void equalsTheFootprintAfterRandomBookingsPostingsAdjustmentsAndMoves(Database database) {
        Random random = new Random(4);
        try (LedgerFixture fixture = new LedgerFixture(database)) {
            fixture.experiment("speech");
            SpendRollup rollup = fixture.rollup;
            for (int i = 0; i < 6; i++) {
                fixture.run("r" + i, i % 2 == 0 ? "vision" : "speech", null, i == 5);
                fixture.member("r" + i, "n" + i % 3, i * 1000, i * 1000 + 9000.0);
            }
            for (int step = 0; step < 25; step++) {
                double at = random.nextInt(HOURS * HOUR_S);
                fixture.at(step * 1500.0);
                if (at + 60 < step * 1500.0) {
                    fixture.metering.record(new io.hfeco2ai.metering.Metering.Batch(
                            "n" + random.nextInt(3),
                            "boot-1",
                            null,
                            "agent",
                            false,
                            List.of(interval("cpu" + step, DeviceKind.CPU, at, at + 60, 1 + random.nextInt(5000))),
                            List.of()));
                }
                if (step == 9) {
                    fixture.grid.setZone("default", "DE");
                }
                if (step == 15) {
                    move(fixture, "vision", "speech");
                }
                fixture.book();
                if (random.nextBoolean()) {
                    rollup.drain(); // Else it is as after a crash: the marks wait.
                }
            }
            rollup.drain();
            assertThat(fixture.rows("ADJUSTMENT")).isNotEmpty();
            assertThat(fixture.rows("PROVISIONAL").size()
                            + fixture.rows("POSTED").size())
                    .isPositive();
            assertSame(fixture, null, 0, HOURS);
            for (String project : List.of("vision", "speech")) {
                assertSame(fixture, project, 0, HOURS);
                assertSame(fixture, project, 2, 4);
            }
        }
    }

    private static void move(LedgerFixture fixture, String experiment, String toProject) {
        fixture.jdbc.update("UPDATE experiment SET project_id = ? WHERE id = ?", toProject, experiment);
        fixture.rollup.on(new ExperimentMoved(experiment, experiment, toProject));
    }

    private static void assertSame(LedgerFixture fixture, @Nullable String project, int fromHour, int toHour) {
        long fromMs = LedgerFixture.ms(fromHour * HOUR_S);
        long toMs = LedgerFixture.ms(toHour * HOUR_S);
        Spend spend = fixture.ledger.spendByProject(null, project, fromMs, toMs).values().stream()
                .reduce(Spend.NONE, Spend::plus);
        Spend hours = fixture.ledger.spendByHour(null, project, fromMs, toMs).values().stream()
                .reduce(Spend.NONE, Spend::plus);
        assertThat(hours).isEqualTo(spend);
        Footprint asked = fixture.ledger.footprint(new Question(null, project, null, null, null, fromMs, toMs, false));
        Energy claimed = asked.energy().minus(asked.unattributed());
        assertThat(Energy.ofMicrojoules(spend.total().energyUj())).isEqualTo(claimed);
        if (project != null) {
            assertThat(Energy.ofMicrojoules(spend.total().pricedUj())).isEqualTo(asked.priced());
            CarbonMass emissions = asked.emissions();
            assertThat(CarbonMass.ofMicrograms(spend.total().locationUg()))
                    .isEqualTo(emissions == null ? CarbonMass.ZERO : emissions);
        }
    }
}
