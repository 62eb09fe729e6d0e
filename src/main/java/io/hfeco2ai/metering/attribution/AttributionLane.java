package io.hfeco2ai.metering.attribution;

import io.hfeco2ai.metering.attribution.AttributionFacts.Device;
import io.hfeco2ai.metering.attribution.AttributionFacts.Intervals;
import io.hfeco2ai.metering.attribution.AttributionFacts.Series;
import io.hfeco2ai.units.DeviceKind;
import io.hfeco2ai.units.Quality;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * One device over the hour, cut into pieces, with the one source that counts in each (law 8). Piece p is
 * [edges[p], edges[p + 1]).
 */
final class AttributionLane {

    static final int NONE = -1;

    final Device device;
    final int deviceIndex;
    final long[] edges;
    /** The series that counts, {@link #NONE} where nothing was observed. */
    final int[] series;
    /** The whole-node meter that sets the boundary of the piece, {@link #NONE} where there is none. */
    final int[] meter;

    final long[] energyUj;
    final long[] observedMs;
    /** True where another source covers the time, or nobody has to report: then the device is not missed. */
    final boolean[] excused;
    /** Worse than the series' own where a difference was taken from a worse source. */
    final Quality[] quality;

    AttributionLane(Device device, int deviceIndex, long[] edges) {
        this.device = device;
        this.deviceIndex = deviceIndex;
        this.edges = edges;
        int pieces = edges.length - 1;
        this.series = new int[pieces];
        this.meter = new int[pieces];
        this.energyUj = new long[pieces];
        this.observedMs = new long[pieces];
        this.quality = new Quality[pieces];
        this.excused = new boolean[pieces];
    }

    static AttributionLane of(AttributionFacts facts, int deviceIndex, long[] edges) {
        AttributionLane lane = new AttributionLane(facts.devices().get(deviceIndex), deviceIndex, edges);
        int[] candidates = byRank(facts.series(), lane.device.id());
        int[] cursors = new int[candidates.length];
        int[] ends = new int[candidates.length];
        for (int i = 0; i < candidates.length; i++) {
            cursors[i] = first(facts.intervals(), candidates[i]);
            ends[i] = first(facts.intervals(), candidates[i] + 1);
        }
        for (int piece = 0; piece < lane.pieces(); piece++) {
            lane.fill(piece, facts, candidates, cursors, ends);
        }
        return lane;
    }

    /** What a whole-node meter leaves after the chips is the rest; the meter itself is no kind of its own. */
    DeviceKind kind() {
        return device.kind() == DeviceKind.NODE ? DeviceKind.REST : device.kind();
    }

    int pieces() {
        return series.length;
    }

    boolean observed(int piece) {
        return series[piece] != NONE;
    }

    /** Expected from the first sight of the device until it was declared off or now; and whenever it did report. */
    boolean expected(int piece, long nowMs) {
        return observed(piece)
                || (!excused[piece]
                        && edges[piece] >= device.firstSeenMs()
                        && edges[piece] < nowMs
                        && (device.declaredOffMs() == null || edges[piece] < device.declaredOffMs()));
    }

    /** Another source counts in this piece: what this one says overlaps and is not added (law 8). */
    void yield(int piece) {
        series[piece] = NONE;
        energyUj[piece] = 0;
        observedMs[piece] = 0;
        quality[piece] = Quality.MISSING;
        excused[piece] = true;
    }

    private void fill(int piece, AttributionFacts facts, int[] candidates, int[] cursors, int[] ends) {
        Intervals all = facts.intervals();
        long from = edges[piece];
        series[piece] = NONE;
        meter[piece] = NONE;
        quality[piece] = Quality.MISSING;
        for (int i = 0; i < candidates.length; i++) {
            int at = cursors[i];
            while (at < ends[i] && all.endMs[at] <= from) {
                at++;
            }
            cursors[i] = at;
            if (series[piece] == NONE && at < ends[i] && all.startMs[at] <= from) {
                series[piece] = candidates[i];
                quality[piece] = facts.series().get(candidates[i]).quality();
                add(piece, all, at);
                if (AttributionOverlaps.isReported(device)) {
                    addOverlapping(piece, all, at + 1, ends[i]);
                }
            }
        }
    }

    private void add(int piece, Intervals all, int at) {
        long from = edges[piece];
        long to = edges[piece + 1];
        energyUj[piece] += AttributionSplit.over(all.energyUj[at], all.startMs[at], all.endMs[at], from, to);
        long observed = AttributionSplit.over(all.observedMs[at], all.startMs[at], all.endMs[at], from, to);
        observedMs[piece] = Math.min(to - from, observedMs[piece] + observed);
    }

    /**
     * What one reporter says comes in differences: none is told twice, but their times are those of the messages, so that
     * one that was late reaches a little into the next. Both count.
     */
    private void addOverlapping(int piece, Intervals all, int next, int end) {
        for (int at = next; at < end && all.startMs[at] <= edges[piece]; at++) {
            if (all.endMs[at] > edges[piece]) {
                add(piece, all, at);
            }
        }
    }

    /** A series that says MISSING is a gap, not a source. Sorting is stable: ties go to the first in the list. */
    private static int[] byRank(List<Series> series, long deviceId) {
        return IntStream.range(0, series.size())
                .filter(i ->
                        series.get(i).deviceId() == deviceId && series.get(i).quality() != Quality.MISSING)
                .boxed()
                .sorted(Comparator.comparingInt(i -> series.get(i).rank()))
                .mapToInt(Integer::intValue)
                .toArray();
    }

    /** The place of the first interval of that series or a later one, by bisection. */
    private static int first(Intervals intervals, int seriesIndex) {
        int low = 0;
        int high = intervals.size;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (intervals.series[middle] < seriesIndex) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }
}
