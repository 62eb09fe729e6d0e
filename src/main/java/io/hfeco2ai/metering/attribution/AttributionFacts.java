package io.hfeco2ai.metering.attribution;

import io.hfeco2ai.experiments.Experiments.Claim;
import io.hfeco2ai.units.Boundary;
import io.hfeco2ai.units.DeviceKind;
import io.hfeco2ai.units.Quality;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * All that is known about one node in one UTC hour. Mass facts are columns of numbers, not objects: an hour of a large
 * node has ten thousand of them.
 *
 * @param nowMs nothing is expected after it: what has not happened yet is not missing
 * @param devices ordered by key
 * @param series ordered by {@link Series#BY_CONTENT}: ids follow the order of arrival, which must not matter (law 6)
 */
record AttributionFacts(
        String nodeId,
        long hourMs,
        long nowMs,
        List<Device> devices,
        List<Series> series,
        Intervals intervals,
        List<Claim> claims,
        Weights weights) {

    static final long HOUR_MS = 3_600_000;

    long endMs() {
        return hourMs + HOUR_MS;
    }

    /** @param declaredOffMs null: it is expected to report since it was first seen */
    record Device(
            long id,
            String key,
            DeviceKind kind,
            long firstSeenMs,
            @Nullable Long declaredOffMs) {}

    /** @param idleWatts the device's power with no work on it, as this source said; null: unknown */
    record Series(
            long id,
            long deviceId,
            String bootId,
            String source,
            Quality quality,
            Boundary boundary,
            String origin,
            int uncertaintyPpm,
            @Nullable Double idleWatts,
            boolean synthetic) {

        /** Tells the series of one device apart by what they are; the first of equal rank counts. */
        static final Comparator<Series> BY_CONTENT = Comparator.comparing(Series::source)
                .thenComparing(Series::origin)
                .thenComparing(Series::boundary)
                .thenComparingInt(Series::uncertaintyPpm)
                .thenComparing(Series::quality)
                .thenComparing(Series::bootId)
                .thenComparing(Series::idleWatts, Comparator.nullsFirst(Comparator.naturalOrder()));

        boolean reported() {
            return !(origin.equals("sampler") || origin.equals("agent") || origin.startsWith("client:"));
        }

        /** 0 is best (law 8): own measured, reported measured, calibrated model, model, reported model, unknown. */
        int rank() {
            return switch (quality) {
                case MEASURED -> reported() ? 1 : 0;
                case MODELLED -> reported() ? 4 : source.contains("calibrated") ? 2 : 3;
                case UNKNOWN, MISSING -> 5;
            };
        }
    }

    /** Energy of series over time, ordered by (series, start). */
    static final class Intervals {
        int size;
        /** Places in {@link AttributionFacts#series}. */
        int[] series = new int[512];

        long[] startMs = new long[512];
        long[] endMs = new long[512];
        long[] energyUj = new long[512];
        long[] observedMs = new long[512];

        void add(int seriesIndex, long start, long end, long energy, long observed) {
            if (size == series.length) {
                int more = size * 2;
                series = Arrays.copyOf(series, more);
                startMs = Arrays.copyOf(startMs, more);
                endMs = Arrays.copyOf(endMs, more);
                energyUj = Arrays.copyOf(energyUj, more);
                observedMs = Arrays.copyOf(observedMs, more);
            }
            series[size] = seriesIndex;
            startMs[size] = start;
            endMs[size] = end;
            energyUj[size] = energy;
            observedMs[size++] = observed;
        }

        /** By series and start, each interval once. */
        void sort() {
            Integer[] order = new Integer[size];
            Arrays.setAll(order, i -> i);
            Arrays.sort(order, Comparator.<Integer>comparingInt(i -> series[i]).thenComparingLong(i -> startMs[i]));
            Intervals sorted = new Intervals();
            for (int i : order) {
                int last = sorted.size - 1;
                if (last < 0 || sorted.series[last] != series[i] || sorted.startMs[last] != startMs[i]) {
                    sorted.add(series[i], startMs[i], endMs[i], energyUj[i], observedMs[i]);
                }
            }
            size = sorted.size;
            series = sorted.series;
            startMs = sorted.startMs;
            endMs = sorted.endMs;
            energyUj = sorted.energyUj;
            observedMs = sorted.observedMs;
        }
    }

    /** Parts of devices' dynamic energy that members caused, ordered by (device, member, start). */
    static final class Weights {
        int size;
        /** Places in {@link AttributionFacts#devices}. */
        int[] device = new int[64];

        String[] memberId = new String[64];
        long[] startMs = new long[64];
        long[] endMs = new long[64];
        int[] ppm = new int[64];

        void add(int deviceIndex, String member, long start, long end, int weightPpm) {
            if (size == device.length) {
                int more = size * 2;
                device = Arrays.copyOf(device, more);
                memberId = Arrays.copyOf(memberId, more);
                startMs = Arrays.copyOf(startMs, more);
                endMs = Arrays.copyOf(endMs, more);
                ppm = Arrays.copyOf(ppm, more);
            }
            device[size] = deviceIndex;
            memberId[size] = member;
            startMs[size] = start;
            endMs[size] = end;
            ppm[size++] = weightPpm;
        }
    }
}
