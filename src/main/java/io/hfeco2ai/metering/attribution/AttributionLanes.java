package io.hfeco2ai.metering.attribution;

import io.hfeco2ai.metering.attribution.AttributionFacts.Device;
import io.hfeco2ai.metering.attribution.AttributionFacts.Intervals;
import io.hfeco2ai.metering.attribution.AttributionFacts.Weights;
import io.hfeco2ai.units.DeviceKind;
import io.hfeco2ai.units.Quality;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The devices of a node cut into pieces, nested ones untangled (law 7): a whole-node meter sets the total, the chips keep
 * their own energy, and the difference becomes the rest. Where the chips are above the meter they are scaled down to it.
 */
final class AttributionLanes {

    /** One for each chip, and one for the meters together: the rest. */
    final List<AttributionLane> lanes = new ArrayList<>();
    /** All meters, for their own coverage. */
    final List<AttributionLane> meters = new ArrayList<>();
    /** Pieces in which the chips were above the meter by more than both may err. */
    int piecesAboveMeter;

    private final AttributionFacts facts;

    AttributionLanes(AttributionFacts facts, AttributionClaims claims) {
        this.facts = facts;
        boolean metered = facts.devices().stream().anyMatch(device -> device.kind() == DeviceKind.NODE);
        boolean competing = facts.devices().stream().anyMatch(AttributionOverlaps::isReported);
        boolean together = metered || competing; // Then pieces are compared across devices.
        long[] common = together ? edges(claims, null) : new long[0];
        for (int i = 0; i < facts.devices().size(); i++) {
            Device device = facts.devices().get(i);
            AttributionLane lane = AttributionLane.of(facts, i, together ? common : edges(claims, device));
            (device.kind() == DeviceKind.NODE ? meters : lanes).add(lane);
        }
        if (competing) {
            new AttributionOverlaps(facts, claims).settle(lanes);
        }
        if (metered) {
            lanes.add(rest(common));
        }
    }

    /** The times at which something changes for that device, or for any device when it is null. */
    private long[] edges(AttributionClaims claims, @Nullable Device device) {
        Edges edges = new Edges(facts.hourMs(), facts.endMs());
        edges.add(facts.nowMs());
        for (int i = 0; i < claims.size(); i++) {
            edges.add(claims.startMs[i]);
            edges.add(claims.endMs[i]);
        }
        for (Device each : facts.devices()) {
            if (device == null || device.id() == each.id()) {
                edges.add(each.firstSeenMs());
                edges.add(each.declaredOffMs() == null ? facts.endMs() : each.declaredOffMs());
            }
        }
        Intervals intervals = facts.intervals();
        boolean[] wanted = new boolean[facts.series().size()];
        for (int i = 0; i < wanted.length; i++) {
            wanted[i] = device == null || facts.series().get(i).deviceId() == device.id();
        }
        for (int i = 0; i < intervals.size; i++) {
            if (wanted[intervals.series[i]]) {
                edges.add(intervals.startMs[i]);
                edges.add(intervals.endMs[i]);
            }
        }
        Weights weights = facts.weights();
        for (int i = 0; i < weights.size; i++) {
            if (device == null || facts.devices().get(weights.device[i]).id() == device.id()) {
                edges.add(weights.startMs[i]);
                edges.add(weights.endMs[i]);
            }
        }
        return edges.distinct();
    }

    private AttributionLane rest(long[] edges) {
        AttributionLane first = meters.get(0);
        AttributionLane rest = new AttributionLane(first.device, first.deviceIndex, edges);
        long[] chips = new long[lanes.size()];
        long[] scaled = new long[lanes.size()];
        for (int piece = 0; piece < rest.pieces(); piece++) {
            AttributionLane meter = meter(piece);
            rest.series[piece] = meter.series[piece];
            rest.meter[piece] = AttributionLane.NONE;
            rest.quality[piece] = meter.quality[piece];
            rest.observedMs[piece] = meter.observedMs[piece];
            if (meter.observed(piece)) {
                rest.energyUj[piece] = untangle(piece, meter, rest, chips, scaled);
            }
        }
        return rest;
    }

    /** The best of several meters, the first by key of equally good ones; the others overlap it and are not added. */
    private AttributionLane meter(int piece) {
        AttributionLane best = meters.get(0);
        for (AttributionLane meter : meters) {
            if (meter.observed(piece) && (!best.observed(piece) || rank(meter, piece) < rank(best, piece))) {
                best = meter;
            }
        }
        return best;
    }

    /**
     * As the source that counts in the piece knows it, so a later calibration leaves it. 0 when unknown: then nothing is
     * taken for idle. The rest idles at what the meter does less the chips seen inside it.
     */
    double idleWatts(AttributionLane lane, int piece) {
        if (!lane.observed(piece)) {
            return 0;
        }
        double idle = ofSeries(lane, piece);
        if (lane.device.kind() == DeviceKind.NODE) {
            for (AttributionLane chip : lanes) {
                idle -= chip == lane || !chip.observed(piece) ? 0 : ofSeries(chip, piece);
            }
        }
        return Double.isNaN(idle) ? 0 : Math.max(0, idle);
    }

    private double ofSeries(AttributionLane lane, int piece) {
        Double idle = facts.series().get(lane.series[piece]).idleWatts();
        return idle == null ? Double.NaN : idle;
    }

    private int rank(AttributionLane lane, int piece) {
        return facts.series().get(lane.series[piece]).rank();
    }

    private long untangle(int piece, AttributionLane meter, AttributionLane rest, long[] chips, long[] scaled) {
        long inside = 0;
        Quality best = Quality.MISSING;
        double doubt = ppm(meter, piece) * meter.energyUj[piece];
        for (int i = 0; i < chips.length; i++) {
            AttributionLane lane = lanes.get(i);
            chips[i] = lane.energyUj[piece];
            inside += chips[i];
            if (lane.observed(piece)) {
                lane.meter[piece] = meter.series[piece];
                doubt += ppm(lane, piece) * chips[i];
                rest.quality[piece] = worse(rest.quality[piece], lane.quality[piece]);
                best = lane.quality[piece].ordinal() < best.ordinal() ? lane.quality[piece] : best;
            }
        }
        long total = meter.energyUj[piece];
        if (inside <= total) {
            return total - inside;
        }
        if (inside - total > doubt / 1e6) {
            piecesAboveMeter++;
        }
        if (meter.quality[piece].ordinal() > best.ordinal()) {
            return 0; // A modelled meter does not overrule a measured chip.
        }
        AttributionSplit.byWeight(total, chips, chips.length, scaled);
        for (int i = 0; i < chips.length; i++) {
            lanes.get(i).energyUj[piece] = scaled[i];
        }
        return 0;
    }

    private double ppm(AttributionLane lane, int piece) {
        return facts.series().get(lane.series[piece]).uncertaintyPpm();
    }

    private static Quality worse(Quality one, Quality other) {
        return one.ordinal() >= other.ordinal() ? one : other;
    }

    /** Times inside the hour, sorted and without repetition. */
    private static final class Edges {
        private final long from;
        private final long to;
        private long[] times = new long[1024];
        private int size;

        Edges(long from, long to) {
            this.from = from;
            this.to = to;
            times[size++] = from;
            times[size++] = to;
        }

        void add(long time) {
            if (time > from && time < to && time != times[size - 1]) {
                if (size == times.length) {
                    times = Arrays.copyOf(times, size * 2);
                }
                times[size++] = time;
            }
        }

        long[] distinct() {
            Arrays.sort(times, 0, size);
            int kept = 1;
            for (int i = 1; i < size; i++) {
                if (times[i] != times[kept - 1]) {
                    times[kept++] = times[i];
                }
            }
            return Arrays.copyOf(times, kept);
        }
    }
}
