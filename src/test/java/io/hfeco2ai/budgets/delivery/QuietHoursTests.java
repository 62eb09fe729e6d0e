package io.hfeco2ai.budgets.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.ZoneId;
import java.util.Random;
import org.junit.jupiter.api.Test;

class QuietHoursTests {

    private static final ZoneId BERLIN = ZoneId.of("Europe/Berlin");
    private static final QuietHours NIGHT = new QuietHours(BERLIN, 22 * 60, 7 * 60);

    @Test
    void whatComesInTheEveningWaitsForTheMorningOfTheZone() {
        assertThat(NIGHT.after(Instant.parse("2026-01-10T21:00:00Z"))).isEqualTo("2026-01-11T06:00:00Z");
        assertThat(NIGHT.after(Instant.parse("2026-01-11T05:59:59Z"))).isEqualTo("2026-01-11T06:00:00Z");
        assertThat(NIGHT.after(Instant.parse("2026-01-11T06:00:00Z"))).isEqualTo("2026-01-11T06:00:00Z");
        assertThat(NIGHT.after(Instant.parse("2026-01-11T20:59:00Z"))).isEqualTo("2026-01-11T20:59:00Z");
    }

    @Test
    void aClockChangeMovesTheEnd() {
        assertThat(NIGHT.after(Instant.parse("2026-03-28T23:00:00Z"))).isEqualTo("2026-03-29T05:00:00Z");
        assertThat(NIGHT.after(Instant.parse("2026-10-24T22:00:00Z"))).isEqualTo("2026-10-25T06:00:00Z");
    }

    @Test
    void quietHoursWithinADayEndThatDay() {
        QuietHours lunch = new QuietHours(BERLIN, 12 * 60, 13 * 60);
        assertThat(lunch.after(Instant.parse("2026-01-10T11:30:00Z"))).isEqualTo("2026-01-10T12:00:00Z");
        assertThat(lunch.after(Instant.parse("2026-01-10T22:30:00Z"))).isEqualTo("2026-01-10T22:30:00Z");
    }

    @Test
    void aDeliveryIsTriedAgainEverLaterForADayAndThenGivenUp() {
        Random random = new Random(1);
        long now = 0;
        int attempts = 0;
        Long next = 0L;
        long before = 0;
        while (next != null) {
            attempts++;
            before = now;
            now = next;
            next = Backoff.next(attempts, 0, now, random);
        }
        assertThat(attempts).isBetween(30, 40);
        assertThat(now - before).isBetween(2_700_000L, 4_500_000L);
        assertThat(now).isBetween(Backoff.GIVE_UP_MS - 4_500_000, Backoff.GIVE_UP_MS);
        assertThat(Backoff.next(1, 0, 0, random)).isBetween(3_750L, 6_250L);
    }
}
