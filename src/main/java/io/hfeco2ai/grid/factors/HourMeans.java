package io.hfeco2ai.grid.factors;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Values over minutes to values over UTC hours: the mean, weighted by the minutes that each lies in the hour. An hour of
 * which minutes are missing is the mean of those there are, and is flagged.
 */
public final class HourMeans {

    static final long HOUR_MS = 3_600_000;
    private static final long MINUTE_MS = 60_000;
    private static final int DECIMALS = 9;

    private HourMeans() {}

    /**
     * A value that holds over [fromMs, fromMs + minutes).
     *
     * @param minutes 1 to 60
     * @param estimated so the source says
     */
    public record Sample(long fromMs, int minutes, BigDecimal gramsPerKwh, boolean estimated) {}

    /**
     * @param hourMs start of the UTC hour
     * @param minutes of it that are known, 1 to 60
     * @param estimated the source says so of a part of it, or a part is missing
     */
    public record Hour(long hourMs, BigDecimal gramsPerKwh, int minutes, boolean estimated) {}

    /** Hours in [fromMs, toMs) without a value; both are starts of hours. */
    public record Gap(long fromMs, long toMs) {
        public long hours() {
            return (toMs - fromMs) / HOUR_MS;
        }
    }

    private static final class Sum {
        private BigDecimal weighted = BigDecimal.ZERO;
        private int minutes;
        private boolean estimated;

        void add(Sample sample, int overlap) {
            weighted = weighted.add(sample.gramsPerKwh.multiply(BigDecimal.valueOf(overlap)));
            minutes += overlap;
            estimated |= sample.estimated;
        }

        Hour hour(long hourMs) {
            BigDecimal mean = weighted.divide(BigDecimal.valueOf(minutes), DECIMALS, RoundingMode.HALF_EVEN);
            return new Hour(hourMs, mean, minutes, estimated || minutes < 60);
        }
    }

    /** By time. @param samples that do not overlap */
    public static List<Hour> of(Collection<Sample> samples) {
        SortedMap<Long, Sum> sums = new TreeMap<>();
        for (Sample sample : samples) {
            long endMs = sample.fromMs + sample.minutes * MINUTE_MS;
            for (long hourMs = hourOf(sample.fromMs); hourMs < endMs; hourMs += HOUR_MS) {
                long overlap = Math.min(endMs, hourMs + HOUR_MS) - Math.max(sample.fromMs, hourMs);
                sums.computeIfAbsent(hourMs, missing -> new Sum()).add(sample, (int) (overlap / MINUTE_MS));
            }
        }
        List<Hour> hours = new ArrayList<>();
        sums.forEach((hourMs, sum) -> hours.add(sum.hour(hourMs)));
        return hours;
    }

    /** Between the first and the last of these hours, which are in order. */
    static List<Gap> gaps(List<Long> hours) {
        List<Gap> gaps = new ArrayList<>();
        for (int i = 1; i < hours.size(); i++) {
            long next = hours.get(i - 1) + HOUR_MS;
            if (hours.get(i) > next) {
                gaps.add(new Gap(next, hours.get(i)));
            }
        }
        return gaps;
    }

    static long hourOf(long ms) {
        return Math.floorDiv(ms, HOUR_MS) * HOUR_MS;
    }
}
