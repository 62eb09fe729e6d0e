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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.pdfbox.Loader;
import org.apache.pdfbox.pdmodel.PDDocument;
import org.apache.pdfbox.pdmodel.PDPage;
import org.apache.pdfbox.text.PDFTextStripper;
import org.apache.pdfbox.text.TextPosition;
import org.junit.jupiter.api.Tag;
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
    void anAmountFarDownIsNotBrokenOverLines() throws Exception {
        Table table = wide(300);
        List<List<Cell>> rows = new ArrayList<>(table.rows());
        List<Cell> row = new ArrayList<>(rows.get(250));
        row.set(5, new Cell(null, new BigDecimal("123456789012345.123456"), null));
        rows.set(250, row);
        Report report = report(
                List.of(new Section("Where", null, List.of(), List.of(new Table("By node", table.columns(), rows)))));
        try (PDDocument document = written(report)) {
            assertThat(new PDFTextStripper().getText(document)).contains("123,456,789,012,345.123456");
            assertEverythingHasItsPlace(document);
        }
    }

    @Test
    void aRowThatIsTallerThanAPageGoesOnOnTheNextUnderItsHead() throws Exception {
        String words =
                IntStream.range(0, 2500).mapToObj(number -> "word" + number).collect(Collectors.joining(" "));
        Table table = new Table(
                "By node",
                List.of(new Column("Node", ""), new Column("Remark", "")),
                List.of(
                        List.of(Cell.of("before"), Cell.of("short")),
                        List.of(Cell.of("tall"), Cell.of(words)),
                        List.of(Cell.of("after"), Cell.of("short"))));
        try (PDDocument document = written(report(List.of(new Section("Where", null, List.of(), List.of(table)))))) {
            assertEverythingHasItsPlace(document);
            PDFTextStripper stripper = new PDFTextStripper();
            assertThat(stripper.getText(document).split("\\s+"))
                    .contains("before", "tall", "word0", "word1250", "word2499", "after");
            for (int page = 2; page < document.getNumberOfPages(); page++) {
                stripper.setStartPage(page);
                stripper.setEndPage(page);
                assertThat(stripper.getText(document)).startsWith("Node Remark");
            }
            assertThat(document.getNumberOfPages()).isGreaterThan(2);
        }
    }

    @Test
    void aLongNameDoesNotRunOverTheNumberOfThePage() throws Exception {
        Report plain = report(List.of());
        Report report = new Report(
                "0199aabbccddeeff0011223344556677",
                plain.standard(),
                plain.edition(),
                plain.title(),
                "Team " + "of those with long names ".repeat(8) + ", experiment " + "x".repeat(120),
                plain.from(),
                plain.to(),
                plain.madeAt(),
                false,
                List.of(new Section("Where", null, List.of(), List.of(wide(3)))),
                plain.notes(),
                plain.methods(),
                plain.checkpoint());
        try (PDDocument document = written(report)) {
            assertEverythingHasItsPlace(document);
            assertThat(new PDFTextStripper().getText(document))
                    .contains("…", "2 of " + document.getNumberOfPages(), SHA256);
        }
    }

    /** Nothing is outside the page's margins, and what stands in one line stands beside, not upon, each other. */
    private static void assertEverythingHasItsPlace(PDDocument document) throws IOException {
        new PDFTextStripper() {
            private final Map<Float, Float> ends = new HashMap<>();

            @Override
            protected void startPage(PDPage page) {
                ends.clear();
            }

            @Override
            protected void processTextPosition(TextPosition glyph) {
                float y = glyph.getYDirAdj();
                float x = glyph.getXDirAdj();
                assertThat(x).as("%s", glyph).isGreaterThanOrEqualTo(Math.max(40, ends.getOrDefault(y, 0f) - 0.5f));
                ends.put(y, x + glyph.getWidthDirAdj());
                assertThat(ends.get(y)).as("%s", glyph).isLessThan(glyph.getPageWidth() - 45);
                assertThat(y).as("%s", glyph).isBetween(40f, glyph.getPageHeight() - 25);
            }
        }.getText(document);
    }

    @Test
    void namesThatTheFontCannotDrawAreShownAsUnknownAndDoNotFail() throws Exception {
        try (PDDocument document = written(report(List.of()))) {
            assertThat(new PDFTextStripper().getText(document)).contains("Team ?? ? (speech)");
        }
    }

    @Test
    @Tag("long")
    void fiveThousandRowsAreWritten() throws Exception {
        try (PDDocument document =
                written(report(List.of(new Section("Where", null, List.of(), List.of(wide(5000))))))) {
            assertThat(new PDFTextStripper().getText(document)).contains("4,999");
        }
    }
}
