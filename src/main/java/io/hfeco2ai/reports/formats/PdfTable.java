package io.hfeco2ai.reports.formats;

import java.awt.Color;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A table whose head comes again on each page that it goes on to. A row is broken only if no page could hold it whole. */
final class PdfTable {

    private static final float GAP = 8;

    /** @param right its cells end at the right, as amounts do */
    record Column(String head, boolean right) {}

    private final PdfSheet sheet;
    private final List<Column> columns;
    private final float fontSize;
    private final float[] widths;

    private PdfTable(PdfSheet sheet, List<Column> columns, float fontSize, float[] widths) {
        this.sheet = sheet;
        this.columns = columns;
        this.fontSize = fontSize;
        this.widths = widths;
    }

    /** @param parts of the whole width that each column takes; they add up to 1 */
    static PdfTable of(PdfSheet sheet, List<Column> columns, float fontSize, double... parts) {
        float[] widths = new float[parts.length];
        for (int i = 0; i < parts.length; i++) {
            widths[i] = (float) (sheet.width() * parts[i]) - GAP;
        }
        return new PdfTable(sheet, columns, fontSize, widths);
    }

    /** Columns as wide as their contents need, and where that is too much, narrowed alike. */
    static PdfTable fitting(PdfSheet sheet, List<Column> columns, float fontSize, List<List<String>> rows)
            throws IOException {
        float[] wanted = new float[columns.size()];
        for (int i = 0; i < wanted.length; i++) {
            for (String word : columns.get(i).head().split("\\s+")) {
                wanted[i] = Math.max(wanted[i], sheet.widthOf(word, fontSize));
            }
        }
        float[] least = wanted.clone();
        float widestText = sheet.width() / 2; // one long text far down shall not take the room of all others
        for (List<String> row : rows) {
            for (int i = 0; i < wanted.length; i++) {
                float width = sheet.widthOf(row.get(i), fontSize);
                if (columns.get(i).right()) {
                    least[i] = Math.max(least[i], width);
                    wanted[i] = Math.max(wanted[i], width);
                } else {
                    wanted[i] = Math.max(wanted[i], Math.min(width, widestText));
                }
            }
        }
        return new PdfTable(sheet, columns, fontSize, shared(sheet.width() - GAP * wanted.length, wanted, least));
    }

    /** What is left over, or missing, is shared out among columns of texts; amounts are never broken if it can be. */
    private static float[] shared(float width, float[] wanted, float[] least) {
        double sum = sum(wanted);
        float[] given = wanted.clone();
        if (sum <= width) {
            for (int i = 0; i < given.length; i++) {
                given[i] += (float) ((width - sum) / given.length);
            }
            return given;
        }
        double more = sum - sum(least);
        double room = Math.max(0, width - sum(least));
        for (int i = 0; i < given.length; i++) {
            given[i] = least[i] + (float) (more == 0 ? 0 : (wanted[i] - least[i]) * room / more);
        }
        double shrink = Math.min(1, width / sum(given));
        for (int i = 0; i < given.length; i++) {
            given[i] *= (float) shrink;
        }
        return given;
    }

    private static double sum(float[] widths) {
        double sum = 0;
        for (float width : widths) {
            sum += width;
        }
        return sum;
    }

    void head() throws IOException {
        row(columns.stream().map(Column::head).toList(), PdfSheet.MUTED);
        sheet.rule();
    }

    void row(String... cells) throws IOException {
        row(Arrays.asList(cells));
    }

    void row(List<String> cells) throws IOException {
        row(cells, PdfSheet.TEXT);
    }

    private void row(List<String> cells, Color color) throws IOException {
        List<List<String>> wrapped = new ArrayList<>();
        int lines = 1;
        for (int i = 0; i < cells.size(); i++) {
            List<String> cell = new ArrayList<>();
            for (String paragraph : cells.get(i).split("\n")) {
                cell.addAll(sheet.wrapped(paragraph, widths[i], fontSize));
            }
            wrapped.add(cell);
            lines = Math.max(lines, cell.size());
        }
        for (int done = 0; done < lines; ) {
            if (sheet.linesThatFit(fontSize) < lines - done) {
                nextPage(color);
            }
            int most = Math.max(1, Math.min(sheet.linesThatFit(fontSize), lines - done));
            cells(wrapped, done, done + most, color);
            done += most;
        }
        sheet.space(2);
    }

    private void nextPage(Color color) throws IOException {
        sheet.turn(sheet.isLying());
        if (color == PdfSheet.TEXT) {
            head();
        }
    }

    /** These lines of each cell; a cell may have fewer. */
    private void cells(List<List<String>> wrapped, int from, int to, Color color) throws IOException {
        float left = 0;
        for (int i = 0; i < wrapped.size(); i++) {
            List<String> cell = wrapped.get(i);
            List<String> part = cell.subList(Math.min(from, cell.size()), Math.min(to, cell.size()));
            sheet.cell(part, left, widths[i], columns.get(i).right(), fontSize, color);
            left += widths[i] + GAP;
        }
        sheet.space((to - from) * PdfSheet.height(fontSize));
    }
}
