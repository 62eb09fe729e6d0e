package io.hfeco2ai.units;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;

/**
 * An amount of energy in whole microjoules, exact and without an upper bound (a year of a 1 TWh fleet is 3.6e21 µJ, more
 * than a {@code long} holds). Negative amounts occur in adjustments only.
 */
public record Energy(BigInteger microjoules) implements Comparable<Energy> {

    public static final Energy ZERO = new Energy(BigInteger.ZERO);

    /** 1 kWh = 3.6 MJ, by definition of the watt and the hour. */
    public static final BigDecimal MICROJOULES_PER_KWH = new BigDecimal("3600000000000");

    public static Energy ofMicrojoules(long microjoules) {
        return new Energy(BigInteger.valueOf(microjoules));
    }

    /** From a database {@code SUM}, which both databases return as a decimal. */
    public static Energy ofMicrojoules(BigDecimal microjoules) {
        return new Energy(microjoules.toBigIntegerExact());
    }

    /** Rounds half-even to the microjoule. */
    public static Energy ofJoules(double joules) {
        return new Energy(BigDecimal.valueOf(joules)
                .movePointRight(6)
                .setScale(0, RoundingMode.HALF_EVEN)
                .toBigInteger());
    }

    /** Rounds half-even to the microjoule. */
    public static Energy ofKilowattHours(double kilowattHours) {
        return new Energy(BigDecimal.valueOf(kilowattHours)
                .multiply(MICROJOULES_PER_KWH)
                .setScale(0, RoundingMode.HALF_EVEN)
                .toBigInteger());
    }

    public Energy plus(Energy other) {
        return new Energy(microjoules.add(other.microjoules));
    }

    public Energy minus(Energy other) {
        return new Energy(microjoules.subtract(other.microjoules));
    }

    /** This energy times a dimensionless factor such as a PUE, rounded half-even to the microjoule. */
    public Energy times(BigDecimal factor) {
        return new Energy(new BigDecimal(microjoules)
                .multiply(factor)
                .setScale(0, RoundingMode.HALF_EVEN)
                .toBigInteger());
    }

    public double joules() {
        return new BigDecimal(microjoules).movePointLeft(6).doubleValue();
    }

    public double kilowattHours() {
        return new BigDecimal(microjoules)
                .divide(MICROJOULES_PER_KWH, 15, RoundingMode.HALF_EVEN)
                .doubleValue();
    }

    public boolean isZero() {
        return microjoules.signum() == 0;
    }

    @Override
    public int compareTo(Energy other) {
        return microjoules.compareTo(other.microjoules);
    }
}
