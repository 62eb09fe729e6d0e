package io.hfeco2ai.metering;

import io.hfeco2ai.metering.Metering.IntervalReport;
import io.hfeco2ai.metering.Metering.UsageReport;
import io.hfeco2ai.units.DeviceKind;
import io.hfeco2ai.units.Quality;
import org.jspecify.annotations.Nullable;

/** Says why a report cannot be true, naming the field and the cure; null when it can. Pure. */
final class Plausibility {

    /** A counter read a moment late shows a little more power than the device can draw. */
    static final double CAP_MARGIN = 1.2;
    /** How old a counter's figure may be when it is read: the energy of that time falls to the next interval. */
    private static final long REFRESH_MS = 250;

    static final int WHOLE_PPM = 1_000_000;

    private static final long DAY_MS = 86_400_000;
    private static final long YEAR_2000_MS = 946_684_800_000L;
    private static final long AHEAD_MS = 300_000;
    private static final double MAX_UNCERTAINTY = 10;
    private static final double MAX_CAP_WATTS = 1e6;

    private Plausibility() {}

    /**
     * Above the largest part of its kind that is sold, so that only a broken reading is above it: GPU boards reach 1,000 to
     * 1,400 W (NVIDIA B200/B300, AMD MI355X), CPU packages 500 W, but one device may stand for all packages of a board;
     * 6 TB of DDR5 draw below 600 W; 8-GPU nodes 10 to 15 kW. A device with more says so in its own cap.
     */
    static double capWatts(DeviceKind kind) {
        return switch (kind) {
            case GPU -> 1_500;
            case CPU -> 2_000;
            case RAM -> 1_000;
            case NODE, REST -> 20_000;
        };
    }

    static @Nullable String problem(IntervalReport report, long nowMs, long oldestMs) {
        String problem = textProblem("device", report.device(), 200);
        if (problem == null) {
            problem = textProblem("source", report.source(), 100);
        }
        if (problem == null && report.deviceName() != null) {
            problem = textProblem("device name", report.deviceName(), 200);
        }
        if (problem == null) {
            problem = spanProblem(report.startMs(), report.endMs(), nowMs, oldestMs);
        }
        if (problem == null) {
            problem = energyProblem(report);
        }
        if (problem == null) {
            problem = figureProblem(report);
        }
        return problem == null && overCap(report) ? overCapProblem(report) : problem;
    }

    static @Nullable String problem(UsageReport usage, long nowMs, long oldestMs) {
        String problem = textProblem("member", usage.memberId(), 32);
        if (problem == null) {
            problem = textProblem("device", usage.device(), 200);
        }
        if (problem == null) {
            problem = spanProblem(usage.startMs(), usage.endMs(), nowMs, oldestMs);
        }
        if (problem == null && usage.endMs() - usage.startMs() > DirtyHours.HOUR_MS) {
            problem = "end: more than an hour after the start; send usage at least hourly";
        }
        if (problem == null && (usage.weightPpm() < 0 || usage.weightPpm() > WHOLE_PPM)) {
            problem =
                    "weight: " + usage.weightPpm() + " is outside 0 to 1000000 ppm; send the part of the device's work";
        }
        return problem;
    }

    static @Nullable String textProblem(String field, @Nullable String text, int maxLength) {
        if (text == null || text.isBlank()) {
            return field + ": is empty; send 1 to " + maxLength + " characters";
        }
        if (text.length() > maxLength) {
            return field + ": has " + text.length() + " characters; send at most " + maxLength;
        }
        if (text.chars().anyMatch(Character::isISOControl)) {
            return field + ": holds a control character; send plain text";
        }
        return null;
    }

    private static @Nullable String spanProblem(long startMs, long endMs, long nowMs, long oldestMs) {
        if (startMs < YEAR_2000_MS) {
            return "start: is before the year 2000; check the unit (epoch milliseconds) and the sender's clock";
        }
        if (startMs < oldestMs) {
            return "start: is older than " + (nowMs - oldestMs) / DAY_MS
                    + " days, the oldest this server takes; check the"
                    + " sender's clock, or raise hfeco2ai.metering.max-age to bring in old data";
        }
        if (startMs > nowMs + AHEAD_MS) {
            return "start: is more than 5 minutes in the future; set the sender's clock (NTP)";
        }
        if (endMs <= startMs) {
            return "end: is not after start; send the end of the interval";
        }
        if (endMs > nowMs + AHEAD_MS) {
            return "end: is more than 5 minutes in the future; set the sender's clock (NTP), and send an interval when it is over";
        }
        if (endMs - startMs > DAY_MS) {
            return "end: is more than 24 h after start; send shorter intervals";
        }
        return null;
    }

    private static @Nullable String energyProblem(IntervalReport report) {
        if (report.energyUj() < 0) {
            return "energy: is negative; a counter was reset or wrapped around, leave this interval out";
        }
        Long observedMs = report.observedMs();
        if (observedMs != null && (observedMs < 0 || observedMs > report.endMs() - report.startMs())) {
            return "observed: " + observedMs + " ms is not within 0 and the length of the interval; send the part of it"
                    + " that was really observed";
        }
        if (report.quality() == Quality.MISSING && (report.energyUj() > 0 || (observedMs != null && observedMs > 0))) {
            return "quality: MISSING cannot hold energy or observed time; send 0 or the quality of the reading";
        }
        if (report.energyUj() > 0 && observedMs != null && observedMs == 0) {
            return "observed: is 0 ms, but there is energy; send the observed time or quality MISSING with energy 0";
        }
        return null;
    }

    private static @Nullable String figureProblem(IntervalReport report) {
        if (!within(report.uncertaintyRatio(), 0, MAX_UNCERTAINTY)) {
            return "uncertainty: " + report.uncertaintyRatio() + " is not a ratio from 0 to 10; 0.05 means ±5 %";
        }
        if (report.capWatts() != null && !within(report.capWatts(), Double.MIN_VALUE, MAX_CAP_WATTS)) {
            return "cap: " + report.capWatts() + " W is not above 0 and at most 1 MW; leave it out when it is unknown";
        }
        if (!within(report.idleWatts(), 0, MAX_CAP_WATTS)) {
            return "idle: " + report.idleWatts() + " W is not within 0 and 1 MW; leave it out when it is unknown";
        }
        return report.seq() != null && report.seq() < 0 ? "seq: is negative; count from 0 or leave it out" : null;
    }

    /** NaN is not within. */
    private static boolean within(@Nullable Double amount, double low, double high) {
        return amount == null || (amount >= low && amount <= high);
    }

    /** By the report's own cap or that of its kind, so that it does not matter what came before. */
    private static boolean overCap(IntervalReport report) {
        Double own = report.capWatts();
        double cap = own == null ? capWatts(report.kind()) : own * CAP_MARGIN;
        // W × ms are mJ, a thousand µJ each.
        return report.energyUj() > cap * (report.endMs() - report.startMs() + REFRESH_MS) * 1e3;
    }

    private static String overCapProblem(IntervalReport report) {
        return String.format(
                java.util.Locale.ROOT,
                "energy: %.0f W on average is more than this %s can draw; check the unit (joules) and the span, or send the"
                        + " device's cap",
                meanWatts(report),
                report.kind());
    }

    private static double meanWatts(IntervalReport report) {
        return report.energyUj() / 1e3 / (report.endMs() - report.startMs());
    }
}
