package io.hfeco2ai.metering.attribution;

import io.hfeco2ai.metering.attribution.AttributionFacts.Device;
import io.hfeco2ai.units.DeviceKind;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/**
 * Several tools that speak of the same hardware (law 8): our sensors name each device, another tool may know GPUs by
 * number, or only the sum over all devices of a kind. In each piece of time one of the three views counts, that of the best
 * rank; of equals the most detailed.
 */
final class AttributionOverlaps {

    /** How the device key of what another tool says begins. */
    private static final String REPORTED = "reported:";

    private final AttributionFacts facts;
    private final AttributionClaims claims;

    AttributionOverlaps(AttributionFacts facts, AttributionClaims claims) {
        this.facts = facts;
        this.claims = claims;
    }

    static boolean isReported(Device device) {
        return device.kind() != DeviceKind.NODE && device.key().startsWith(REPORTED);
    }

    /** {@code reported:gpu} is the sum, {@code reported:gpu-0} one of them. */
    private static boolean isSum(Device device) {
        return isReported(device) && device.key().indexOf('-') < 0;
    }

    /** @param lanes all cut at the same times */
    void settle(List<AttributionLane> lanes) {
        for (DeviceKind kind : DeviceKind.values()) {
            List<AttributionLane> own = new ArrayList<>();
            List<AttributionLane> single = new ArrayList<>();
            List<AttributionLane> sums = new ArrayList<>();
            for (AttributionLane lane : lanes) {
                if (lane.device.kind() == kind) {
                    (isSum(lane.device) ? sums : isReported(lane.device) ? single : own).add(lane);
                }
            }
            if (!single.isEmpty() || !sums.isEmpty()) {
                settleViews(List.of(own, single, sums));
            }
        }
    }

    /** @param views the most detailed first */
    private void settleViews(List<List<AttributionLane>> views) {
        List<List<AttributionLane>> known =
                views.stream().filter(view -> !view.isEmpty()).toList();
        long[] edges = known.get(0).get(0).edges;
        for (int piece = 0; piece < edges.length - 1; piece++) {
            int best = 0;
            for (int i = 1; i < known.size(); i++) {
                best = rank(known.get(i), piece) < rank(known.get(best), piece) ? i : best;
            }
            boolean silent = rank(known.get(best), piece) == Integer.MAX_VALUE;
            for (int i = 0; i < known.size(); i++) {
                if (i != best) {
                    for (AttributionLane lane : known.get(i)) {
                        lane.yield(piece);
                    }
                } else if (silent && isReported(known.get(i).get(0).device) && !isClaimed(edges[piece])) {
                    // Another tool reports while its run goes on, and owes nothing at other times.
                    known.get(i).forEach(excuse(piece));
                }
            }
        }
    }

    private static Consumer<AttributionLane> excuse(int piece) {
        return lane -> lane.excused[piece] = true;
    }

    private int rank(List<AttributionLane> view, int piece) {
        return view.stream()
                .filter(lane -> lane.observed(piece))
                .mapToInt(lane -> facts.series().get(lane.series[piece]).rank())
                .min()
                .orElse(Integer.MAX_VALUE);
    }

    private boolean isClaimed(long atMs) {
        return IntStream.range(0, claims.size()).anyMatch(i -> claims.startMs[i] <= atMs && atMs < claims.endMs[i]);
    }

    /** What each source said of the hour, and how much of it counts; empty where no other tool reported. */
    static List<Source> sources(AttributionFacts facts, List<AttributionLane> lanes) {
        if (facts.series().stream().noneMatch(AttributionFacts.Series::reported)) {
            return List.of();
        }
        long[] said = new long[facts.series().size()];
        long[] counted = new long[said.length];
        AttributionFacts.Intervals all = facts.intervals();
        for (int i = 0; i < all.size; i++) {
            said[all.series[i]] += AttributionSplit.over(
                    all.energyUj[i],
                    all.startMs[i],
                    all.endMs[i],
                    Math.max(all.startMs[i], facts.hourMs()),
                    Math.min(all.endMs[i], facts.endMs()));
        }
        for (AttributionLane lane : lanes) {
            for (int piece = 0; piece < lane.pieces(); piece++) {
                if (lane.observed(piece)) {
                    counted[lane.series[piece]] += lane.energyUj[piece];
                }
            }
        }
        List<Source> sources = new ArrayList<>();
        for (int i = 0; i < said.length; i++) {
            if (said[i] > 0) {
                sources.add(new Source(facts.series().get(i).id(), said[i], counted[i]));
            }
        }
        return sources;
    }

    /** @param saidUj over the hour, counted or not */
    record Source(long seriesId, long saidUj, long countedUj) {}
}
