package io.hfeco2ai.reports.formats;

import static org.assertj.core.api.Assertions.assertThat;

import io.hfeco2ai.reports.Report;
import io.hfeco2ai.reports.Report.Cell;
import io.hfeco2ai.reports.Report.Column;
import io.hfeco2ai.reports.Report.Figure;
import io.hfeco2ai.reports.Report.Section;
import io.hfeco2ai.reports.Report.State;
import io.hfeco2ai.reports.Report.Table;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.dhatim.fastexcel.reader.CellType;
import org.dhatim.fastexcel.reader.ReadableWorkbook;
import org.dhatim.fastexcel.reader.Row;
import org.dhatim.fastexcel.reader.Sheet;
import org.junit.jupiter.api.Test;

/** What another library reads back is what the report says. */
class XlsxFormatTests {

    static final Report REPORT = PdfFormatTests.report(List.of(
            new Section(
                    "Scope 2",
                    "Both figures belong together.",
                    List.of(
                            new Figure(
                                    "E1-6_09",
                                    "Location-based emissions",
                                    new BigDecimal("123456789.123456"),
                                    null,
                                    "kgCO2e",
                                    State.VALUE,
                                    "=SUM(A1:A9)",
                                    null),
                            new Figure("", "Unknown", null, null, "kgCO2e", State.MISSING, "Set the zone.", null)),
                    List.of(
                            table("By team: a title that is longer than a sheet's name"),
                            table("by team: A title that is longer than"),
                            table("[*]"),
                            table("🚀".repeat(20)))),
            new Section("Only said", "There is nothing to count.", List.of(), List.of())));

    private static Table table(String title) {
        return new Table(
                title,
                List.of(new Column("Team", ""), new Column("Electricity", "kWh")),
                List.of(
                        List.of(
                                new Cell("=HYPERLINK(\"http://127.0.0.1\")", null, null),
                                new Cell(null, new BigDecimal("0.000001"), null)),
                        List.of(Cell.of("b"), new Cell(null, null, null))));
    }

    private static ReadableWorkbook written() throws Exception {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        new XlsxFormat().write(REPORT, "ab".repeat(32), out);
        return new ReadableWorkbook(new ByteArrayInputStream(out.toByteArray()));
    }

    @Test
    void amountsAreNumbersWithAllTheirDigitsAndTextsAreNeverFormulas() throws Exception {
        try (ReadableWorkbook workbook = written()) {
            List<Row> rows = workbook.getFirstSheet().read();
            Row figure = rows.stream()
                    .filter(row -> row.getCellCount() > 5 && row.getCellText(0).equals("Location-based emissions"))
                    .findFirst()
                    .orElseThrow();
            assertThat(figure.getCell(2).asNumber()).isEqualByComparingTo("123456789.123456");
            assertThat(figure.getCell(5).getType()).isEqualTo(CellType.STRING);
            assertThat(figure.getCell(5).getText()).isEqualTo("=SUM(A1:A9)");
            assertThat(rows.toString()).doesNotContain("FORMULA");
            assertThat(rows.stream().map(row -> row.getCellText(0)))
                    .contains("Scope 2 contribution of metered compute", "Notes", "Accounting hours are UTC.");
        }
    }

    @Test
    void whatASectionSaysStandsBelowItsTitleAlsoInTheCsv() throws Exception {
        try (ReadableWorkbook workbook = written()) {
            assertThat(workbook.getFirstSheet().read().stream().map(row -> row.getCellText(0)))
                    .containsSequence("Scope 2", "Both figures belong together.", "Figure")
                    .containsSequence("Only said", "There is nothing to count.");
        }
        ByteArrayOutputStream csv = new ByteArrayOutputStream();
        new CsvFormat().write(REPORT, "ab".repeat(32), csv);
        assertThat(csv.toString(StandardCharsets.UTF_8))
                .contains("\r\nScope 2,,,,,,Both figures belong together.,,,\r\n")
                .contains("\r\nOnly said,,,,,,There is nothing to count.,,,\r\n")
                .contains(",2,,Electricity,,,kWh,MISSING,\r\n");
    }

    @Test
    void eachTableHasASheetOfItsOwn() throws Exception {
        try (ReadableWorkbook workbook = written()) {
            List<Sheet> sheets = workbook.getSheets().toList();
            assertThat(sheets).hasSize(5);
            assertThat(sheets.stream().map(sheet -> sheet.getName().toLowerCase()))
                    .doesNotHaveDuplicates()
                    .allMatch(name -> name.length() <= 31)
                    .contains("table", "🚀".repeat(15));
            List<Row> rows = sheets.get(1).read();
            assertThat(rows.get(0).getCellText(1)).isEqualTo("Electricity (kWh)");
            assertThat(rows.get(1).getCell(0).getType()).isEqualTo(CellType.STRING);
            assertThat(rows.get(1).getCell(1).asNumber()).isEqualByComparingTo("0.000001");
            assertThat(rows.get(2).getCellText(1)).isEqualTo("not known");
        }
    }
}
