package io.hfeco2ai.reports.formats;

import static org.assertj.core.api.Assertions.assertThat;

import io.hfeco2ai.reports.Report;
import io.hfeco2ai.reports.Report.Cell;
import io.hfeco2ai.reports.Report.Column;
import io.hfeco2ai.reports.Report.Figure;
import io.hfeco2ai.reports.Report.Section;
import io.hfeco2ai.reports.Report.State;
import io.hfeco2ai.reports.Report.Table;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.apache.pdfbox.Loader;
import org.apache.pdfbox.pdmodel.PDDocument;
import org.apache.pdfbox.text.PDFTextStripper;
import org.junit.jupiter.api.Test;

/** What is read back from the pages is what the report says. */
class PdfFormatTests {

    private static final String SHA256 = "ab".repeat(32);

    static Report report(List<Section> sections) {
        return new Report(
                "0199",
                "GHG_SCOPE2",
                "GHG Protocol Scope 2 Guidance, 2015",
                "Scope 2 contribution of metered compute",
                "Team 语音 🚀 (speech)",
                Instant.parse("2026-01-01T00:00:00Z"),
                Instant.parse("2026-02-01T00:00:00Z"),
                Instant.parse("2026-02-02T10:11:12Z"),
                false,
                sections,
                List.of("Accounting hours are UTC."),
                List.of("2"),
                "17 " + "cd".repeat(32));
    }

    private static Figure figure(String label, String amount) {
        return new Figure(
                "E1-6_09",
                label,
                new BigDecimal(amount),
                null,
                "kgCO2e",
                State.ESTIMATED,
                "Sum of 285 entries of the ledger; the overhead of the building is unknown for 17.557 kWh of it",
                null);
    }

    private static Table wide(int rows) {
        List<Column> columns = new ArrayList<>();
        for (String name : List.of("Node", "Zone", "Operator", "Counts as")) {
            columns.add(new Column(name, ""));
        }
        for (String name : List.of("Electricity", "Location-based", "Market-based", "Measured")) {
            columns.add(new Column(name, "kWh"));
        }
        List<List<Cell>> cells = new ArrayList<>();
        for (int row = 0; row < rows; row++) {
            cells.add(List.of(
                    new Cell("gpu-node-with-a-very-long-name-that-has-no-blank-" + row, null, null),
                    new Cell("DE", null, null),
                    new Cell("own", null, null),
                    new Cell("Scope 2", null, null),
                    new Cell(null, new BigDecimal("1234567.123456"), null),
                    new Cell(null, new BigDecimal(row), null),
                    new Cell(null, null, null),
                    new Cell(null, new BigDecimal("100.00"), null)));
        }
        return new Table("By node", columns, cells);
    }

    private static PDDocument written(Report report) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        new PdfFormat().write(report, SHA256, out);
        return Loader.loadPDF(out.toByteArray());
    }

    @Test
    void everyFigureIsOnThePagesDigitByDigit() throws Exception {
        Report report = report(List.of(
                new Section(
                        "Scope 2",
                        "Both figures belong together.",
                        List.of(figure("Location-based emissions", "1234567890.123456"), figure("Tiny", "0.000001")),
                        List.of()),
                new Section("Where", null, List.of(), List.of(wide(3)))));
        try (PDDocument document = written(report)) {
            String text = new PDFTextStripper().getText(document);
            assertThat(text)
                    .contains("1,234,567,890.123456")
                    .contains("0.000001")
                    .contains("1,234,567.123456")
                    .contains("E1-6_09")
                    .contains("estimated")
                    .contains("Accounting hours are UTC.")
                    .contains("17 " + "cd".repeat(32));
            assertThat(document.getDocumentInformation().getTitle()).isEqualTo(report.title());
        }
    }

    @Test
    void eachPageSaysWhichContentItWasMadeFrom() throws Exception {
        Report report = report(List.of(new Section("Where", null, List.of(), List.of(wide(300)))));
        try (PDDocument document = written(report)) {
            int pages = document.getNumberOfPages();
            assertThat(pages).isGreaterThan(5);
            PDFTextStripper stripper = new PDFTextStripper();
            for (int page = 1; page <= pages; page++) {
                stripper.setStartPage(page);
                stripper.setEndPage(page);
                assertThat(stripper.getText(document))
                        .contains(page + " of " + pages)
                        .contains(SHA256)
                        .contains("Report 0199");
            }
            stripper.setStartPage(4);
            stripper.setEndPage(4);
            assertThat(stripper.getText(document)).as("the head comes again").contains("Counts as");
        }
    }

    @Test
    void namesThatTheFontCannotDrawAreShownAsUnknownAndDoNotFail() throws Exception {
        try (PDDocument document = written(report(List.of()))) {
            assertThat(new PDFTextStripper().getText(document)).contains("Team ?? ? (speech)");
        }
    }

    @Test
    void fiveThousandRowsAreWritten() throws Exception {
        try (PDDocument document =
                written(report(List.of(new Section("Where", null, List.of(), List.of(wide(5000))))))) {
            assertThat(new PDFTextStripper().getText(document)).contains("4,999");
        }
    }
}
