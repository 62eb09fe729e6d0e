package io.hfeco2ai.edge.cloud;

import io.hfeco2ai.metering.Metering.IntervalReport;
import io.hfeco2ai.units.DeviceKind;
import io.hfeco2ai.units.Quality;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * Energy of instances that share a node, by UTC hour. A line's instance-hours are spread evenly over its time; the parts add up
 * to the microjoule. In hours between that no line names, the instances did not run.
 */
final class HourlyUse {

    static final long HOUR_MS = 3_600_000;
    private static final BigDecimal UJ_PER_WH = new BigDecimal("3600000000");

    private final Map<DeviceKind, TreeMap<Long, Long>> energyUj = new EnumMap<>(DeviceKind.class);
    private long firstMs = Long.MAX_VALUE;
    private long endMs = Long.MIN_VALUE;

    void add(CloudLine line) {
        firstMs = Math.min(firstMs, hour(line.fromMs()));
        endMs = Math.max(endMs, endOfHour(line.toMs()));
        line.watts().forEach((kind, watts) -> {
            long totalUj = BigDecimal.valueOf(watts)
                    .multiply(BigDecimal.valueOf(line.hours()))
                    .multiply(UJ_PER_WH)
                    .setScale(0, RoundingMode.HALF_EVEN)
                    .longValueExact();
            TreeMap<Long, Long> hours = energyUj.computeIfAbsent(kind, first -> new TreeMap<>());
            long spanMs = line.toMs() - line.fromMs();
            long givenUj = 0;
            for (long at = hour(line.fromMs()); at < line.toMs(); at += HOUR_MS) {
                long doneMs = Math.min(at + HOUR_MS, line.toMs()) - line.fromMs();
                long untilUj = totalUj / spanMs * doneMs + totalUj % spanMs * doneMs / spanMs;
                hours.merge(at, untilUj - givenUj, Math::addExact);
                givenUj = untilUj;
            }
        });
    }

    private static long hour(long ms) {
        return Math.floorDiv(ms, HOUR_MS) * HOUR_MS;
    }

    /** @param toMs exclusive */
    static long endOfHour(long toMs) {
        return hour(toMs - 1) + HOUR_MS;
    }

    /** At least the mean power of the hour that has most. */
    double mostWatts() {
        return energyUj.values().stream().mapToDouble(HourlyUse::mostWatts).sum();
    }

    private static double mostWatts(Map<Long, Long> hours) {
        return hours.values().stream().mapToLong(Long::longValue).max().orElse(0) / 3.6e9;
    }

    long firstMs() {
        return firstMs;
    }

    long endMs() {
        return endMs;
    }

    long hours() {
        return (endMs - firstMs) / HOUR_MS;
    }

    long totalUj() {
        return energyUj.values().stream()
                .flatMap(hours -> hours.values().stream())
                .mapToLong(Long::longValue)
                .sum();
    }

    /** @param type of instance, as the devices' name */
    List<IntervalReport> intervals(String type) {
        List<IntervalReport> intervals = new ArrayList<>();
        energyUj.forEach((kind, hours) -> {
            double mostWatts = mostWatts(hours);
            for (long at = firstMs; at < endMs; at += HOUR_MS) {
                intervals.add(new IntervalReport(
                        "reported:" + kind.name().toLowerCase(Locale.ROOT),
                        kind,
                        type,
                        at,
                        at + HOUR_MS,
                        hours.getOrDefault(at, 0L),
                        null,
                        Quality.MODELLED,
                        "cloud-instance",
                        null,
                        null,
                        null,
                        Math.max(1, mostWatts),
                        null));
            }
        });
        return intervals;
    }
}
