package io.hfeco2ai.reports.sample;

import io.hfeco2ai.ledger.Ledger.Entry;
import io.hfeco2ai.ledger.Ledger.Link;
import io.hfeco2ai.reports.sample.Sample.Item;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVPrinter;
import org.jspecify.annotations.Nullable;

/**
 * The sample as CSV (RFC 4180), with three empty columns for the auditor. Each line says what it was drawn from and how,
 * so that a paper alone can be drawn again. Names and the seed are the only texts that somebody wrote.
 */
final class SampleFile {

    private static final CSVFormat FORMAT = CSVFormat.RFC4180
            .builder()
            .setHeader(
                    "report",
                    "seed",
                    "size",
                    "weighed_by",
                    "entries",
                    "total",
                    "interval",
                    "number",
                    "hits",
                    "entry",
                    "state",
                    "hour",
                    "node_id",
                    "node",
                    "run_id",
                    "device_kind",
                    "energy_kwh",
                    "location_kg",
                    "market_kg",
                    "pue",
                    "factor_id",
                    "method_version",
                    "facts",
                    "booked_kwh",
                    "walked_kwh",
                    "energy_found",
                    "chain_found",
                    "chain",
                    "hash",
                    "ticked",
                    "by",
                    "remark")
            .get();

    private SampleFile() {}

    /** @param report its id */
    static void write(String report, Sample sample, OutputStream out) throws IOException {
        CSVPrinter csv = new CSVPrinter(new OutputStreamWriter(out, StandardCharsets.UTF_8), FORMAT);
        for (Item item : sample.items()) {
            List<@Nullable Object> line = new ArrayList<>(List.of(
                    report,
                    harmless(sample.seed()),
                    sample.size(),
                    sample.value() == Draw.Value.EMISSIONS ? "location_ug" : "energy_uj",
                    sample.entries(),
                    sample.total(),
                    sample.interval()));
            line.addAll(entry(item));
            line.addAll(List.of("", "", ""));
            csv.printRecord(line);
        }
        csv.flush();
    }

    private static List<@Nullable Object> entry(Item item) {
        Entry entry = item.entry();
        Link link = entry.link();
        return Arrays.<@Nullable Object>asList(
                item.number(),
                item.hits(),
                entry.id(),
                entry.state(),
                Instant.ofEpochMilli(entry.hourMs()),
                harmless(entry.nodeId()),
                harmless(item.node()),
                entry.key().runId(),
                entry.key().kind(),
                plain(SamplePage.kilowattHours(entry.amounts().energyUj())),
                plain(SamplePage.kilograms(entry.amounts().locationUg())),
                plain(SamplePage.kilograms(entry.amounts().marketUg())),
                entry.key().pue(),
                entry.key().factorId(),
                entry.key().methodVersion(),
                item.facts(),
                plain(SamplePage.kilowattHours(item.bookedUj())),
                plain(SamplePage.kilowattHours(item.walkedUj())),
                item.energy(),
                item.chain(),
                link == null ? "" : link.month() + " #" + link.number(),
                link == null ? "" : link.hash());
    }

    private static String plain(String amount) {
        return amount.equals("–") ? "" : amount.replace(",", "");
    }

    /** A spreadsheet must not compute it (OWASP, "CSV Injection"). */
    private static String harmless(String text) {
        return !text.isEmpty() && "=+-@\t\r\n".indexOf(text.charAt(0)) >= 0 ? "'" + text : text;
    }
}
