package io.hfeco2ai.reports.evidence;

import io.hfeco2ai.reports.ReportSight;
import io.hfeco2ai.reports.Reports;
import io.hfeco2ai.reports.Reports.Listed;
import io.hfeco2ai.teams.Allow;
import io.hfeco2ai.teams.Allow.People;
import io.hfeco2ai.teams.Allow.Tokens;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Locale;
import java.util.Map;
import org.springframework.http.HttpHeaders;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.ResponseBody;

/** The evidence of a report, to be taken away by whoever sees the report. */
@Allow(people = People.SIGNED_IN)
@Controller
class EvidencePage {

    private final Reports reports;
    private final ReportSight sight;
    private final Evidence evidence;

    EvidencePage(Reports reports, ReportSight sight, Evidence evidence) {
        this.reports = reports;
        this.sight = sight;
        this.evidence = evidence;
    }

    @GetMapping("/reports/{id}/files/bundle")
    void bundle(@PathVariable String id, HttpServletResponse response) throws IOException {
        Listed listed = sight.seen(id);
        reports.report(id); // not made yet: said before anything is sent
        reports.exported(listed, "bundle");
        response.setContentType("application/zip");
        response.setHeader(
                HttpHeaders.CONTENT_DISPOSITION,
                "attachment; filename=\"" + listed.standard().name().toLowerCase(Locale.ROOT) + "-"
                        + id.substring(id.length() - 6) + "-bundle.zip\"");
        evidence.write(id, response.getOutputStream());
    }

    @Allow(tokens = {Tokens.CLIENT, Tokens.READ})
    @GetMapping("/api/v1/reports/{id}/files/bundle")
    void bundleForPrograms(@PathVariable String id, HttpServletResponse response) throws IOException {
        bundle(id, response);
    }

    /** What bundles are signed with, to be compared with what an auditor got in another way. */
    @Allow(
            people = People.SIGNED_IN,
            tokens = {Tokens.CLIENT, Tokens.READ})
    @GetMapping("/api/v1/evidence-key")
    @ResponseBody
    Map<String, String> key() {
        return Map.of("algorithm", "Ed25519", "public_key", evidence.publicKey());
    }
}
