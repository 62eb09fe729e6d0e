package io.hfeco2ai.ledger;

import io.hfeco2ai.grid.Grid.Factor;
import io.hfeco2ai.grid.Grid.Pricing;
import io.hfeco2ai.ledger.Ledger.Amounts;
import io.hfeco2ai.ledger.Ledger.Key;
import io.hfeco2ai.metering.Metering.HourSum;
import io.hfeco2ai.units.Boundary;
import io.hfeco2ai.units.CarbonIntensity;
import io.hfeco2ai.units.Energy;
import io.hfeco2ai.units.Quality;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What an hour's energy costs in facility energy and carbon. Unknown stays unknown. */
final class EntryPricing {

    private EntryPricing() {}

    static Map<Key, Amounts> price(List<HourSum> sums, Pricing pricing) {
        Map<Key, Amounts> priced = new TreeMap<>(EntryStore.KEY_ORDER);
        for (HourSum sum : sums) {
            if (sum.quality() == Quality.MISSING) {
                priced.put(key(sum, null, null), new Amounts(0, null, null, 0, sum.expectedMs(), sum.observedMs()));
            } else {
                price(sum, pricing, priced);
            }
        }
        return priced;
    }

    /**
     * Energy taken at the facility's supply already contains the overhead, so it is not multiplied by the PUE (law 10).
     * Each figure is rounded half-even once, to whole microjoules and micrograms; emissions are those of the rounded
     * facility energy, so that they can be computed again from the entry.
     */
    private static void price(HourSum sum, Pricing pricing, Map<Key, Amounts> into) {
        Energy energy = Energy.ofMicrojoules(sum.energyUj());
        boolean overheadIncluded = sum.boundary() == Boundary.FACILITY;
        BigDecimal pue = overheadIncluded || pricing.pue() == null ? null : scaled(pricing.pue());
        Energy facility = overheadIncluded ? energy : pue == null ? null : energy.times(pue);
        Factor factor = pricing.factor();
        Long micrograms = factor == null
                ? null
                : new CarbonIntensity(factor.gramsPerKwh())
                        .emissionsOf(facility == null ? energy : facility)
                        .micrograms()
                        .longValueExact();
        into.put(
                key(sum, pue, factor == null ? null : factor.id()),
                new Amounts(
                        sum.energyUj(),
                        facility == null ? null : facility.microjoules().longValueExact(),
                        micrograms,
                        factor == null ? 0 : sum.energyUj(),
                        sum.expectedMs(),
                        sum.observedMs()));
    }

    /** As the database keeps it, so that keys compare equal. */
    static BigDecimal scaled(BigDecimal pue) {
        return pue.setScale(4, RoundingMode.HALF_EVEN);
    }

    private static Key key(HourSum sum, @Nullable BigDecimal pue, @Nullable String factorId) {
        return new Key(
                sum.runId(),
                sum.kind(),
                sum.shareKey(),
                sum.quality(),
                sum.boundary(),
                sum.origin(),
                sum.synthetic(),
                pue,
                factorId,
                sum.uncertaintyPpm(),
                Ledger.METHOD_VERSION);
    }
}
