package io.hfeco2ai.audit;

import io.hfeco2ai.audit.Audit.Filter;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVPrinter;

/**
 * The trail as CSV (RFC 4180), ids instead of names. No field begins as a formula: ids, kinds, hashes, and JSON objects, all
 * written by the server; of what may be otherwise, see {@link #harmless}.
 */
final class TrailFile {

    private static final CSVFormat FORMAT = CSVFormat.RFC4180
            .builder()
            .setHeader(
                    "no",
                    "at",
                    "at_ms",
                    "actor_kind",
                    "actor_id",
                    "action",
                    "subject_kind",
                    "subject_id",
                    "team_id",
                    "details",
                    "prev_hash",
                    "hash")
            .get();

    private TrailFile() {}

    static void write(Audit audit, Filter filter, OutputStream out) throws IOException {
        CSVPrinter csv = new CSVPrinter(new OutputStreamWriter(out, StandardCharsets.UTF_8), FORMAT);
        try {
            audit.each(filter, event -> row(csv, event));
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
        csv.flush();
    }

    private static void row(CSVPrinter csv, Event event) {
        try {
            csv.printRecord(
                    event.no(),
                    Instant.ofEpochMilli(event.atMs()),
                    event.atMs(),
                    event.actorKind(),
                    event.actorId(),
                    event.action(),
                    event.subjectKind(),
                    harmless(event.subjectId()),
                    event.teamId(),
                    event.details(),
                    event.prevHash(),
                    event.hash());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A subject may be named by somebody; a spreadsheet must not compute it (OWASP, "CSV Injection"). */
    private static String harmless(String text) {
        return !text.isEmpty() && "=+-@\t\r\n".indexOf(text.charAt(0)) >= 0 ? "'" + text : text;
    }
}
