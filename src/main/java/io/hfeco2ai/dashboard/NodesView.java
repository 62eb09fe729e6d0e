package io.hfeco2ai.dashboard;

import io.hfeco2ai.metering.Metering.Node;
import java.util.List;
import org.jspecify.annotations.Nullable;

record NodesView(List<Row> rows) {

    /** @param watts now; null: it sends no live power */
    record Row(
            Node node,
            @Nullable Double watts,
            FootprintView today,
            String siteName,
            @Nullable String zone) {}
}
