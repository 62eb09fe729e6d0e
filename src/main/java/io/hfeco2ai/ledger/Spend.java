package io.hfeco2ai.ledger;

import java.math.BigDecimal;

/** What was spent, apart by what is posted and what may still change. Made-up data is left out. */
public record Spend(Part posted, Part provisional) {

    public static final Spend NONE = new Spend(Part.NONE, Part.NONE);

    /**
     * Sums over entries; missing figures are left out, so each comes with the part of the energy that it covers.
     *
     * @param energyUj microjoules of the devices
     * @param facilityUj microjoules, of {@code facilityPartUj}
     * @param locationUg micrograms of CO2e, location-based, of {@code pricedUj}
     * @param observedMs device-milliseconds
     */
    public record Part(
            BigDecimal energyUj,
            BigDecimal facilityUj,
            BigDecimal facilityPartUj,
            BigDecimal locationUg,
            BigDecimal pricedUj,
            BigDecimal observedMs) {

        static final Part NONE = new Part(
                BigDecimal.ZERO, BigDecimal.ZERO, BigDecimal.ZERO, BigDecimal.ZERO, BigDecimal.ZERO, BigDecimal.ZERO);

        public Part plus(Part other) {
            return new Part(
                    energyUj.add(other.energyUj),
                    facilityUj.add(other.facilityUj),
                    facilityPartUj.add(other.facilityPartUj),
                    locationUg.add(other.locationUg),
                    pricedUj.add(other.pricedUj),
                    observedMs.add(other.observedMs));
        }
    }

    public Spend plus(Spend other) {
        return new Spend(posted.plus(other.posted), provisional.plus(other.provisional));
    }

    public Part total() {
        return posted.plus(provisional);
    }
}
