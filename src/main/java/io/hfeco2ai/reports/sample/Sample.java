package io.hfeco2ai.reports.sample;

import io.hfeco2ai.ledger.Ledger.Entry;
import io.hfeco2ai.reports.sample.Draw.Value;
import java.math.BigInteger;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A working paper.
 *
 * @param provisional some hours were open when the report was made: entries that it counted may have been replaced since
 * @param seed what the start was computed from
 * @param value what entries were weighed by
 * @param entries how many the report counted
 * @param total of their values, in micrograms or microjoules
 * @param interval one value in so many is hit
 */
record Sample(
        boolean provisional,
        String seed,
        int size,
        Value value,
        long entries,
        BigInteger total,
        BigInteger interval,
        List<Item> items) {

    /** Whether what the books say was found again. */
    enum Finding {
        SAME,
        OTHER,
        /** The sealed facts do not match their hash. */
        TORN,
        /** The facts are no longer there, or the hour is not posted yet. */
        OPEN
    }

    /**
     * @param hits how often the entry was hit; above 1 where it is larger than the interval
     * @param facts how many intervals and power readings the hour's sums are made of
     * @param bookedUj what the ledger has for the same run, kind of device and hour, adjustments included
     * @param walkedUj the same, divided anew from the facts
     * @param chain whether the entries of the node's month hold together by their hashes; OPEN: not posted yet
     * @param factor zone, year and source of the carbon intensity; null: none
     */
    record Item(
            int number,
            int hits,
            Entry entry,
            String node,
            int facts,
            long bookedUj,
            long walkedUj,
            Finding energy,
            Finding chain,
            @Nullable String factor,
            @Nullable String zone) {}
}
