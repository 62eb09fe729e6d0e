package io.hfeco2ai.metering.attribution;

import io.hfeco2ai.units.DeviceKind;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * Power over the hour in 360 buckets of 10 s, for each run and for the whole node, by kind of device. A bucket is the mean
 * over what was observed of it, summed over the devices of that kind; NaN where nothing was observed.
 */
final class AttributionProfile {

    static final int BUCKETS = 360;
    static final long BUCKET_MS = AttributionFacts.HOUR_MS / BUCKETS;

    /** @param runId "" is the whole node */
    record Profile(String runId, DeviceKind kind, float[] watts) {}

    private final long hourMs;
    private final List<String> runs;
    private final Map<DeviceKind, double[][]> watts = new EnumMap<>(DeviceKind.class);
    /** Of the present device: energy and time by run and bucket; empty where it has given the run nothing. */
    private final double[][] energyUj;

    private final double[][] timeMs;

    AttributionProfile(long hourMs, List<String> runs) {
        this.hourMs = hourMs;
        this.runs = runs;
        this.energyUj = new double[runs.size()][0];
        this.timeMs = new double[runs.size()][0];
    }

    /** @param countTime false when the same run already got another part of the same piece */
    void add(int run, long fromMs, long toMs, long energy, boolean countTime) {
        if (energyUj[run].length == 0) {
            energyUj[run] = new double[BUCKETS];
            timeMs[run] = new double[BUCKETS];
        }
        double perMs = (double) energy / (toMs - fromMs);
        for (long at = fromMs; at < toMs; ) {
            int bucket = (int) ((at - hourMs) / BUCKET_MS);
            long next = Math.min(toMs, hourMs + (bucket + 1) * BUCKET_MS);
            energyUj[run][bucket] += perMs * (next - at);
            timeMs[run][bucket] += countTime ? next - at : 0;
            at = next;
        }
    }

    /** Ends a device: its mean power joins that of the others of its kind. */
    void endDevice(DeviceKind kind) {
        for (int run = 0; run < energyUj.length; run++) {
            if (energyUj[run].length > 0) {
                double[] sum = watts.computeIfAbsent(kind, k -> new double[runs.size()][0])[run];
                if (sum.length == 0) {
                    sum = new double[BUCKETS];
                    Arrays.fill(sum, Double.NaN);
                    watts.get(kind)[run] = sum;
                }
                join(sum, energyUj[run], timeMs[run]);
                energyUj[run] = new double[0];
                timeMs[run] = new double[0];
            }
        }
    }

    private static void join(double[] sum, double[] energyUj, double[] timeMs) {
        for (int bucket = 0; bucket < BUCKETS; bucket++) {
            if (timeMs[bucket] > 0) {
                double mean = energyUj[bucket] / timeMs[bucket] / 1e3;
                sum[bucket] = Double.isNaN(sum[bucket]) ? mean : sum[bucket] + mean;
            }
        }
    }

    List<Profile> profiles() {
        List<Profile> profiles = new ArrayList<>();
        watts.forEach((kind, byRun) -> {
            for (int run = 0; run < byRun.length; run++) {
                if (byRun[run].length > 0) {
                    float[] floats = new float[BUCKETS];
                    for (int bucket = 0; bucket < BUCKETS; bucket++) {
                        floats[bucket] = (float) byRun[run][bucket];
                    }
                    profiles.add(new Profile(runs.get(run), kind, floats));
                }
            }
        });
        return profiles;
    }
}
