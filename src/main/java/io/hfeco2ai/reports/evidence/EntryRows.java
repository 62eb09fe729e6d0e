package io.hfeco2ai.reports.evidence;

import io.hfeco2ai.ledger.Ledger.Amounts;
import io.hfeco2ai.ledger.Ledger.Entry;
import io.hfeco2ai.ledger.Ledger.Key;
import io.hfeco2ai.ledger.Ledger.Link;
import io.hfeco2ai.ledger.Ledger.MarketKey;
import java.io.IOException;
import java.io.Writer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Lines of {@code entries.csv}: what an entry's hash covers, in its order, then what the report counted it as. */
final class EntryRows {

    private EntryRows() {}

    static void header(Writer out) throws IOException {
        out.write(
                "prev_hash,chain_month,chain_no,id,state,node_id,hour_ms,run_id,device_kind,share_key,quality,boundary,"
                        + "origin,synthetic,pue,factor_id,uncertainty_ppm,method_version,energy_uj,facility_uj,location_ug,"
                        + "priced_uj,expected_ms,observed_ms,reason,recorded_ms,market_method,market_factor_id,certified_ppm,"
                        + "certificate_factor_id,wue,market_ug,water_ul,hash,team_id,site_id,category\n");
    }

    static void write(Writer out, Entry entry, String teamId, String siteId, String category) throws IOException {
        Link link = entry.link();
        List<@Nullable Object> fields = new ArrayList<>();
        add(
                fields,
                link == null ? null : link.previousHash(),
                link == null ? null : link.month(),
                link == null ? null : link.number(),
                entry.id(),
                entry.state(),
                entry.nodeId(),
                entry.hourMs());
        content(fields, entry.key(), entry.amounts());
        add(fields, entry.reason(), entry.recordedMs());
        sinceVersion2(fields, entry.key(), entry.amounts());
        add(fields, link == null ? null : link.hash(), teamId, siteId, category);
        BundleFiles.row(out, fields);
    }

    private static void content(List<@Nullable Object> fields, Key key, Amounts amounts) {
        add(
                fields,
                key.runId(),
                key.kind(),
                key.shareKey(),
                key.quality(),
                key.boundary(),
                key.origin(),
                key.synthetic(),
                key.pue() == null ? null : key.pue().toPlainString(),
                key.factorId(),
                key.uncertaintyPpm(),
                key.methodVersion(),
                amounts.energyUj(),
                amounts.facilityUj(),
                amounts.locationUg(),
                amounts.pricedUj(),
                amounts.expectedMs(),
                amounts.observedMs());
    }

    private static void sinceVersion2(List<@Nullable Object> fields, Key key, Amounts amounts) {
        MarketKey market = key.market();
        add(
                fields,
                market == null ? null : market.method(),
                market == null ? null : market.factorId(),
                market == null ? null : market.certifiedPpm(),
                market == null ? null : market.certificateFactorId(),
                key.wue() == null ? null : key.wue().toPlainString(),
                amounts.marketUg(),
                amounts.waterUl());
    }

    private static void add(List<@Nullable Object> fields, @Nullable Object... more) {
        for (Object field : more) {
            fields.add(field);
        }
    }
}
