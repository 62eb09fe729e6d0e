package io.hfeco2ai.dashboard;

import io.hfeco2ai.experiments.Experiments.RunDetail;
import io.hfeco2ai.grid.Grid.Factor;
import io.hfeco2ai.ledger.Ledger.Entry;
import io.hfeco2ai.ledger.Ledger.FactorUse;
import io.hfeco2ai.ledger.Ledger.Footprint;
import io.hfeco2ai.units.Energy;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * @param wholeNode a member named no device, so it was given the whole node
 * @param silentSince it runs, but nothing was heard of its nodes since then for a while; null: all is well
 * @param entries the first page of the lines behind the figures
 */
record RunView(
        RunDetail detail,
        Footprint footprint,
        FootprintView figures,
        long durationMs,
        ChartView power,
        List<Part> kinds,
        List<Part> shares,
        List<Intensity> intensities,
        List<Entry> entries,
        List<NodeLink> nodes,
        boolean wholeNode,
        @Nullable Instant silentSince) {

    /** @param ratio of the whole, 0 to 1 */
    record Part(String name, String style, Energy energy, double ratio) {}

    record Intensity(FactorUse use, @Nullable Factor factor) {}

    record NodeLink(String id, String name) {}

    public boolean isRunning() {
        return detail.run().status().equals("RUNNING");
    }
}
