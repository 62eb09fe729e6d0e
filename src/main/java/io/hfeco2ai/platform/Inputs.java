package io.hfeco2ai.platform;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** What holds for each text and time that comes from outside, whichever way it comes. */
public final class Inputs {

    private static final Instant OLDEST = Instant.parse("2000-01-01T00:00:00Z");
    private static final Instant NEWEST = Instant.parse("2100-01-01T00:00:00Z");

    private Inputs() {}

    /**
     * No control characters: PostgreSQL does not store all of them, and no name has any.
     *
     * @throws BadInput naming the field
     */
    public static void plain(String field, @Nullable String text) {
        if (text != null && text.chars().anyMatch(Character::isISOControl)) {
            throw new BadInput(field, "Field " + field + " has a control character (such as a line break); remove it.");
        }
    }

    /**
     * From the year 2000 to 2100: far from what a long of milliseconds holds, near enough to find a wrong unit.
     *
     * @throws BadInput naming the field
     */
    public static Instant time(String field, Instant at) {
        if (at.isBefore(OLDEST) || at.isAfter(NEWEST)) {
            throw new BadInput(
                    field,
                    "Field " + field + " is " + at + ", not from the year 2000 to 2100; give the time in UTC, such as"
                            + " 2026-01-31T12:00:00Z.");
        }
        return at;
    }
}
