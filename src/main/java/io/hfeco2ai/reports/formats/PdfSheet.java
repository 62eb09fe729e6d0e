package io.hfeco2ai.reports.formats;

import java.awt.Color;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.pdfbox.pdmodel.PDDocument;
import org.apache.pdfbox.pdmodel.PDDocumentInformation;
import org.apache.pdfbox.pdmodel.PDPage;
import org.apache.pdfbox.pdmodel.PDPageContentStream;
import org.apache.pdfbox.pdmodel.PDPageContentStream.AppendMode;
import org.apache.pdfbox.pdmodel.common.PDRectangle;
import org.apache.pdfbox.pdmodel.font.PDFont;
import org.apache.pdfbox.pdmodel.font.PDType0Font;
import org.jspecify.annotations.Nullable;

/** A document that grows downwards, page by page. Lengths are points (1/72 inch). */
final class PdfSheet implements AutoCloseable {

    static final float BODY = 8.5f;
    static final Color TEXT = new Color(0x1c, 0x21, 0x20);
    static final Color MUTED = new Color(0x5c, 0x66, 0x64);

    private static final float MARGIN = 46;
    private static final float FOOT = 40;
    private static final float LEADING = 1.35f;
    private static final float SMALL = 6.5f;
    private static final Color RULE = new Color(0xd5, 0xda, 0xd8);
    private static final String FONT = "/org/apache/pdfbox/resources/ttf/LiberationSans-Regular.ttf";
    /** Stands for a character that the font does not have. */
    private static final String UNKNOWN = "?";

    /** How a code point is drawn. @param width in thousandths of the font size; asking the font each time takes most of the time */
    private record Glyph(String text, float width) {}

    private final PDDocument document = new PDDocument();
    private final PDFont font;
    private final Map<Integer, Glyph> glyphs = new HashMap<>();
    private @Nullable PDPageContentStream page;
    private PDRectangle size = PDRectangle.A4;
    private float y;

    PdfSheet() throws IOException {
        try (InputStream in =
                Objects.requireNonNull(PDDocument.class.getResourceAsStream(FONT), "PDFBox has its font")) {
            font = PDType0Font.load(document, in, true);
        }
        turn(false);
    }

    void about(String title, String subject) {
        PDDocumentInformation information = document.getDocumentInformation();
        information.setTitle(title);
        information.setSubject(subject);
        information.setProducer("HF Eco2AI");
        document.getDocumentCatalog().setLanguage("en");
    }

    /** Of the page, between its margins. */
    float width() {
        return size.getWidth() - 2 * MARGIN;
    }

    /** A new page, upright or lying. */
    void turn(boolean lying) throws IOException {
        size = lying ? new PDRectangle(PDRectangle.A4.getHeight(), PDRectangle.A4.getWidth()) : PDRectangle.A4;
        endPage();
        PDPage next = new PDPage(size);
        document.addPage(next);
        page = new PDPageContentStream(document, next, AppendMode.OVERWRITE, true);
        y = size.getHeight() - MARGIN;
    }

    private void endPage() throws IOException {
        if (page != null) {
            page.close();
        }
    }

    boolean isLying() {
        return size.getWidth() > size.getHeight();
    }

    /** Whether so much still fits on this page. */
    boolean fits(float height) {
        return y - height >= FOOT + MARGIN / 2;
    }

    /** How many lines of that size still fit on this page. */
    int linesThatFit(float fontSize) {
        return Math.max(0, (int) ((y - FOOT - MARGIN / 2) / height(fontSize)));
    }

    void space(float height) {
        y -= height;
    }

    /** Lines over the whole width; what does not fit goes on on the next page. */
    void paragraph(String text, float fontSize, Color color) throws IOException {
        for (String line : wrapped(text, width(), fontSize)) {
            if (!fits(height(fontSize))) {
                turn(isLying());
            }
            y -= height(fontSize);
            line(line, MARGIN, y, fontSize, color);
        }
    }

    static float height(float fontSize) {
        return fontSize * LEADING;
    }

    /** A line across the page, just below what was written. */
    void rule() throws IOException {
        PDPageContentStream out = out();
        out.setStrokingColor(RULE);
        out.setLineWidth(0.5f);
        out.moveTo(MARGIN, y - 3);
        out.lineTo(MARGIN + width(), y - 3);
        out.stroke();
        y -= 5;
    }

    /** Lines below each other, from the top of the row on. @param left from the margin; @param right aligned at its end */
    void cell(List<String> lines, float left, float width, boolean right, float fontSize, Color color)
            throws IOException {
        float at = y;
        for (String text : lines) {
            at -= height(fontSize);
            float x = right ? MARGIN + left + width - widthOf(text, fontSize) : MARGIN + left;
            line(text, x, at, fontSize, color);
        }
    }

    private void line(String text, float x, float baseline, float fontSize, Color color) throws IOException {
        PDPageContentStream out = out();
        out.beginText();
        out.setNonStrokingColor(color);
        out.setFont(font, fontSize);
        out.newLineAtOffset(x, baseline);
        out.showText(drawable(text));
        out.endText();
    }

    private PDPageContentStream out() {
        return Objects.requireNonNull(page, "there is a page from the start");
    }

    float widthOf(String text, float fontSize) throws IOException {
        float width = 0;
        for (int i = 0; i < text.length(); i += Character.charCount(text.codePointAt(i))) {
            width += glyph(text.codePointAt(i)).width();
        }
        return width * fontSize / 1000;
    }

    /** Broken at blanks, and within a word that alone is too wide. */
    List<String> wrapped(String text, float width, float fontSize) throws IOException {
        List<String> lines = new ArrayList<>();
        StringBuilder line = new StringBuilder();
        for (String word : text.strip().split("\\s+")) {
            String longer = line.isEmpty() ? word : line + " " + word;
            if (widthOf(longer, fontSize) <= width) {
                line.setLength(0);
                line.append(longer);
                continue;
            }
            if (!line.isEmpty()) {
                lines.add(line.toString());
                line.setLength(0);
            }
            String rest = word;
            while (widthOf(rest, fontSize) > width && rest.length() > 1) {
                int most = breakAt(rest, width, fontSize);
                lines.add(rest.substring(0, most));
                rest = rest.substring(most);
            }
            line.append(rest);
        }
        lines.add(line.toString());
        return lines;
    }

    private int breakAt(String word, float width, float fontSize) throws IOException {
        int most = 1;
        while (most < word.length() - 1 && widthOf(word.substring(0, most + 1), fontSize) <= width) {
            most++;
        }
        return Character.isHighSurrogate(word.charAt(most - 1)) ? most + 1 : most;
    }

    /** With an ellipsis where it is wider. */
    private String shortened(String text, float width) throws IOException {
        String shown = text;
        for (int end = text.length(); end > 0 && widthOf(shown, SMALL) > width; ) {
            end = text.offsetByCodePoints(end, -1);
            shown = text.substring(0, end).stripTrailing() + "…";
        }
        return shown;
    }

    private String drawable(String text) throws IOException {
        StringBuilder shown = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i += Character.charCount(text.codePointAt(i))) {
            shown.append(glyph(text.codePointAt(i)).text());
        }
        return shown.toString();
    }

    private Glyph glyph(int code) throws IOException {
        Glyph known = glyphs.get(code);
        if (known == null) {
            String text = drawable(code);
            known = new Glyph(text, font.getStringWidth(text));
            glyphs.put(code, known);
        }
        return known;
    }

    private String drawable(int code) {
        String one = Character.toString(code);
        try {
            font.encode(one);
            return Character.isISOControl(code) ? " " : one;
        } catch (IllegalArgumentException | IOException e) {
            return UNKNOWN;
        }
    }

    /** Writes the foot of every page, with its number, and the document. */
    void save(String left, String below, OutputStream to) throws IOException {
        endPage();
        page = null;
        int number = 0;
        for (PDPage each : document.getPages()) {
            number++;
            try (PDPageContentStream foot = new PDPageContentStream(document, each, AppendMode.APPEND, true, true)) {
                page = foot;
                String pages = number + " of " + document.getNumberOfPages();
                float across = each.getMediaBox().getWidth() - 2 * MARGIN;
                float room = across - widthOf(pages, SMALL);
                line(shortened(left, room - SMALL), MARGIN, FOOT, SMALL, MUTED);
                line(pages, MARGIN + room, FOOT, SMALL, MUTED);
                line(shortened(below, across), MARGIN, FOOT - height(SMALL), SMALL, MUTED);
            }
            page = null;
        }
        document.save(to);
    }

    @Override
    public void close() throws IOException {
        endPage();
        document.close();
    }
}
