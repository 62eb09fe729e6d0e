package io.hfeco2ai.ledger.months;

import java.time.Instant;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * The UTC months that lie entirely in a span.
 *
 * @param startMs inclusive; null: from the first one there is
 * @param endMs exclusive; null: to the last one there is
 */
public record WholeMonths(@Nullable Long startMs, @Nullable Long endMs) {

    /** One in so many chains may be without sums. */
    private static final int MOST_UNSUMMED = 10;

    /**
     * @param fromMs inclusive; null: without a start
     * @param toMs exclusive; null: without an end
     * @return null: none is whole
     */
    public static @Nullable WholeMonths within(@Nullable Long fromMs, @Nullable Long toMs) {
        Long start = fromMs == null
                ? null
                : ms(startsAt(fromMs) ? month(fromMs) : month(fromMs).plusMonths(1));
        Long end = toMs == null ? null : (Long) ms(month(toMs));
        return start != null && end != null && start >= end ? null : new WholeMonths(start, end);
    }

    /**
     * The parts of it where nearly all chains are summed, oldest first: elsewhere it is quicker to read entries in the order in
     * which they were made.
     */
    public List<WholeMonths> summed(JdbcTemplate jdbc) {
        List<WholeMonths> parts = new ArrayList<>();
        jdbc.query(
                "SELECT chain_month FROM entry_month WHERE chain_month >= ? AND chain_month < ? GROUP BY chain_month"
                        + " HAVING SUM(CASE WHEN summed_no = 0 THEN 1 ELSE 0 END) * " + MOST_UNSUMMED
                        + " <= COUNT(*) ORDER BY chain_month",
                row -> {
                    YearMonth month = YearMonth.parse(row.getString(1));
                    Long startMs = ms(month);
                    int last = parts.size() - 1;
                    boolean goesOn = last >= 0 && startMs.equals(parts.get(last).endMs());
                    parts.add(
                            new WholeMonths(goesOn ? parts.remove(last).startMs() : startMs, ms(month.plusMonths(1))));
                },
                startMs == null ? "" : month(startMs).toString(),
                endMs == null ? "9999" : month(endMs).toString());
        return parts;
    }

    /** Of the first month, as in entry.chain_month; null: without a start. */
    public @Nullable String first() {
        return startMs == null ? null : month(startMs).toString();
    }

    /** Of the month after the last one; null: without an end. */
    public @Nullable String after() {
        return endMs == null ? null : month(endMs).toString();
    }

    private static boolean startsAt(long ms) {
        return ms(month(ms)) == ms;
    }

    private static YearMonth month(long ms) {
        return YearMonth.from(Instant.ofEpochMilli(ms).atOffset(ZoneOffset.UTC));
    }

    private static long ms(YearMonth month) {
        return month.atDay(1).atStartOfDay(ZoneOffset.UTC).toInstant().toEpochMilli();
    }
}
