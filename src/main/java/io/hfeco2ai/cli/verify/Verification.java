package io.hfeco2ai.cli.verify;

import io.hfeco2ai.cli.verify.BundleZip.Content;
import io.hfeco2ai.cli.verify.Line.Column;
import java.io.IOException;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Everything that can be checked of a bundle, in one pass over its files. */
final class Verification {

    private static final String FORMAT = "hf-eco2ai-evidence/1";

    private final BundleZip zip;
    private final Findings findings = new Findings();
    private final Map<String, Tree> listed = new HashMap<>();
    private Tree manifest = new Tree(null);
    private Tree report = new Tree(null);

    private Verification(BundleZip zip) {
        this.zip = zip;
    }

    /** @param key public key or file with it; null: none @throws Unreadable it is no bundle */
    static Findings of(BundleZip zip, @Nullable String key) throws IOException {
        Verification verification = new Verification(zip);
        verification.run(key);
        return verification.findings;
    }

    private void run(@Nullable String key) throws IOException {
        byte[] manifestText = zip.whole(BundleZip.MANIFEST);
        byte[] signature = zip.whole(BundleZip.SIGNATURE);
        Seal.check(manifestText, signature, keyIn(manifestText), key, findings);
        if (!manifest.get("format").text().equals(FORMAT)) {
            throw new Unreadable("manifest.json is of another format: expected " + FORMAT + ", found "
                    + manifest.get("format").text());
        }
        manifest.get("files").list().forEach(file -> listed.put(file.get("name").text(), file));
        Factors factors = new Factors();
        Sites sites = new Sites();
        file(BundleZip.FACTORS, content -> factors.read(content, findings));
        file(BundleZip.SITES, content -> sites.read(content, findings));
        file(BundleZip.METHODS, content -> {});
        file(BundleZip.REPORT, content -> report = Tree.of(BundleZip.REPORT, content.readAllBytes()));
        Tallies tallies = new Tallies(has(RunRows.TABLE));
        file(BundleZip.ENTRIES, content -> entries(content, tallies, factors, sites));
        if (report.content() != null) {
            report(tallies, factors, sites);
        }
    }

    @FunctionalInterface
    private interface Reading {
        void of(Content content) throws IOException;
    }

    /** What cannot be understood is a difference too; its hash says whether it was signed so. */
    private void file(String name, Reading reading) throws IOException {
        try (Content content = zip.open(name)) {
            try {
                reading.of(content);
            } catch (Unreadable e) {
                findings.differs(name, String.valueOf(e.getMessage()), "", "");
            }
            hash(name, content);
        }
    }

    private String keyIn(byte[] manifestText) {
        manifest = Tree.of(BundleZip.MANIFEST, manifestText);
        return manifest.get("public_key").text();
    }

    private void hash(String name, Content content) throws IOException {
        String sha256 = content.sha256();
        Tree file = listed.getOrDefault(name, new Tree(null));
        findings.checked("files");
        if (!sha256.equals(file.get("sha256").text())) {
            findings.differs(
                    name,
                    "the file is not what was signed: SHA-256",
                    file.get("sha256").text(),
                    sha256);
        }
        BigDecimal bytes = file.get("bytes").number();
        if (bytes == null || bytes.compareTo(BigDecimal.valueOf(content.bytes())) != 0) {
            findings.differs(name, "size", bytes, content.bytes());
        }
    }

    private void entries(Content content, Tallies tallies, Factors factors, Sites sites) throws IOException {
        Csv csv = new Csv(BundleZip.ENTRIES, content, Line.HEADER);
        Links links = new Links(findings);
        HourPrices prices = new HourPrices(factors, findings);
        boolean colocation = manifest.get("options").get("colocation").text().equals("scope2");
        for (List<String> row = csv.next(); row != null; row = csv.next()) {
            Line line = new Line(csv.line(), row);
            try {
                within(line);
                sites.check(line, colocation, findings);
                links.check(line);
                prices.add(line);
                tallies.add(line);
            } catch (NumberFormatException | DateTimeException e) {
                findings.differs(
                        BundleZip.ENTRIES,
                        line.number(),
                        line.id(),
                        "not a number where one must be",
                        null,
                        e.getMessage());
            }
        }
        prices.end();
        BigDecimal said = manifest.get("entries").number();
        if (said == null || said.compareTo(BigDecimal.valueOf(tallies.total.entries())) != 0) {
            findings.differs(BundleZip.ENTRIES, "number of entries", said, tallies.total.entries());
        }
    }

    /** In the period, and known when the report was made. */
    private void within(Line line) {
        BigDecimal from = manifest.get("from_ms").number();
        BigDecimal to = manifest.get("to_ms").number();
        BigDecimal hour = BigDecimal.valueOf(line.number(Column.HOUR_MS));
        if (from == null || to == null || hour.compareTo(from) < 0 || hour.compareTo(to) >= 0) {
            findings.differs(
                    BundleZip.ENTRIES, line.number(), line.id(), "hour_ms is outside of the period", null, hour);
        }
        if (line.get(Column.SYNTHETIC).equals("true")) {
            findings.differs(BundleZip.ENTRIES, line.number(), line.id(), "synthetic", "false", "true");
        }
        Instant recorded = Instant.ofEpochMilli(line.number(Column.RECORDED_MS));
        if (recorded.isAfter(madeAt())) {
            findings.differs(
                    BundleZip.ENTRIES,
                    line.number(),
                    line.id(),
                    "booked after the report was made",
                    madeAt(),
                    recorded);
        }
    }

    private Instant madeAt() {
        if (made == null) {
            try {
                made = Instant.parse(manifest.get("made_at").text());
            } catch (DateTimeException e) {
                throw new Unreadable("manifest.json does not say when the report was made");
            }
        }
        return made;
    }

    private @Nullable Instant made;

    /** Whether the report has a table of that title. */
    private boolean has(String title) {
        return report.get("sections").list().stream()
                .flatMap(section -> section.get("tables").list().stream())
                .anyMatch(table -> table.get("title").text().equals(title));
    }

    private void report(Tallies tallies, Factors factors, Sites sites) {
        said("id", manifest.get("report_id").text());
        said("made_at", manifest.get("made_at").text());
        said("checkpoint", manifest.get("checkpoint").text());
        said("from", time("from_ms"));
        said("to", time("to_ms"));
        if (manifest.get("provisional").isTrue()) {
            findings.note("Some hours were provisional when the report was made. What was booked for them later is not"
                    + " in the bundle, so its sums may differ from the report: make the report again.");
        }
        Amounts amounts = new Amounts(findings);
        new ReportTotals(tallies, factors, sites, amounts, findings).check(report);
        new FuelAndLosses(tallies, factors, amounts, findings).check(report);
        new SciScore(tallies, amounts).check(report);
        amounts.note(report);
    }

    private String time(String name) {
        BigDecimal ms = Objects.requireNonNullElse(manifest.get(name).number(), BigDecimal.ZERO);
        return Instant.ofEpochMilli(ms.longValue()).toString();
    }

    private void said(String name, String expected) {
        if (!report.get(name).text().equals(expected)) {
            findings.differs(BundleZip.REPORT, name, expected, report.get(name).content());
        }
    }
}
