package io.hfeco2ai.ledger.embodied;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.math.BigInteger;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** An hour of a node's life, and its division among runs. */
class NodeLifeTests {

    private static final long KG = 1_000_000_000;

    private static long ms(String time) {
        return Instant.parse(time).toEpochMilli();
    }

    @Test
    void anHourOfAThousandKilogramsOverFourYearsIs28Point5Grams() {
        NodeLife life = new NodeLife(LocalDate.of(2023, 1, 1), 48, 1000 * KG);
        long ug = life.between(ms("2026-01-05T10:00:00Z"), ms("2026-01-05T11:00:00Z"));
        assertThat(ug / 1e6).as("SCI: 1000 kg × 1 h ÷ 4 years").isCloseTo(28.5, within(0.05));
        assertThat(ug).as("1461 days of 24 hours").isBetween(28_519_278L, 28_519_280L);
    }

    @Test
    void nothingIsCarriedBeforeThePurchaseOrAfterTheEnd() {
        NodeLife life = new NodeLife(LocalDate.of(2024, 2, 29), 12, 900 * KG);
        assertThat(life.endsOn()).isEqualTo("2025-02-28");
        assertThat(life.between(ms("2024-02-28T23:00:00Z"), ms("2024-02-29T00:00:00Z")))
                .isZero();
        assertThat(life.between(ms("2025-02-28T00:00:00Z"), ms("2025-02-28T01:00:00Z")))
                .isZero();
        assertThat(life.between(ms("2024-02-29T00:00:00Z"), ms("2024-02-29T01:00:00Z")))
                .isPositive();
        assertThat(life.between(ms("2025-02-27T23:00:00Z"), ms("2025-02-28T00:00:00Z")))
                .isPositive();
        assertThat(life.between(ms("2026-01-01T00:00:00Z"), ms("2024-01-01T00:00:00Z")))
                .isZero();
    }

    @Test
    void theHoursOfALifeAreTheWholeToTheMicrogram() {
        Random random = new Random(11);
        for (int i = 0; i < 60; i++) {
            long ug = 1 + (long) (random.nextDouble() * (i % 2 == 0 ? 1_000_000 * KG : 100_000));
            NodeLife life =
                    new NodeLife(LocalDate.of(2000, 1, 1).plusDays(random.nextInt(9000)), 1 + random.nextInt(240), ug);
            long startMs = life.boughtOn().toEpochDay() * 86_400_000;
            long endMs = life.endsOn().toEpochDay() * 86_400_000;
            long sum = 0;
            long hours = (endMs - startMs) / NodeLife.HOUR_MS;
            for (long at = startMs - 7_200_000; at < endMs + 7_200_000; at += NodeLife.HOUR_MS) {
                long hour = life.between(at, at + NodeLife.HOUR_MS);
                assertThat(hour).isBetween(0L, ug / hours + 1);
                sum += hour;
            }
            assertThat(sum).isEqualTo(ug);
        }
    }

    @Test
    void anHourIsDividedWithoutALossAndNobodyIsAMicrogramOff() {
        Random random = new Random(12);
        for (int i = 0; i < 5000; i++) {
            SortedMap<String, Long> reserved = new TreeMap<>();
            int runs = 1 + random.nextInt(9);
            for (int run = 0; run < runs; run++) {
                reserved.put(run == 0 ? "" : "r" + run, (long) random.nextInt(1 + random.nextInt(100_000_000)));
            }
            long amount = (long) (random.nextDouble() * (i % 3 == 0 ? 10 : 1_500_000_000_000L));
            long total = reserved.values().stream().mapToLong(Long::longValue).sum();
            SortedMap<String, Long> shares = HourSplit.of(amount, reserved);
            if (total == 0) {
                assertThat(shares).isEmpty();
                continue;
            }
            assertThat(shares.values().stream().mapToLong(Long::longValue).sum())
                    .isEqualTo(amount);
            shares.forEach((run, share) -> {
                long floor = BigInteger.valueOf(amount)
                        .multiply(BigInteger.valueOf(reserved.getOrDefault(run, 0L)))
                        .divide(BigInteger.valueOf(total))
                        .longValueExact();
                assertThat(share).isBetween(floor, floor + 1);
            });
        }
    }
}
