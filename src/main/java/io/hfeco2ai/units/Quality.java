package io.hfeco2ai.units;

/** How an energy figure came to be. Never merged without saying so. */
public enum Quality {
    /** Read from an energy counter or a meter. */
    MEASURED,
    /** Computed from load. */
    MODELLED,
    /** A number that came without its method. */
    UNKNOWN,
    /** No number: a gap. */
    MISSING
}
