package io.hfeco2ai.units;

/** A quantity as a person reads it: the number and its unit, apart so that a page can set them in different sizes. */
public record Figure(String number, String unit) {

    /** Shown for what is not known; never 0. */
    public static final Figure UNKNOWN = new Figure("—", "");

    @Override
    public String toString() {
        return unit.isEmpty() ? number : number + '\u00a0' + unit;
    }
}
