package io.hfeco2ai.sensor;

/**
 * Undoes the wrap-around of an energy counter that restarts at 0 after its range. A fall is a wrap when the step across it
 * would be less than half the range, else a reset, which is passed on as a fall.
 */
final class EnergyCounter {

    private final long range;
    private long lastRaw;
    private long base;

    /** @param range the largest value the counter shows, 0 when it never wraps */
    EnergyCounter(long range) {
        this.range = range;
    }

    /** @return a count that only grows, except at a reset */
    long unwrapped(long raw) {
        if (raw < lastRaw) {
            boolean wrapped = range > 0 && range - lastRaw + raw < range / 2;
            base = wrapped ? base + range : 0;
        }
        lastRaw = raw;
        return base + raw;
    }
}
