package io.hfeco2ai.units;

import java.math.BigDecimal;
import java.math.BigInteger;

/** A mass of CO2 equivalent in whole micrograms, exact and without an upper bound. Negative in adjustments only. */
public record CarbonMass(BigInteger micrograms) implements Comparable<CarbonMass> {

    public static final CarbonMass ZERO = new CarbonMass(BigInteger.ZERO);

    public static CarbonMass ofMicrograms(long micrograms) {
        return new CarbonMass(BigInteger.valueOf(micrograms));
    }

    /** From a database {@code SUM}, which both databases return as a decimal. */
    public static CarbonMass ofMicrograms(BigDecimal micrograms) {
        return new CarbonMass(micrograms.toBigIntegerExact());
    }

    public CarbonMass plus(CarbonMass other) {
        return new CarbonMass(micrograms.add(other.micrograms));
    }

    public double grams() {
        return new BigDecimal(micrograms).movePointLeft(6).doubleValue();
    }

    public double kilograms() {
        return new BigDecimal(micrograms).movePointLeft(9).doubleValue();
    }

    @Override
    public int compareTo(CarbonMass other) {
        return micrograms.compareTo(other.micrograms);
    }
}
