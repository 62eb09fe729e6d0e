package io.hfeco2ai.dashboard;

import io.hfeco2ai.metering.Metering.Agent;
import io.hfeco2ai.metering.Metering.Node;
import java.util.List;
import org.jspecify.annotations.Nullable;

record NodesView(List<Row> rows) {

    /**
     * @param watts now; null: it sends no live power
     * @param lagMs since the end of its newest interval
     * @param coverage of today's hours that are computed; null: none are
     * @param agent what measures it; null: no agent has spoken since this server started
     */
    record Row(
            Node node,
            @Nullable Double watts,
            FootprintView today,
            long lagMs,
            @Nullable Double coverage,
            @Nullable Agent agent,
            String siteName,
            @Nullable String zone) {}
}
