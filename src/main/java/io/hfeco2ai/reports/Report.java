package io.hfeco2ai.reports;

import java.math.BigDecimal;
import java.text.DecimalFormat;
import java.text.DecimalFormatSymbols;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A finished report: what was found, frozen. Every format is written from this and nothing else, so all say the same.
 *
 * @param standard name of a {@link Standard}
 * @param edition of the standard's text that the report follows
 * @param scope in words: the organisation, or a team and project
 * @param from first UTC hour
 * @param to end of the last UTC hour, exclusive
 * @param provisional some hours are not posted yet, so the same report made later may differ
 * @param methods versions of the accounting method that the entries were made with
 * @param checkpoint number and hash of the audit trail's last row when the report was made; "": none
 */
public record Report(
        String id,
        String standard,
        String edition,
        String title,
        String scope,
        Instant from,
        Instant to,
        Instant madeAt,
        boolean provisional,
        List<Section> sections,
        List<String> notes,
        List<String> methods,
        String checkpoint) {

    /** Whether a figure is a sum of what was metered, partly rests on models or fallbacks, or is not known. */
    public enum State {
        VALUE,
        ESTIMATED,
        MISSING
    }

    /** @param text what a reader must know to read it; null: nothing */
    public record Section(String title, @Nullable String text, List<Figure> figures, List<Table> tables) {}

    /**
     * A datapoint: an amount or a text, or neither when it is missing.
     *
     * @param code the standard's own id of the datapoint; "": it has none
     * @param unit "": none
     * @param how where it comes from; of a missing one, what has to be done to have it
     * @param entries path of the page with the entries behind it; null: none
     */
    public record Figure(
            String code,
            String label,
            @Nullable BigDecimal amount,
            @Nullable String text,
            String unit,
            State state,
            String how,
            @Nullable String entries) {

        /** With separators, all its digits. */
        public String shown() {
            return amount == null ? "" : Report.shown(amount);
        }

        public static Figure missing(String code, String label, String unit, String cure) {
            return new Figure(code, label, null, null, unit, State.MISSING, cure, null);
        }

        public static Figure text(String code, String label, String text, String how) {
            return new Figure(code, label, null, text, "", State.VALUE, how, null);
        }
    }

    /** Its rows have a cell for each column. */
    public record Table(String title, List<Column> columns, List<List<Cell>> rows) {}

    /** @param unit "": a column of texts */
    public record Column(String name, String unit) {}

    /**
     * A text, or an amount in the column's unit, or neither: not known.
     *
     * @param path of the page that shows more; null: none
     */
    public record Cell(
            @Nullable String text,
            @Nullable BigDecimal amount,
            @Nullable String path) {

        /** Never empty. */
        public String shown() {
            return text != null ? text : amount == null ? "–" : Report.shown(amount);
        }

        public static Cell of(@Nullable String text) {
            return new Cell(text, null, null);
        }

        public static Cell of(@Nullable BigDecimal amount) {
            return new Cell(null, amount, null);
        }

        public static Cell link(String text, String path) {
            return new Cell(text, null, path);
        }
    }

    /** An amount as people read it in every format: 1,234.5; no digit is lost. */
    public static String shown(BigDecimal amount) {
        DecimalFormat format = new DecimalFormat("#,##0", DecimalFormatSymbols.getInstance(Locale.ROOT));
        format.setMaximumFractionDigits(Math.max(0, amount.scale()));
        return format.format(amount);
    }
}
