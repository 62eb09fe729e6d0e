package io.hfeco2ai.cli.verify;

import io.hfeco2ai.cli.verify.Line.Column;
import java.io.IOException;
import java.io.InputStream;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Where nodes stood, of sites.csv. */
final class Sites {

    static final String HEADER = "node_id,from_ms,to_ms,site_id,site,operator,zone,control";
    /** Of bundles that know no control: there the operator decides. */
    private static final String OLD_HEADER = "node_id,from_ms,to_ms,site_id,site,operator,zone";

    private static final int CONTROL = 7;

    private record Stay(long toMs, String siteId, String operator, String control) {}

    private final Map<String, TreeMap<Long, Stay>> stays = new HashMap<>();
    private final Map<String, String> names = new HashMap<>();

    void read(InputStream content, Findings findings) throws IOException {
        Csv csv = new Csv(BundleZip.SITES, content, HEADER, OLD_HEADER);
        for (List<String> row = csv.next(); row != null; row = csv.next()) {
            try {
                Stay stay = new Stay(
                        Long.parseLong(row.get(2)),
                        row.get(3),
                        row.get(5),
                        row.size() > CONTROL ? row.get(CONTROL) : "");
                stays.computeIfAbsent(row.get(0), node -> new TreeMap<>()).put(Long.parseLong(row.get(1)), stay);
            } catch (NumberFormatException e) {
                findings.differs(BundleZip.SITES, csv.line(), "", "from_ms or to_ms is no whole number", null, row);
            }
            names.putIfAbsent(row.get(3), row.get(4));
            findings.checked("stays of nodes");
        }
    }

    @Nullable String name(String siteId) {
        return names.get(siteId);
    }

    /** Whether a line counts at the site where its node stood, and as what that site is. */
    void check(Line line, boolean colocationIsScope2, Findings findings) {
        long hour = line.number(Column.HOUR_MS);
        Map.Entry<Long, Stay> stay =
                stays.getOrDefault(line.get(Column.NODE_ID), new TreeMap<>()).floorEntry(hour);
        if (stay == null || hour >= stay.getValue().toMs()) {
            findings.differs(
                    BundleZip.ENTRIES,
                    line.number(),
                    line.id(),
                    "sites.csv does not say where the node stood",
                    null,
                    line.get(Column.NODE_ID));
            return;
        }
        String siteId = stay.getValue().siteId();
        if (!siteId.equals(line.get(Column.SITE_ID))) {
            findings.differs(BundleZip.ENTRIES, line.number(), line.id(), "site_id", siteId, line.get(Column.SITE_ID));
        }
        String category = category(stay.getValue(), colocationIsScope2);
        if (!category.equals(line.get(Column.CATEGORY))) {
            findings.differs(
                    BundleZip.ENTRIES, line.number(), line.id(), "category", category, line.get(Column.CATEGORY));
        }
    }

    private static String category(Stay stay, boolean colocationIsScope2) {
        return switch (stay.control()) {
            case "OPERATIONAL" -> "SCOPE2";
            case "LEASED" -> "SCOPE3_LEASED";
            case "SERVICE" -> "SCOPE3_PURCHASED";
            case "" ->
                switch (stay.operator()) {
                    case "OWN" -> "SCOPE2";
                    case "COLOCATION" -> colocationIsScope2 ? "SCOPE2" : "SCOPE3_LEASED";
                    case "CLOUD" -> "SCOPE3_PURCHASED";
                    default -> "an operator of OWN, COLOCATION or CLOUD in sites.csv";
                };
            default -> "a control of OPERATIONAL, LEASED or SERVICE in sites.csv";
        };
    }
}
