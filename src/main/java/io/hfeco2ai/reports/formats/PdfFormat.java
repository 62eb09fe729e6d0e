package io.hfeco2ai.reports.formats;

import io.hfeco2ai.reports.Report;
import io.hfeco2ai.reports.Report.Cell;
import io.hfeco2ai.reports.Report.Figure;
import io.hfeco2ai.reports.Report.Section;
import io.hfeco2ai.reports.Report.Table;
import io.hfeco2ai.reports.ReportFormat;
import java.io.IOException;
import java.io.OutputStream;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import org.springframework.stereotype.Component;

/** A4 pages to read, print and sign; each says at its foot which content it was made from. */
@Component
class PdfFormat implements ReportFormat {

    private static final float TITLE = 19;
    private static final float HEADING = 12.5f;
    private static final float SUBHEADING = 10;
    private static final float TABLE = 7.5f;
    private static final float NEEDED_BELOW_HEADING = 110;
    /** More do not fit beside each other on an upright page. */
    private static final int UPRIGHT_COLUMNS = 7;

    @Override
    public String name() {
        return "pdf";
    }

    @Override
    public String mediaType() {
        return "application/pdf";
    }

    @Override
    public void write(Report report, String sha256, OutputStream out) throws IOException {
        try (PdfSheet sheet = new PdfSheet()) {
            String days = report.from().atZone(ZoneOffset.UTC).toLocalDate() + " to "
                    + report.to().minusMillis(1).atZone(ZoneOffset.UTC).toLocalDate();
            sheet.about(report.title(), report.scope() + ", " + days);
            head(sheet, report, days);
            for (Section section : report.sections()) {
                section(sheet, section);
            }
            notes(sheet, report);
            sheet.save(
                    report.title() + " · " + report.scope() + " · " + days,
                    "Report " + report.id() + " · SHA-256 of its content " + sha256
                            + (report.checkpoint().isEmpty() ? "" : " · audit trail " + shortened(report.checkpoint())),
                    out);
        }
    }

    /** The number and so much of the hash that nobody finds another that begins alike; all of it stands on the first page. */
    private static String shortened(String checkpoint) {
        int longest = checkpoint.indexOf(' ') + 1 + 24;
        return checkpoint.length() <= longest ? checkpoint : checkpoint.substring(0, longest) + "…";
    }

    private static void head(PdfSheet sheet, Report report, String days) throws IOException {
        sheet.paragraph(report.title(), TITLE, PdfSheet.TEXT);
        sheet.space(4);
        sheet.paragraph(report.scope() + ", " + days + " (UTC days)", SUBHEADING, PdfSheet.MUTED);
        sheet.space(8);
        PdfTable facts = PdfTable.of(
                sheet,
                List.of(new PdfTable.Column("", false), new PdfTable.Column("", false)),
                PdfSheet.BODY,
                0.24,
                0.76);
        facts.row("Standard", report.edition());
        facts.row("Made at", report.madeAt().truncatedTo(ChronoUnit.SECONDS).toString());
        facts.row(
                "State", report.provisional() ? "provisional: some hours are not posted yet" : "all hours are posted");
        facts.row("Accounting method", String.join(", ", report.methods()));
        facts.row("Audit trail", report.checkpoint().isEmpty() ? "–" : report.checkpoint());
    }

    private static void section(PdfSheet sheet, Section section) throws IOException {
        boolean lying = section.figures().isEmpty()
                && !section.tables().isEmpty()
                && lying(section.tables().get(0));
        if (lying != sheet.isLying() || !sheet.fits(NEEDED_BELOW_HEADING)) {
            sheet.turn(lying);
        }
        sheet.space(14);
        sheet.paragraph(section.title(), HEADING, PdfSheet.TEXT);
        if (section.text() != null) {
            sheet.space(2);
            sheet.paragraph(section.text(), PdfSheet.BODY, PdfSheet.MUTED);
        }
        if (!section.figures().isEmpty()) {
            figures(sheet, section.figures());
        }
        for (Table table : section.tables()) {
            table(sheet, table);
        }
    }

    private static void figures(PdfSheet sheet, List<Figure> figures) throws IOException {
        sheet.space(6);
        PdfTable table = PdfTable.of(
                sheet,
                List.of(
                        new PdfTable.Column("Figure", false),
                        new PdfTable.Column("Amount", true),
                        new PdfTable.Column("State", false),
                        new PdfTable.Column("How it was made", false)),
                PdfSheet.BODY,
                0.3,
                0.24,
                0.11,
                0.35);
        table.head();
        for (Figure figure : figures) {
            table.row(
                    figure.label() + (figure.code().isEmpty() ? "" : "\n" + figure.code()),
                    amount(figure),
                    figure.state().name().toLowerCase(Locale.ROOT),
                    figure.how());
            sheet.rule();
        }
    }

    private static String amount(Figure figure) {
        if (figure.amount() != null) {
            return (figure.shown() + " " + figure.unit()).strip();
        }
        return figure.text() == null ? "not known" : figure.text();
    }

    private static boolean lying(Table table) {
        return table.columns().size() > UPRIGHT_COLUMNS;
    }

    private static void table(PdfSheet sheet, Table table) throws IOException {
        boolean lying = lying(table);
        if (lying && !sheet.isLying() || !sheet.fits(NEEDED_BELOW_HEADING)) {
            sheet.turn(lying);
        }
        sheet.space(10);
        sheet.paragraph(table.title(), SUBHEADING, PdfSheet.TEXT);
        sheet.space(4);
        List<PdfTable.Column> columns = table.columns().stream()
                .map(column -> new PdfTable.Column(
                        (column.name() + " " + column.unit()).strip(),
                        !column.unit().isEmpty()))
                .toList();
        List<List<String>> rows = table.rows().stream()
                .map(row -> row.stream().map(Cell::shown).toList())
                .toList();
        PdfTable drawn = PdfTable.fitting(sheet, columns, TABLE, rows);
        drawn.head();
        for (List<String> row : rows) {
            drawn.row(row);
        }
    }

    private static void notes(PdfSheet sheet, Report report) throws IOException {
        if (report.notes().isEmpty()) {
            return;
        }
        if (sheet.isLying() || !sheet.fits(NEEDED_BELOW_HEADING)) {
            sheet.turn(false);
        }
        sheet.space(14);
        sheet.paragraph("Notes", HEADING, PdfSheet.TEXT);
        for (String note : report.notes()) {
            sheet.space(3);
            sheet.paragraph("• " + note, PdfSheet.BODY, PdfSheet.TEXT);
        }
    }
}
