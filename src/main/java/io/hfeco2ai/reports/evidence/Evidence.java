package io.hfeco2ai.reports.evidence;

import io.hfeco2ai.grid.Grid;
import io.hfeco2ai.ledger.Ledger;
import io.hfeco2ai.reports.Report;
import io.hfeco2ai.reports.ReportRequest;
import io.hfeco2ai.reports.Reports;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.zip.ZipOutputStream;
import org.springframework.stereotype.Service;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.json.JsonMapper;

/** Writes the evidence bundle of a report: what it says, what it counted, and a signature over both. */
@Service
class Evidence {

    private static final JsonMapper JSON = JsonMapper.builder()
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .build();

    /**
     * @param options of the report, which say how sites are counted
     * @param provisional some hours were open when the report was made, so entries of then may be gone
     * @param publicKey Ed25519, X.509, base64
     */
    private record Manifest(
            String format,
            String reportId,
            Instant madeAt,
            Instant bundledAt,
            long fromMs,
            long toMs,
            Map<String, String> options,
            boolean provisional,
            long entries,
            String checkpoint,
            String publicKey,
            List<BundleFiles.Written> files) {}

    private final Reports reports;
    private final Ledger ledger;
    private final Grid grid;
    private final EvidenceKey key;
    private final Clock clock;

    Evidence(Reports reports, Ledger ledger, Grid grid, EvidenceKey key, Clock clock) {
        this.reports = reports;
        this.ledger = ledger;
        this.grid = grid;
        this.key = key;
        this.clock = clock;
    }

    String publicKey() {
        return key.publicKey();
    }

    /** Does not close the stream. What breaks off has no directory at its end, so nobody takes it for whole. */
    void write(String reportId, OutputStream out) throws IOException {
        Report report = reports.report(reportId);
        ReportRequest request = reports.request(reportId);
        Bundle bundle = new Bundle(ledger, grid, request, report);
        ZipOutputStream zip = new ZipOutputStream(out, StandardCharsets.UTF_8);
        BundleFiles files = new BundleFiles(zip);
        files.add("report.json", file -> file.write(reports.content(reportId)));
        files.add("entries.csv", bundle::entries);
        files.add("factors.csv", bundle::factors);
        files.add("sites.csv", bundle::sites);
        files.add("methods.md", file -> file.write(methods()));
        byte[] manifest = JSON.writeValueAsBytes(new Manifest(
                "hf-eco2ai-evidence/1",
                reportId,
                report.madeAt(),
                clock.instant(),
                request.fromMs(),
                request.toMs(),
                request.options(),
                report.provisional(),
                bundle.entries(),
                report.checkpoint(),
                key.publicKey(),
                files.written()));
        files.addUnlisted("manifest.json", manifest);
        files.addUnlisted(
                "manifest.sig",
                Base64.getEncoder().encodeToString(key.sign(manifest)).getBytes(StandardCharsets.US_ASCII));
        zip.finish();
    }

    private static String methods() throws IOException {
        try (InputStream file =
                Objects.requireNonNull(Evidence.class.getResourceAsStream("/reports/methods.md"), "it is in the jar")) {
            return new String(file.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
