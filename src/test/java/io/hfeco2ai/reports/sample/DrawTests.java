package io.hfeco2ai.reports.sample;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.hfeco2ai.ledger.Ledger.Amounts;
import io.hfeco2ai.ledger.Ledger.Claimed;
import io.hfeco2ai.ledger.Ledger.Entry;
import io.hfeco2ai.ledger.Ledger.Key;
import io.hfeco2ai.ledger.Ledger.State;
import io.hfeco2ai.reports.sample.Draw.Value;
import io.hfeco2ai.units.Boundary;
import io.hfeco2ai.units.DeviceKind;
import io.hfeco2ai.units.Quality;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class DrawTests {

    private static Claimed entry(long energyUj, @Nullable Long locationUg) {
        Key key = new Key(
                "r",
                DeviceKind.CPU,
                "exclusive",
                Quality.MEASURED,
                Boundary.CHIP,
                "o",
                false,
                null,
                null,
                0,
                "2",
                null,
                null);
        Amounts amounts = new Amounts(energyUj, null, locationUg, 0, 0, 0, null, null);
        return new Claimed(new Entry(1, State.POSTED, "n", 0, key, amounts, null, 0, null), "t", "p");
    }

    private static List<Integer> hits(List<Claimed> entries, int size, String seed) {
        BigInteger total =
                entries.stream().map(entry -> Draw.of(Value.EMISSIONS, entry)).reduce(BigInteger.ZERO, BigInteger::add);
        Draw draw = new Draw(Value.EMISSIONS, total, size, seed);
        return entries.stream().map(draw::hits).toList();
    }

    /** The interval is 20 and SHA-256("seed") mod 20 is 3, computed by another program. */
    @Test
    void theStartIsTheSeedsHashModuloTheInterval() {
        assertThat(hits(List.of(entry(0, 3L), entry(0, 1L), entry(0, 20L), entry(0, -76L)), 5, "seed"))
                .containsExactly(0, 1, 1, 3);
    }

    @Test
    void anEntryIsHitInProportionToWhatItIsWorth() {
        List<Claimed> entries = new ArrayList<>();
        for (long worth = 1; worth <= 40; worth++) {
            entries.add(entry(0, worth * 1_000_003));
        }
        int[] times = new int[40];
        int draws = 4_000;
        for (int seed = 0; seed < draws; seed++) {
            List<Integer> hits = hits(entries, 10, "seed " + seed);
            assertThat(hits.stream().mapToInt(i -> i).sum()).isEqualTo(10);
            for (int i = 0; i < 40; i++) {
                times[i] += hits.get(i);
            }
        }
        for (int i = 0; i < 40; i++) {
            double expected = 10.0 * (i + 1) / 820;
            // Four standard errors of a share from 4,000 draws.
            assertThat(times[i] / (double) draws)
                    .as("worth %s", i + 1)
                    .isCloseTo(expected, within(4 * Math.sqrt(expected * (1 - expected) / draws)));
        }
    }

    @Test
    void oneThatIsLargerThanTheIntervalIsAlwaysThere() {
        for (int seed = 0; seed < 200; seed++) {
            assertThat(hits(List.of(entry(0, 30L), entry(0, 150L), entry(0, 20L)), 2, "" + seed)
                            .get(1))
                    .isPositive();
        }
    }

    @Test
    void energyCountsWhereEmissionsAreNotKnown() {
        assertThat(Draw.of(Value.ENERGY, entry(7, 3L))).isEqualTo(BigInteger.valueOf(7));
        assertThat(Draw.of(Value.EMISSIONS, entry(7, -3L))).isEqualTo(BigInteger.valueOf(3));
    }
}
