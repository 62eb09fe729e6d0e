package io.hfeco2ai.ledger.embodied;

import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;

/**
 * What making a node emitted, spread evenly over the hours of its life: UTC days from the purchase on, to the same day of the
 * month that many months later. Hours outside carry nothing; all hours together are the whole, to the microgram.
 *
 * @param lifeMonths 1 to 240
 * @param embodiedUg micrograms CO2e, cradle to gate
 */
record NodeLife(LocalDate boughtOn, int lifeMonths, long embodiedUg) {

    static final long HOUR_MS = 3_600_000;

    LocalDate endsOn() {
        return boughtOn.plusMonths(lifeMonths);
    }

    /** Micrograms of the hours of [fromMs, toMs), which are starts of UTC hours. */
    long between(long fromMs, long toMs) {
        return fromMs >= toMs ? 0 : until(toMs) - until(fromMs);
    }

    /** Rounded down where the sum stands, so that neighbouring spans add up. */
    private long until(long ms) {
        long hours = ChronoUnit.DAYS.between(boughtOn, endsOn()) * 24;
        long startMs = boughtOn.atStartOfDay(ZoneOffset.UTC).toInstant().toEpochMilli();
        long gone = Math.max(0, Math.min(hours, Math.floorDiv(ms - startMs, HOUR_MS)));
        return embodiedUg / hours * gone + embodiedUg % hours * gone / hours;
    }
}
