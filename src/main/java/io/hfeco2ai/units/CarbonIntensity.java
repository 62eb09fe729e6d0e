package io.hfeco2ai.units;

import java.math.BigDecimal;
import java.math.RoundingMode;

/** Grams of CO2 equivalent for each kilowatt-hour of electricity; never negative. */
public record CarbonIntensity(BigDecimal gramsPerKwh) {

    public CarbonIntensity {
        if (gramsPerKwh.signum() < 0) {
            throw new IllegalArgumentException("carbon intensity must be 0 g/kWh or more, was " + gramsPerKwh);
        }
    }

    /** Emissions of that energy, rounded half-even, once, to the microgram. */
    public CarbonMass emissionsOf(Energy energy) {
        return new CarbonMass(new BigDecimal(energy.microjoules())
                .multiply(gramsPerKwh)
                .movePointRight(6)
                .divide(Energy.MICROJOULES_PER_KWH, 0, RoundingMode.HALF_EVEN)
                .toBigInteger());
    }
}
