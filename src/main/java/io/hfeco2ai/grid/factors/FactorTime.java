package io.hfeco2ai.grid.factors;

import io.hfeco2ai.grid.Grid.Resolution;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.Year;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.regex.Pattern;

/**
 * The column {@code from}: {@code 2025}, {@code 2025-03}, or a time with its distance to UTC such as
 * {@code 2025-03-30T01:00Z}.
 *
 * @param toMs end of the year or month; of an hour or less, which the file's rhythm tells, the same as {@code fromMs}
 */
record FactorTime(Resolution resolution, long fromMs, long toMs) {

    private static final Pattern LOCAL = Pattern.compile("\\d{4}-\\d\\d-\\d\\d[T ]\\d\\d:\\d\\d(:\\d\\d)?(\\.0+)?");
    private static final int FIRST_YEAR = 2000;
    private static final int LAST_YEAR = 2099;

    /** @throws DateTimeException with a message that says what is wrong and the cure */
    static FactorTime parse(String text) {
        try {
            FactorTime time = read(text);
            int year =
                    Instant.ofEpochMilli(time.fromMs).atOffset(ZoneOffset.UTC).getYear();
            if (year < FIRST_YEAR || year > LAST_YEAR) {
                throw new DateTimeException("is not from 2000 to 2099: check the year");
            }
            return time;
        } catch (java.time.format.DateTimeParseException e) {
            throw new DateTimeException(
                    "is no time: write a year (2025), a month (2025-03) or an hour with its distance to UTC (2025-03-30T01:00Z)",
                    e);
        }
    }

    private static FactorTime read(String text) {
        if (text.matches("\\d{4}")) {
            LocalDate day = Year.parse(text).atDay(1);
            return new FactorTime(Resolution.YEAR, startMs(day), startMs(day.plusYears(1)));
        }
        if (text.matches("\\d{4}-\\d\\d")) {
            LocalDate day = YearMonth.parse(text).atDay(1);
            return new FactorTime(Resolution.MONTH, startMs(day), startMs(day.plusMonths(1)));
        }
        if (LOCAL.matcher(text).matches()) {
            throw new DateTimeException(
                    "does not say how far from UTC it is, so an hour at the clock change could be two:"
                            + " end it with Z for UTC, or with the distance such as +01:00");
        }
        OffsetDateTime at = OffsetDateTime.parse(text.replace(' ', 'T'));
        if (at.getSecond() != 0 || at.getNano() != 0) {
            throw new DateTimeException("is not on a whole minute: write the start of the hour");
        }
        long ms = at.toInstant().toEpochMilli();
        return new FactorTime(Resolution.HOUR, ms, ms);
    }

    private static long startMs(LocalDate day) {
        return day.atStartOfDay(ZoneOffset.UTC).toInstant().toEpochMilli();
    }
}
