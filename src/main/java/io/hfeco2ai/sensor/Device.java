package io.hfeco2ai.sensor;

import io.hfeco2ai.units.Boundary;
import io.hfeco2ai.units.DeviceKind;
import io.hfeco2ai.units.Quality;

/**
 * One power domain of this node as one sensor sees it.
 *
 * @param key stable across restarts: a GPU's UUID, a RAPL domain's path, a hwmon device's bus path, {@code model:cpu}
 * @param name what a person calls it: "AMD EPYC 8024P, package 0"
 * @param source the sensor behind it: {@code rapl}, {@code rapl-mmio}, {@code nvml}, {@code hwmon}, {@code cpu-model}…
 * @param uncertaintyRatio relative standard uncertainty times 2 (k = 2) of an interval's energy; 0.05 is ±5 %
 * @param capWatts the power above which a reading is implausible for this device; {@code POSITIVE_INFINITY} when unknown
 * @param idleWatts power with no work on it; {@code NaN} when unknown
 */
public record Device(
        String key,
        DeviceKind kind,
        String name,
        Boundary boundary,
        Quality quality,
        String source,
        double uncertaintyRatio,
        double capWatts,
        double idleWatts) {}
