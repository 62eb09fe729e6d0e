package io.hfeco2ai.budgets.delivery;

import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;

/**
 * When a channel is not to be disturbed, each day.
 *
 * @param fromMinute of the day, 0 to 1439, the first quiet one
 * @param toMinute the first that is not quiet; before fromMinute: on the next day
 */
record QuietHours(ZoneId zone, int fromMinute, int toMinute) {

    /** As a person writes it: 22:00. */
    public LocalTime begin() {
        return LocalTime.ofSecondOfDay(fromMinute * 60L);
    }

    public LocalTime end() {
        return LocalTime.ofSecondOfDay(toMinute * 60L);
    }

    /** The instant itself, or the end of the quiet hours it is in. */
    Instant after(Instant at) {
        ZonedDateTime local = at.atZone(zone);
        int minute = local.getHour() * 60 + local.getMinute();
        boolean overnight = toMinute <= fromMinute;
        boolean quiet =
                overnight ? minute >= fromMinute || minute < toMinute : minute >= fromMinute && minute < toMinute;
        if (!quiet) {
            return at;
        }
        boolean endsTomorrow = overnight && minute >= fromMinute;
        Instant end = local.toLocalDate()
                .plusDays(endsTomorrow ? 1 : 0)
                .atTime(end())
                .atZone(zone)
                .toInstant();
        return end.isAfter(at) ? end : at; // An hour that a clock change repeats may already be over.
    }
}
