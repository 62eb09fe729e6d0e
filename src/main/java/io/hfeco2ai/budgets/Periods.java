package io.hfeco2ai.budgets;

import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import org.jspecify.annotations.Nullable;

/** Where the periods of a budget begin and end, in the organisation's time zone. */
final class Periods {

    static final long HOUR_MS = 3_600_000;

    enum Kind {
        MONTH,
        QUARTER,
        YEAR,
        CUSTOM
    }

    /** @param fromMs the UTC hour that contains local midnight; @param toMs exclusive, the next period's start */
    record Span(LocalDate firstDay, long fromMs, long toMs) {}

    private Periods() {}

    /** The period that the day lies in. @param lastDay inclusive, for CUSTOM only, which begins on {@code day} */
    static Span containing(Kind kind, LocalDate day, @Nullable LocalDate lastDay, ZoneId zone) {
        LocalDate first = switch (kind) {
            case MONTH -> day.withDayOfMonth(1);
            case QUARTER -> LocalDate.of(day.getYear(), (day.getMonthValue() - 1) / 3 * 3 + 1, 1);
            case YEAR -> day.withDayOfYear(1);
            case CUSTOM -> day;
        };
        LocalDate next = switch (kind) {
            case MONTH -> first.plusMonths(1);
            case QUARTER -> first.plusMonths(3);
            case YEAR -> first.plusYears(1);
            case CUSTOM -> (lastDay == null ? day : lastDay).plusDays(1);
        };
        return new Span(first, startMs(first, zone), startMs(next, zone));
    }

    /**
     * The one that begins where that one ended, whatever the time zone is by now: no hour is in both or in none.
     *
     * @param overMs end of the period before, exclusive
     * @param overZone of the period before
     */
    static Span after(Kind kind, long overMs, ZoneId overZone, @Nullable LocalDate lastDay, ZoneId zone) {
        LocalDate day = Instant.ofEpochMilli(overMs + HOUR_MS).atZone(overZone).toLocalDate();
        Span span = containing(kind, day, lastDay, zone);
        return new Span(span.firstDay(), overMs, span.toMs());
    }

    /** The one that ends where that one begins. @param days of a CUSTOM period */
    static Span before(Kind kind, Span span, long days, ZoneId zone) {
        LocalDate last = span.firstDay().minusDays(1);
        return containing(kind, kind == Kind.CUSTOM ? span.firstDay().minusDays(days) : last, last, zone);
    }

    private static long startMs(LocalDate day, ZoneId zone) {
        long midnight = day.atStartOfDay(zone).toInstant().toEpochMilli();
        return Math.floorDiv(midnight, HOUR_MS) * HOUR_MS;
    }
}
