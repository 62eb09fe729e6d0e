package io.hfeco2ai.reports;

import io.hfeco2ai.platform.NotFound;
import io.hfeco2ai.reports.Reports.Listed;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.springframework.http.HttpHeaders;
import org.springframework.stereotype.Component;

/** The files of a finished report, the same for whoever takes them: a page or a program. */
@Component
class ReportFiles {

    private static final String JSON = "json";

    private final Reports reports;
    private final Map<String, ReportFormat> formats = new LinkedHashMap<>();

    ReportFiles(Reports reports, List<ReportFormat> formats) {
        this.reports = reports;
        formats.forEach(format -> this.formats.put(format.name(), format));
    }

    /** Names of the formats that a report of this standard is written in; the stored content first. */
    List<String> offered(Standard standard) {
        return Stream.concat(
                        Stream.of(JSON),
                        formats.values().stream()
                                .filter(format -> format.writes(standard))
                                .map(ReportFormat::name))
                .toList();
    }

    /**
     * @throws NotFound it is not written in that format
     * @throws io.hfeco2ai.platform.Conflict the report is not made
     */
    void write(Listed listed, String format, HttpServletResponse response) throws IOException {
        List<String> offered = offered(listed.standard());
        if (!offered.contains(format)) {
            throw new NotFound("format " + format + "; there are " + String.join(", ", offered));
        }
        ReportFormat writer = formats.get(format);
        String content = reports.content(listed.id());
        reports.exported(listed, format);
        response.setContentType(writer == null ? "application/json" : writer.mediaType());
        response.setHeader(
                HttpHeaders.CONTENT_DISPOSITION, "attachment; filename=\"" + name(listed) + "." + format + "\"");
        if (writer == null) {
            response.getOutputStream().write(content.getBytes(StandardCharsets.UTF_8));
        } else {
            writer.write(reports.report(listed.id()), Making.sha256(content), response.getOutputStream());
        }
    }

    private static String name(Listed listed) {
        LocalDate from = LocalDate.ofInstant(Instant.ofEpochMilli(listed.fromMs()), ZoneOffset.UTC);
        String id = listed.id();
        return listed.standard().name().toLowerCase(Locale.ROOT) + "-" + from + "-" + id.substring(id.length() - 6);
    }
}
