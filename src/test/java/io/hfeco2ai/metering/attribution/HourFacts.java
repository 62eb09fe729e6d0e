package io.hfeco2ai.metering.attribution;

import io.hfeco2ai.experiments.Experiments.Claim;
import io.hfeco2ai.metering.attribution.AttributionFacts.Device;
import io.hfeco2ai.metering.attribution.AttributionFacts.Intervals;
import io.hfeco2ai.metering.attribution.AttributionFacts.Series;
import io.hfeco2ai.metering.attribution.AttributionFacts.Weights;
import io.hfeco2ai.units.Boundary;
import io.hfeco2ai.units.DeviceKind;
import io.hfeco2ai.units.Quality;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Facts of one hour, written down in seconds from its start. */
final class HourFacts {

    static final long HOUR = 1_767_607_200_000L;
    static final int END_S = 3600;

    record Interval(int series, long startMs, long endMs, long energyUj, long observedMs) {}

    record Weight(int device, String member, long startMs, long endMs, int ppm) {}

    final List<Device> devices = new ArrayList<>();
    private final Map<Long, Double> idleWatts = new HashMap<>();
    final List<Series> series = new ArrayList<>();
    final List<Interval> intervals = new ArrayList<>();
    final List<Claim> claims = new ArrayList<>();
    final List<Weight> weights = new ArrayList<>();
    long hourMs = HOUR;
    long nowMs = HOUR + 2 * AttributionFacts.HOUR_MS;

    int device(String key, DeviceKind kind, @Nullable Double idleWatts) {
        devices.add(new Device(devices.size() + 1L, key, kind, HOUR, null));
        if (idleWatts != null) {
            this.idleWatts.put((long) devices.size(), idleWatts);
        }
        return devices.size() - 1;
    }

    /** A device with one series of our own, measured. */
    int measured(String key, DeviceKind kind, @Nullable Double idleWatts) {
        return series(device(key, kind, idleWatts), Quality.MEASURED, "sampler");
    }

    int series(int device, Quality quality, String origin) {
        return series(device, quality, origin, "boot-1", false);
    }

    int series(int device, Quality quality, String origin, String bootId, boolean synthetic) {
        Boundary boundary = devices.get(device).kind() == DeviceKind.NODE ? Boundary.NODE : Boundary.CHIP;
        series.add(new Series(
                series.size() + 1L,
                devices.get(device).id(),
                bootId,
                "test",
                quality,
                boundary,
                origin,
                50_000,
                idleWatts.get(devices.get(device).id()),
                synthetic));
        return series.size() - 1;
    }

    HourFacts interval(int series, double startS, double endS, double joules) {
        long start = at(startS);
        long end = at(endS);
        intervals.add(new Interval(series, start, end, Math.round(joules * 1e6), end - start));
        return this;
    }

    HourFacts claim(String run, double startS, @Nullable Double endS, String... keys) {
        return claim(run, "m-" + run, "boot-1", false, startS, endS, keys);
    }

    HourFacts tracked(String run, double startS, @Nullable Double endS, String... keys) {
        return claim(run, "m-" + run, "boot-1", true, startS, endS, keys);
    }

    HourFacts claim(
            String run,
            String member,
            String boot,
            boolean tracked,
            double startS,
            @Nullable Double endS,
            String... keys) {
        claims.add(new Claim(
                member, run, boot, Set.of(keys), 1L, tracked, false, at(startS), endS == null ? null : at(endS)));
        return this;
    }

    HourFacts weight(int device, String run, double startS, double endS, double part) {
        weights.add(new Weight(device, "m-" + run, at(startS), at(endS), (int) Math.round(part * 1e6)));
        return this;
    }

    AttributionFacts build() {
        Intervals columns = new Intervals();
        intervals.stream()
                .filter(i -> i.endMs() > hourMs && i.startMs() < hourMs + AttributionFacts.HOUR_MS)
                .sorted(Comparator.comparingInt(Interval::series).thenComparingLong(Interval::startMs))
                .forEach(i -> columns.add(i.series(), i.startMs(), i.endMs(), i.energyUj(), i.observedMs()));
        Weights weightColumns = new Weights();
        weights.stream()
                .sorted(Comparator.comparingInt(Weight::device)
                        .thenComparing(Weight::member)
                        .thenComparingLong(Weight::startMs))
                .forEach(w -> weightColumns.add(w.device(), w.member(), w.startMs(), w.endMs(), w.ppm()));
        return new AttributionFacts("node", hourMs, nowMs, devices, series, columns, claims, weightColumns);
    }

    Attribution.Result attribute() {
        return Attribution.of(build());
    }

    static long at(double seconds) {
        return HOUR + Math.round(seconds * 1000);
    }
}
