package io.hfeco2ai.metering.attribution;

import io.hfeco2ai.metering.Metering.HourSum;
import io.hfeco2ai.metering.attribution.AttributionProfile.Profile;
import io.hfeco2ai.units.DeviceKind;
import java.util.ArrayList;
import java.util.List;

/**
 * Divides the energy of one node in one UTC hour among the runs that claimed it. A pure function: the same facts, in
 * whatever order they arrived, give the same rows to the bit. docs/accounting.md tells the rules.
 */
final class Attribution {

    private Attribution() {}

    /** Observed device-time of the hour, in milliseconds; observed is at most expected. */
    record Covered(long deviceId, long expectedMs, long observedMs) {}

    /**
     * @param totalUj the node's energy: the sum over all rows
     * @param piecesAboveMeter pieces of time in which the chips exceeded the whole-node meter beyond what both may err
     */
    record Result(
            List<HourSum> sums,
            List<Covered> coverage,
            List<Profile> profiles,
            List<AttributionOverlaps.Source> sources,
            long totalUj,
            int piecesAboveMeter) {}

    static Result of(AttributionFacts facts) {
        AttributionClaims claims = new AttributionClaims(facts);
        AttributionLanes lanes = new AttributionLanes(facts, claims);
        AttributionTally tally = new AttributionTally(facts, claims);
        AttributionProfile profile = new AttributionProfile(facts.hourMs(), claims.runs);
        long total = 0;
        for (AttributionLane lane : lanes.lanes) {
            total += share(facts, claims, lanes, lane, tally, profile);
        }
        return new Result(
                tally.sums(),
                coverage(facts, lanes),
                profile.profiles(),
                AttributionOverlaps.sources(facts, lanes.lanes),
                total,
                lanes.piecesAboveMeter);
    }

    private static long share(
            AttributionFacts facts,
            AttributionClaims claims,
            AttributionLanes lanes,
            AttributionLane lane,
            AttributionTally tally,
            AttributionProfile profile) {
        AttributionSharing sharing = new AttributionSharing(facts, claims, tally, lane);
        long total = 0;
        for (int piece = 0; piece < lane.pieces(); piece++) {
            if (lane.expected(piece, facts.nowMs())) {
                long energy = lane.energyUj[piece];
                long length = lane.edges[piece + 1] - lane.edges[piece];
                // W × ms are mJ, a thousand µJ each.
                long idle = Math.round(lanes.idleWatts(lane, piece) * length * 1000);
                sharing.share(lane.edges[piece], energy, Math.min(energy, idle));
                tally.book(lane, piece, profile);
                total += energy;
            }
        }
        profile.endDevice(lane.kind());
        return total;
    }

    private static List<Covered> coverage(AttributionFacts facts, AttributionLanes lanes) {
        List<Covered> coverage = new ArrayList<>();
        for (AttributionLane lane : lanes.lanes) {
            if (lane.device.kind() != DeviceKind.NODE) {
                coverage.add(covered(facts, lane));
            }
        }
        lanes.meters.forEach(meter -> coverage.add(covered(facts, meter)));
        return coverage;
    }

    private static Covered covered(AttributionFacts facts, AttributionLane lane) {
        long expected = 0;
        long observed = 0;
        for (int piece = 0; piece < lane.pieces(); piece++) {
            if (lane.expected(piece, facts.nowMs())) {
                expected += lane.edges[piece + 1] - lane.edges[piece];
                observed += lane.observedMs[piece];
            }
        }
        return new Covered(lane.device.id(), expected, observed);
    }
}
