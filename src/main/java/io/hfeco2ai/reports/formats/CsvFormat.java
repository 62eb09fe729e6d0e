package io.hfeco2ai.reports.formats;

import io.hfeco2ai.reports.Report;
import io.hfeco2ai.reports.Report.Cell;
import io.hfeco2ai.reports.Report.Column;
import io.hfeco2ai.reports.Report.Figure;
import io.hfeco2ai.reports.Report.Section;
import io.hfeco2ai.reports.Report.State;
import io.hfeco2ai.reports.Report.Table;
import io.hfeco2ai.reports.ReportFormat;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVPrinter;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** One row for each figure and for each cell of the tables, so that a program finds an amount by its names. RFC 4180. */
@Component
class CsvFormat implements ReportFormat {

    private static final CSVFormat FORMAT = CSVFormat.RFC4180
            .builder()
            .setHeader("section", "table", "row", "code", "label", "amount", "text", "unit", "state", "how")
            .get();

    @Override
    public String name() {
        return "csv";
    }

    @Override
    public String mediaType() {
        return "text/csv; charset=utf-8";
    }

    @Override
    public void write(Report report, String sha256, OutputStream out) throws IOException {
        CSVPrinter csv = new CSVPrinter(new OutputStreamWriter(out, StandardCharsets.UTF_8), FORMAT);
        head(report, sha256, csv);
        for (Section section : report.sections()) {
            if (section.text() != null) {
                csv.printRecord(text(section.title()), "", "", "", "", "", text(section.text()), "", "", "");
            }
            for (Figure figure : section.figures()) {
                csv.printRecord(
                        text(section.title()),
                        "",
                        "",
                        text(figure.code()),
                        text(figure.label()),
                        figure.amount() == null ? "" : figure.amount().toPlainString(),
                        text(figure.text()),
                        text(figure.unit()),
                        figure.state().name(),
                        text(figure.how()));
            }
            for (Table table : section.tables()) {
                table(section, table, csv);
            }
        }
        for (String note : report.notes()) {
            csv.printRecord("Notes", "", "", "", "", "", text(note), "", "", "");
        }
        csv.flush();
    }

    private static void head(Report report, String sha256, CSVPrinter csv) throws IOException {
        List<List<String>> head = List.of(
                List.of("Title", report.title()),
                List.of("Standard", report.edition()),
                List.of("Scope", report.scope()),
                List.of("From", report.from().toString()),
                List.of("To", report.to().toString()),
                List.of("Made at", report.madeAt().toString()),
                List.of("Provisional", report.provisional() ? "yes" : "no"),
                List.of("Accounting method", String.join(", ", report.methods())),
                List.of("Audit trail", report.checkpoint()),
                List.of("Report", report.id()),
                List.of("SHA-256 of its content", sha256));
        for (List<String> line : head) {
            csv.printRecord("Report", "", "", "", line.get(0), "", text(line.get(1)), "", "", "");
        }
    }

    private static void table(Section section, Table table, CSVPrinter csv) throws IOException {
        int number = 0;
        for (List<Cell> row : table.rows()) {
            number++;
            for (int i = 0; i < row.size(); i++) {
                Column column = table.columns().get(i);
                Cell cell = row.get(i);
                csv.printRecord(
                        text(section.title()),
                        text(table.title()),
                        number,
                        "",
                        text(column.name()),
                        cell.amount() == null ? "" : cell.amount().toPlainString(),
                        text(cell.text()),
                        text(column.unit()),
                        cell.amount() == null && cell.text() == null ? State.MISSING.name() : "",
                        "");
            }
        }
    }

    private static String text(@Nullable String text) {
        return text == null ? "" : Formula.harmless(text);
    }
}
