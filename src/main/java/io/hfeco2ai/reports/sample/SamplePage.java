package io.hfeco2ai.reports.sample;

import io.hfeco2ai.platform.BadInput;
import io.hfeco2ai.platform.Conflict;
import io.hfeco2ai.reports.Report;
import io.hfeco2ai.reports.ReportSight;
import io.hfeco2ai.reports.Reports;
import io.hfeco2ai.reports.Reports.Listed;
import io.hfeco2ai.teams.Allow;
import io.hfeco2ai.teams.Allow.People;
import io.hfeco2ai.units.Energy;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.ModelAndView;

/** The auditor's sample of a report, on a page and as a file to tick. */
@Allow(people = People.SIGNED_IN)
@Controller
class SamplePage {

    private static final int USUAL = 25;
    private static final int MOST = 200;
    private static final int LONGEST_SEED = 100;

    /**
     * @param sample null: what was typed is refused
     * @param errors by field
     */
    record SampleView(
            Listed report,
            String seed,
            String size,
            @Nullable Sample sample,
            Map<String, String> errors) {

        public Instant hour(Sample.Item item) {
            return Instant.ofEpochMilli(item.entry().hourMs());
        }

        public String kilowattHours(long microjoules) {
            return SamplePage.kilowattHours(microjoules);
        }

        public String kilograms(@Nullable Long micrograms) {
            return SamplePage.kilograms(micrograms);
        }

        /** In kg or kWh. */
        public String value(BigInteger amount) {
            boolean emissions = Objects.requireNonNull(sample).value() == Draw.Value.EMISSIONS;
            BigDecimal shown = emissions
                    ? new BigDecimal(amount, 9)
                    : new BigDecimal(amount).divide(Energy.MICROJOULES_PER_KWH, 9, RoundingMode.HALF_EVEN);
            return Report.shown(shown.stripTrailingZeros()) + (emissions ? " kg" : " kWh");
        }
    }

    private final Reports reports;
    private final ReportSight sight;
    private final Sampling sampling;

    SamplePage(Reports reports, ReportSight sight, Sampling sampling) {
        this.reports = reports;
        this.sight = sight;
        this.sampling = sampling;
    }

    static String kilowattHours(long microjoules) {
        return Report.shown(
                BigDecimal.valueOf(microjoules).divide(Energy.MICROJOULES_PER_KWH, 9, RoundingMode.HALF_EVEN));
    }

    static String kilograms(@Nullable Long micrograms) {
        return micrograms == null ? "–" : Report.shown(BigDecimal.valueOf(micrograms, 9));
    }

    /**
     * @param seed any text; empty: the SHA-256 of the report's content, which nobody can choose
     * @param size 1 to 200
     */
    @GetMapping("/reports/{id}/sample")
    ModelAndView page(
            @PathVariable String id,
            @RequestParam(defaultValue = "") String seed,
            @RequestParam(defaultValue = "" + USUAL) String size)
            throws IOException {
        Listed report = ready(id);
        String used = seed(report, seed);
        try {
            Sample sample = sampling.draw(id, size(size), used);
            return view(new SampleView(report, used, size, sample, Map.of()), HttpStatus.OK);
        } catch (BadInput e) {
            return view(
                    new SampleView(report, used, size, null, Map.of(e.field(), e.detail())), HttpStatus.BAD_REQUEST);
        }
    }

    @GetMapping("/reports/{id}/sample/paper.csv")
    void file(
            @PathVariable String id,
            @RequestParam(defaultValue = "") String seed,
            @RequestParam(defaultValue = "" + USUAL) String size,
            HttpServletResponse response)
            throws IOException {
        Listed report = ready(id);
        Sample sample = sampling.draw(id, size(size), seed(report, seed));
        reports.exported(report, "sample");
        response.setContentType("text/csv; charset=utf-8");
        response.setHeader(
                HttpHeaders.CONTENT_DISPOSITION,
                "attachment; filename=\"sample-" + id.substring(id.length() - 6) + ".csv\"");
        SampleFile.write(id, sample, response.getOutputStream());
    }

    private Listed ready(String id) {
        Listed report = sight.seen(id);
        if (!report.state().equals("READY")) {
            throw new Conflict("The report is not made yet; a sample is drawn from what it counted.");
        }
        return report;
    }

    private static String seed(Listed report, String typed) {
        String seed = typed.strip();
        if (seed.length() > LONGEST_SEED) {
            throw new BadInput("seed", "A seed has at most " + LONGEST_SEED + " characters.");
        }
        return seed.isEmpty() ? Objects.requireNonNull(report.sha256(), "it is ready") : seed;
    }

    private static int size(String typed) {
        try {
            int size = Integer.parseInt(typed.strip());
            if (size >= 1 && size <= MOST) {
                return size;
            }
        } catch (NumberFormatException e) {
            // Said below.
        }
        throw new BadInput("size", "Draw 1 to " + MOST + " entries.");
    }

    private static ModelAndView view(SampleView view, HttpStatus status) {
        return new ModelAndView("reports/sample", Map.of("view", view), status);
    }
}
