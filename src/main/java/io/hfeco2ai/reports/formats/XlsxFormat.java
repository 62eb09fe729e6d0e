package io.hfeco2ai.reports.formats;

import io.hfeco2ai.reports.Report;
import io.hfeco2ai.reports.Report.Cell;
import io.hfeco2ai.reports.Report.Column;
import io.hfeco2ai.reports.Report.Figure;
import io.hfeco2ai.reports.Report.Section;
import io.hfeco2ai.reports.Report.Table;
import io.hfeco2ai.reports.ReportFormat;
import java.io.IOException;
import java.io.OutputStream;
import java.math.BigDecimal;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.dhatim.fastexcel.Workbook;
import org.dhatim.fastexcel.Worksheet;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * A workbook: figures on the first sheet, each table on one of its own. Amounts are numbers, of which a spreadsheet keeps 15
 * digits; texts are stored as texts, so nothing is ever computed.
 */
@Component
class XlsxFormat implements ReportFormat {

    private static final int LONGEST_SHEET_NAME = 31;
    private static final String NOT_KNOWN = "not known";
    private static final int FLUSH_EVERY_ROWS = 500;
    private static final double NARROW = 16;
    private static final double WIDE = 44;

    @Override
    public String name() {
        return "xlsx";
    }

    @Override
    public String mediaType() {
        return "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
    }

    @Override
    public void write(Report report, String sha256, OutputStream out) throws IOException {
        Workbook workbook = new Workbook(out, "HF Eco2AI", "1.0");
        Worksheet first = workbook.newWorksheet("Report");
        int row = head(first, report, sha256);
        row = figures(first, report, row + 1);
        notes(first, report, row + 1);
        first.finish();
        Set<String> names = new HashSet<>(Set.of("report"));
        for (Section section : report.sections()) {
            for (Table table : section.tables()) {
                table(workbook.newWorksheet(sheetName(table.title(), names)), table);
            }
        }
        workbook.finish();
    }

    private static int head(Worksheet sheet, Report report, String sha256) {
        sheet.width(0, WIDE);
        sheet.width(1, NARROW);
        sheet.width(2, NARROW);
        sheet.width(3, NARROW);
        sheet.width(4, NARROW);
        sheet.width(5, 2 * WIDE);
        sheet.value(0, 0, report.title());
        sheet.style(0, 0).bold().fontSize(16).set();
        List<List<String>> facts = List.of(
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
        int row = 1;
        for (List<String> fact : facts) {
            sheet.value(row, 0, fact.get(0));
            sheet.value(row, 1, fact.get(1));
            row++;
        }
        return row;
    }

    private static int figures(Worksheet sheet, Report report, int from) {
        int row = from;
        for (Section section : report.sections()) {
            if (section.figures().isEmpty() && section.text() == null) {
                continue;
            }
            sheet.value(row, 0, section.title());
            sheet.style(row, 0).bold().fontSize(13).set();
            row++;
            if (section.text() != null) {
                sheet.value(row++, 0, section.text());
            }
            if (!section.figures().isEmpty()) {
                heads(sheet, row++, List.of("Figure", "Code", "Amount", "Unit", "State", "How it was made"));
            }
            for (Figure figure : section.figures()) {
                figure(sheet, row++, figure);
            }
            row++;
        }
        return row;
    }

    private static void figure(Worksheet sheet, int row, Figure figure) {
        sheet.value(row, 0, figure.label());
        sheet.value(row, 1, figure.code());
        amount(sheet, row, 2, figure.amount(), figure.text());
        sheet.value(row, 3, figure.unit());
        sheet.value(row, 4, figure.state().name().toLowerCase(Locale.ROOT));
        sheet.value(row, 5, figure.how());
    }

    private static void amount(
            Worksheet sheet, int row, int column, @Nullable BigDecimal amount, @Nullable String text) {
        if (amount != null) {
            sheet.value(row, column, amount);
        } else {
            sheet.value(row, column, text == null ? NOT_KNOWN : text);
        }
    }

    private static void heads(Worksheet sheet, int row, List<String> heads) {
        for (int i = 0; i < heads.size(); i++) {
            sheet.value(row, i, heads.get(i));
            sheet.style(row, i).bold().set();
        }
    }

    private static void notes(Worksheet sheet, Report report, int from) {
        sheet.value(from, 0, "Notes");
        sheet.style(from, 0).bold().fontSize(13).set();
        int row = from + 1;
        for (String note : report.notes()) {
            sheet.value(row++, 0, note);
        }
    }

    /** Unique without regard to case, at most 31 characters, without those that a spreadsheet forbids. */
    private static String sheetName(String title, Set<String> taken) {
        String allowed = title.replaceAll("[\\\\/?*\\[\\]:'\\p{Cntrl}]", " ").strip();
        String plain = allowed.isEmpty() ? "Table" : allowed;
        String name = cut(plain, LONGEST_SHEET_NAME);
        for (int number = 2; !taken.add(name.toLowerCase(Locale.ROOT)); number++) {
            String end = " " + number;
            name = cut(plain, LONGEST_SHEET_NAME - end.length()) + end;
        }
        return name;
    }

    /** Never in the middle of a character. */
    private static String cut(String text, int longest) {
        if (text.length() <= longest) {
            return text;
        }
        boolean within = Character.isHighSurrogate(text.charAt(longest - 1));
        return text.substring(0, within ? longest - 1 : longest).strip();
    }

    private static void table(Worksheet sheet, Table table) throws IOException {
        for (int i = 0; i < table.columns().size(); i++) {
            Column column = table.columns().get(i);
            sheet.width(i, column.unit().isEmpty() ? WIDE / 2 : NARROW);
        }
        heads(
                sheet,
                0,
                table.columns().stream()
                        .map(column ->
                                column.unit().isEmpty() ? column.name() : column.name() + " (" + column.unit() + ")")
                        .toList());
        sheet.freezePane(0, 1);
        int row = 1;
        for (List<Cell> cells : table.rows()) {
            for (int i = 0; i < cells.size(); i++) {
                amount(sheet, row, i, cells.get(i).amount(), cells.get(i).text());
            }
            row++;
            if (row % FLUSH_EVERY_ROWS == 0) {
                sheet.flush();
            }
        }
        sheet.finish();
    }
}
