package io.hfeco2ai.reports.sample;

import io.hfeco2ai.ledger.Ledger.Entry;
import io.hfeco2ai.reports.sample.Sample.Item;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVPrinter;

/** The sample as CSV (RFC 4180), with three empty columns for the auditor. Only the node's name was written by somebody. */
final class SampleFile {

    private static final CSVFormat FORMAT = CSVFormat.RFC4180
            .builder()
            .setHeader(
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

    static void write(Sample sample, OutputStream out) throws IOException {
        CSVPrinter csv = new CSVPrinter(new OutputStreamWriter(out, StandardCharsets.UTF_8), FORMAT);
        for (Item item : sample.items()) {
            Entry entry = item.entry();
            csv.printRecord(
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
                    entry.link() == null
                            ? ""
                            : entry.link().month() + " #" + entry.link().number(),
                    entry.link() == null ? "" : entry.link().hash(),
                    "",
                    "",
                    "");
        }
        csv.flush();
    }

    private static String plain(String amount) {
        return amount.equals("–") ? "" : amount.replace(",", "");
    }

    /** A spreadsheet must not compute it (OWASP, "CSV Injection"). */
    private static String harmless(String text) {
        return !text.isEmpty() && "=+-@\t\r\n".indexOf(text.charAt(0)) >= 0 ? "'" + text : text;
    }
}
