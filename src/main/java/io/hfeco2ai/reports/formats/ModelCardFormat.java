package io.hfeco2ai.reports.formats;

import io.hfeco2ai.reports.Report;
import io.hfeco2ai.reports.Report.Figure;
import io.hfeco2ai.reports.Report.Section;
import io.hfeco2ai.reports.ReportFormat;
import io.hfeco2ai.reports.Standard;
import java.io.IOException;
import java.io.OutputStream;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/** Front matter for the README of a model on the Hugging Face Hub. What is not known is left out. */
@Component
class ModelCardFormat implements ReportFormat {

    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final String FIELD = "co2_eq_emissions.";

    @Override
    public String name() {
        return "yaml";
    }

    @Override
    public String mediaType() {
        return "application/yaml";
    }

    @Override
    public boolean writes(Standard standard) {
        return standard == Standard.MODEL_CARD;
    }

    @Override
    public void write(Report report, String sha256, OutputStream out) throws IOException {
        StringBuilder fields = new StringBuilder();
        for (Section section : report.sections()) {
            for (Figure figure : section.figures()) {
                if (figure.code().startsWith(FIELD) && figure.state() != Report.State.MISSING) {
                    String name = figure.code().substring(FIELD.length());
                    fields.append("  ")
                            .append(name)
                            .append(": ")
                            .append(content(figure))
                            .append('\n');
                }
            }
        }
        String yaml = "---\n" + (fields.isEmpty() ? "" : "co2_eq_emissions:\n" + fields) + "---\n";
        out.write(yaml.getBytes(StandardCharsets.UTF_8));
    }

    /** A text is quoted as in JSON, which YAML reads too. */
    private static String content(Figure figure) {
        BigDecimal amount = figure.amount();
        return amount == null
                ? JSON.writeValueAsString(figure.text())
                : amount.stripTrailingZeros().toPlainString();
    }
}
