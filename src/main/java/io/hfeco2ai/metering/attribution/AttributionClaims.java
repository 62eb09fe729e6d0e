package io.hfeco2ai.metering.attribution;

import io.hfeco2ai.experiments.Experiments.Claim;
import io.hfeco2ai.metering.attribution.AttributionFacts.Intervals;
import io.hfeco2ai.metering.attribution.AttributionFacts.Series;
import io.hfeco2ai.metering.attribution.AttributionFacts.Weights;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * The claims on the node as they hold in this hour, in the order that breaks ties (run id, then member id), and what
 * their processes used.
 */
final class AttributionClaims {

    /** Made-up claims never draw from a real node, so a demonstration changes nobody's figures (law 13). */
    final boolean synthetic;

    final List<Claim> claims = new ArrayList<>();
    /** Run ids in order; place 0 is "", nobody. */
    final List<String> runs = new ArrayList<>();

    final int[] run;
    final long[] startMs;
    final long[] endMs;
    /** For each (device, claim) the first and the one-past-last place in the weights. */
    private final Map<Long, int[]> slices = new HashMap<>();

    private final Weights weights;

    AttributionClaims(AttributionFacts facts) {
        this.synthetic = facts.series().stream().anyMatch(Series::synthetic);
        this.weights = facts.weights();
        Map<String, long[]> boots = boots(facts);
        List<Long> ends = new ArrayList<>();
        List<Claim> sorted = new ArrayList<>(facts.claims());
        sorted.sort(Comparator.comparing(Claim::runId)
                .thenComparing(Claim::memberId)
                .thenComparingLong(Claim::startMs));
        for (Claim claim : sorted) {
            long end = Math.min(claim.endMs() == null ? facts.endMs() : claim.endMs(), bootEnd(boots, claim));
            if ((synthetic || !claim.synthetic()) && Math.max(claim.startMs(), facts.hourMs()) < end) {
                ends.add(Math.min(end, facts.endMs()));
                claims.add(claim);
            }
        }
        runs.add("");
        Set<String> names = new TreeSet<>();
        claims.forEach(claim -> names.add(claim.runId()));
        runs.addAll(names);
        Map<String, Integer> places = new HashMap<>();
        runs.forEach(name -> places.put(name, places.size()));
        run = claims.stream().mapToInt(claim -> places.get(claim.runId())).toArray();
        startMs = claims.stream()
                .mapToLong(claim -> Math.max(claim.startMs(), facts.hourMs()))
                .toArray();
        endMs = ends.stream().mapToLong(Long::longValue).toArray();
        index();
    }

    int size() {
        return run.length;
    }

    /** The weight of that claim on that device at that time, 0 where none was reported, in ppm. */
    long ppm(int deviceIndex, int claim, long atMs) {
        int[] slice = slices.get(slot(deviceIndex, claim));
        if (slice == null) {
            return 0;
        }
        int at = slice[2];
        if (at > slice[0] && weights.startMs[at - 1] > atMs) {
            at = slice[0];
        }
        while (at < slice[1] && weights.endMs[at] <= atMs) {
            at++;
        }
        slice[2] = at;
        return at < slice[1] && weights.startMs[at] <= atMs ? weights.ppm[at] : 0;
    }

    /** Whether anything, be it 0, was reported of that claim on that device in this hour. */
    boolean weighed(int deviceIndex, int claim) {
        return slices.containsKey(slot(deviceIndex, claim));
    }

    private void index() {
        Map<String, List<Integer>> byMember = new HashMap<>();
        for (int i = 0; i < claims.size(); i++) {
            byMember.computeIfAbsent(claims.get(i).memberId(), id -> new ArrayList<>())
                    .add(i);
        }
        for (int from = 0; from < weights.size; ) {
            int to = from + 1;
            while (to < weights.size
                    && weights.device[to] == weights.device[from]
                    && weights.memberId[to].equals(weights.memberId[from])) {
                to++;
            }
            for (int claim : byMember.getOrDefault(weights.memberId[from], List.of())) {
                slices.put(slot(weights.device[from], claim), new int[] {from, to, from});
            }
            from = to;
        }
    }

    private static long slot(int deviceIndex, int claim) {
        return ((long) deviceIndex << 32) | claim;
    }

    /** For each boot that our own sensors know: the start and the end of its last interval in this hour. */
    private static Map<String, long[]> boots(AttributionFacts facts) {
        Map<String, long[]> boots = new HashMap<>();
        for (Series series : facts.series()) {
            if (!series.reported()) {
                boots.putIfAbsent(series.bootId(), new long[] {Long.MIN_VALUE, Long.MIN_VALUE});
            }
        }
        Intervals all = facts.intervals();
        for (int i = 0; i < all.size; i++) {
            Series series = facts.series().get(all.series[i]);
            if (!series.reported()) {
                long[] last = boots.computeIfAbsent(series.bootId(), boot -> new long[2]);
                last[0] = Math.max(last[0], all.startMs[i]);
                last[1] = Math.max(last[1], all.endMs[i]);
            }
        }
        return boots;
    }

    /**
     * Where a claim ends because its machine was restarted: at the last interval of its boot, once our own sensor has
     * seen another boot after it. Other tools do not know boots, so their intervals and claims are left alone.
     */
    private static long bootEnd(Map<String, long[]> boots, Claim claim) {
        long[] own = boots.get(claim.bootId());
        if (own == null) {
            return Long.MAX_VALUE;
        }
        long after = Math.max(own[0], claim.startMs());
        boolean rebooted = boots.entrySet().stream()
                .anyMatch(boot -> !boot.getKey().equals(claim.bootId()) && boot.getValue()[0] > after);
        return rebooted ? own[1] : Long.MAX_VALUE;
    }
}
