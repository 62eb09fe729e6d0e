package io.hfeco2ai.experiments;

import io.hfeco2ai.experiments.Experiments.Claim;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Claims that give way on the same node at the same time: a parent's to those of the runs below it (law 12: leaves hold
 * energy), a joined run's to those of the run it is one with (one process that two clients tell of is counted once).
 */
final class ClaimCuts {

    private ClaimCuts() {}

    /**
     * A claim as it is stored.
     *
     * @param joinedId the run it counts for; null: its own
     * @param ancestors of its run, those of the joined runs among them
     */
    record Stored(Claim claim, @Nullable String joinedId, Set<String> ancestors) {

        String countsFor() {
            return joinedId == null ? claim.runId() : joinedId;
        }
    }

    /** @return what is left of each claim, in the order given, for the run that it counts for */
    static List<Claim> cut(List<Stored> all) {
        List<Claim> left = new ArrayList<>();
        for (Stored each : all) {
            List<Claim> pieces = List.of(each.claim());
            for (Stored other : all) {
                if (givesWay(each, other)) {
                    pieces = without(pieces, other.claim());
                }
            }
            pieces.forEach(piece -> left.add(of(each.countsFor(), piece)));
        }
        return left;
    }

    private static boolean givesWay(Stored claim, Stored other) {
        if (claim == other) {
            return false;
        }
        boolean parent = other.ancestors().contains(claim.countsFor());
        boolean joined = claim.joinedId() != null
                && (other.claim().runId().equals(claim.joinedId())
                        // Of two that are joined to the same run, one speaks where that run itself is silent.
                        || (claim.joinedId().equals(other.joinedId())
                                && other.claim()
                                                .memberId()
                                                .compareTo(claim.claim().memberId())
                                        < 0
                                && !other.claim().runId().equals(claim.claim().runId())));
        return (parent || joined) && meet(claim.claim().devices(), other.claim().devices());
    }

    /** No devices are all devices. */
    private static boolean meet(Set<String> one, Set<String> other) {
        return one.isEmpty() || other.isEmpty() || !Collections.disjoint(one, other);
    }

    private static List<Claim> without(List<Claim> pieces, Claim other) {
        long otherEnd = other.endMs() == null ? Long.MAX_VALUE : other.endMs();
        List<Claim> left = new ArrayList<>();
        for (Claim piece : pieces) {
            long end = piece.endMs() == null ? Long.MAX_VALUE : piece.endMs();
            if (otherEnd <= piece.startMs() || other.startMs() >= end) {
                left.add(piece);
                continue;
            }
            if (piece.startMs() < other.startMs()) {
                left.add(during(piece, piece.startMs(), other.startMs()));
            }
            if (otherEnd < end) {
                left.add(during(piece, otherEnd, piece.endMs()));
            }
        }
        return left;
    }

    private static Claim during(Claim claim, long startMs, @Nullable Long endMs) {
        return new Claim(
                claim.memberId(),
                claim.runId(),
                claim.bootId(),
                claim.devices(),
                claim.pid(),
                claim.tracked(),
                claim.synthetic(),
                startMs,
                endMs);
    }

    private static Claim of(String runId, Claim claim) {
        return new Claim(
                claim.memberId(),
                runId,
                claim.bootId(),
                claim.devices(),
                claim.pid(),
                claim.tracked(),
                claim.synthetic(),
                claim.startMs(),
                claim.endMs());
    }
}
