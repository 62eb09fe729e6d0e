package io.hfeco2ai.metering.attribution;

import static io.hfeco2ai.metering.attribution.HourFacts.HOUR;
import static org.assertj.core.api.Assertions.assertThat;

import io.hfeco2ai.metering.Metering.HourSum;
import io.hfeco2ai.metering.attribution.AttributionFacts.Series;
import io.hfeco2ai.metering.attribution.HourFacts.Interval;
import io.hfeco2ai.units.DeviceKind;
import io.hfeco2ai.units.Quality;
import java.math.BigInteger;
import java.util.Collections;
import java.util.Comparator;
import java.util.Random;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;

/** Laws 1, 6, 7 and 8 for arbitrary overlaps, against a slow and simple second computation of the node's energy. */
class AttributionPropertyTests {

    private static final String[] RUNS = {"a", "b", "c", "d", "e"};

    @RepeatedTest(400)
    void sharesAndUnattributedAddUpToTheNodeToTheMicrojoule(RepetitionInfo repetition) {
        long seed = repetition.getCurrentRepetition();
        HourFacts facts = random(new Random(seed));
        Attribution.Result result = facts.attribute();
        long total = result.sums().stream().mapToLong(HourSum::energyUj).sum();
        assertThat(total).isEqualTo(energyOfNode(facts));
        assertThat(total).isEqualTo(result.totalUj());
        assertThat(result.sums()).allMatch(sum -> sum.energyUj() >= 0);
        assertThat(result.sums()).allMatch(sum -> sum.observedMs() <= sum.expectedMs());
        assertThat(result.coverage()).allMatch(covered -> covered.observedMs() <= covered.expectedMs());
    }

    @RepeatedTest(100)
    void theOrderOfTheFactsDoesNotMatter(RepetitionInfo repetition) {
        long seed = repetition.getCurrentRepetition();
        HourFacts facts = random(new Random(seed));
        Attribution.Result before = facts.attribute();
        Collections.shuffle(facts.claims, new Random(seed));
        Collections.shuffle(facts.intervals, new Random(seed + 1));
        Collections.shuffle(facts.weights, new Random(seed + 2));
        assertThat(facts.attribute().sums()).isEqualTo(before.sums());
    }

    @RepeatedTest(100)
    void hoursComputedApartAddUpToTheInterval(RepetitionInfo repetition) {
        long seed = repetition.getCurrentRepetition();
        Random random = new Random(seed);
        HourFacts facts = new HourFacts();
        int gpu = facts.measured("gpu0", DeviceKind.GPU, null);
        long start = HOUR - random.nextInt(5_000_000);
        long end = HOUR + 1 + random.nextInt(9_000_000);
        long energy = random.nextLong(Long.MAX_VALUE);
        facts.intervals.add(new Interval(gpu, start, end, energy, end - start));
        facts.nowMs = end;
        long sum = 0;
        for (int hour = -2; hour <= 3; hour++) {
            facts.hourMs = HOUR + hour * AttributionFacts.HOUR_MS;
            sum += facts.attribute().totalUj();
        }
        assertThat(sum).isEqualTo(energy);
    }

    private static HourFacts random(Random random) {
        HourFacts facts = new HourFacts();
        DeviceKind[] kinds = {DeviceKind.CPU, DeviceKind.RAM, DeviceKind.GPU, DeviceKind.GPU, DeviceKind.NODE};
        int count = 1 + random.nextInt(6);
        for (int i = 0; i < count; i++) {
            DeviceKind kind = kinds[random.nextInt(kinds.length)];
            int device = facts.device("d" + i, kind, random.nextBoolean() ? random.nextDouble() * 100 : null);
            for (int s = 0; s <= random.nextInt(3); s++) {
                Quality quality = kind == DeviceKind.NODE ? Quality.MEASURED : Quality.values()[random.nextInt(3)];
                int series = facts.series(device, quality, random.nextBoolean() ? "sampler" : "reported:tool/1");
                addIntervals(facts, series, random);
            }
        }
        for (int c = 0; c < random.nextInt(8); c++) {
            String[] keys = new String[random.nextInt(3)];
            for (int k = 0; k < keys.length; k++) {
                keys[k] = "d" + (k * 3 + random.nextInt(3));
            }
            String run = RUNS[random.nextInt(RUNS.length)];
            double start = random.nextInt(4000) - 200;
            facts.claim(run, "m" + c, "boot-1", random.nextBoolean(), start, end(random, start), keys);
        }
        addWeights(facts, random);
        return facts;
    }

    private static @Nullable Double end(Random random, double start) {
        return random.nextInt(3) == 0 ? null : start + random.nextInt(3000);
    }

    private static void addIntervals(HourFacts facts, int series, Random random) {
        TreeSet<Long> starts = new TreeSet<>();
        for (int i = 0; i < random.nextInt(12); i++) {
            starts.add(HOUR - 100_000 + random.nextInt(3_700_000));
        }
        for (long start : starts) {
            long length = 1 + random.nextInt(900_000);
            long energy =
                    random.nextInt(5) == 0 ? 0 : random.nextLong(random.nextInt(3) == 0 ? 40 : 1_000_000_000_000L);
            facts.intervals.add(new Interval(series, start, start + length, energy, random.nextLong(length + 1)));
        }
    }

    private static void addWeights(HourFacts facts, Random random) {
        for (int device = 0; device < facts.devices.size(); device++) {
            for (int member = 0; member < facts.claims.size(); member++) {
                TreeSet<Long> starts = new TreeSet<>();
                for (int i = 0; i < random.nextInt(6); i++) {
                    starts.add(HOUR + random.nextInt(3_600_000));
                }
                for (long start : starts) {
                    facts.weights.add(new HourFacts.Weight(
                            device,
                            "m" + member,
                            start,
                            start + 1 + random.nextInt(600_000),
                            random.nextInt(1_000_001)));
                }
            }
        }
    }

    /** In each piece between any two edges: the best meter if there is one, else all chips. */
    private static long energyOfNode(HourFacts facts) {
        TreeSet<Long> edges = new TreeSet<>();
        edges.add(HOUR);
        edges.add(HOUR + AttributionFacts.HOUR_MS);
        facts.intervals.forEach(interval -> {
            edges.add(interval.startMs());
            edges.add(interval.endMs());
        });
        TreeSet<Long> inside = new TreeSet<>(edges.subSet(HOUR, true, HOUR + AttributionFacts.HOUR_MS, true));
        long total = 0;
        Long from = null;
        for (long to : inside) {
            total += from == null ? 0 : energyOfPiece(facts, from, to);
            from = to;
        }
        return total;
    }

    private static long energyOfPiece(HourFacts facts, long from, long to) {
        Interval meter = null;
        long chips = 0;
        for (AttributionFacts.Device device : facts.devices) {
            Interval counted = counted(facts, device.id(), from);
            if (device.kind() == DeviceKind.NODE) {
                meter = meter == null || (counted != null && rank(facts, counted) < rank(facts, meter))
                        ? counted
                        : meter;
            } else if (counted != null) {
                chips += part(counted, from, to);
            }
        }
        return meter == null ? chips : part(meter, from, to);
    }

    private static @Nullable Interval counted(HourFacts facts, long deviceId, long at) {
        return facts.intervals.stream()
                .filter(interval -> series(facts, interval).deviceId() == deviceId)
                .filter(interval -> interval.startMs() <= at && at < interval.endMs())
                .min(Comparator.<Interval>comparingInt(interval -> rank(facts, interval))
                        .thenComparingInt(Interval::series)
                        .thenComparingLong(Interval::startMs))
                .orElse(null);
    }

    private static Series series(HourFacts facts, Interval interval) {
        return facts.series.get(interval.series());
    }

    private static int rank(HourFacts facts, Interval interval) {
        return series(facts, interval).rank();
    }

    private static long part(Interval interval, long from, long to) {
        BigInteger energy = BigInteger.valueOf(interval.energyUj());
        BigInteger length = BigInteger.valueOf(interval.endMs() - interval.startMs());
        return energy.multiply(BigInteger.valueOf(to - interval.startMs()))
                .divide(length)
                .subtract(energy.multiply(BigInteger.valueOf(from - interval.startMs()))
                        .divide(length))
                .longValueExact();
    }
}
