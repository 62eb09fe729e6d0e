package io.hfeco2ai.ledger;

import io.hfeco2ai.grid.Grid.Factor;
import io.hfeco2ai.grid.Grid.Market;
import io.hfeco2ai.grid.Grid.Pricing;
import io.hfeco2ai.ledger.Ledger.Amounts;
import io.hfeco2ai.ledger.Ledger.Key;
import io.hfeco2ai.ledger.Ledger.MarketKey;
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

/** What an hour's energy costs in facility energy, carbon and water. Unknown stays unknown. */
final class EntryPricing {

    private static final BigDecimal MILLION = BigDecimal.valueOf(1_000_000);

    private EntryPricing() {}

    static Map<Key, Amounts> price(List<HourSum> sums, Pricing pricing) {
        Map<Key, Amounts> priced = new TreeMap<>(EntryStore.KEY_ORDER);
        for (HourSum sum : sums) {
            if (sum.quality() == Quality.MISSING) {
                priced.put(
                        key(sum, null, null, null, null),
                        new Amounts(0, null, null, 0, sum.expectedMs(), sum.observedMs(), null, null));
            } else {
                price(sum, pricing, priced);
            }
        }
        return priced;
    }

    /**
     * Energy taken at the facility's supply already contains the overhead, so it is not multiplied by the PUE (law 10), and
     * the WUE, which is for IT energy, says nothing about it. Each figure is rounded half-even once, to whole microjoules,
     * micrograms and microlitres; emissions are those of the rounded facility energy, so that they can be computed again
     * from the entry.
     */
    private static void price(HourSum sum, Pricing pricing, Map<Key, Amounts> into) {
        Energy energy = Energy.ofMicrojoules(sum.energyUj());
        boolean overheadIncluded = sum.boundary() == Boundary.FACILITY;
        BigDecimal pue = overheadIncluded || pricing.pue() == null ? null : scaled(pricing.pue());
        BigDecimal wue = overheadIncluded || pricing.wue() == null ? null : scaled(pricing.wue());
        Energy facility = overheadIncluded ? energy : pue == null ? null : energy.times(pue);
        Energy emitting = facility == null ? energy : facility;
        Factor factor = pricing.factor();
        Market market = pricing.market();
        into.put(
                key(sum, pue, factor == null ? null : factor.id(), market == null ? null : key(market), wue),
                new Amounts(
                        sum.energyUj(),
                        facility == null ? null : facility.microjoules().longValueExact(),
                        factor == null ? null : micrograms(emitting, factor.gramsPerKwh()),
                        factor == null ? 0 : sum.energyUj(),
                        sum.expectedMs(),
                        sum.observedMs(),
                        market == null ? null : micrograms(emitting, gramsPerKwh(market)),
                        wue == null ? null : microlitres(energy, wue)));
    }

    private static long micrograms(Energy energy, BigDecimal gramsPerKwh) {
        return new CarbonIntensity(gramsPerKwh).emissionsOf(energy).micrograms().longValueExact();
    }

    /** The certified part at the certificates' value, the rest at what else is known of it. */
    static BigDecimal gramsPerKwh(Market market) {
        Factor certificate = market.certificate();
        if (certificate == null) {
            return market.factor().gramsPerKwh();
        }
        BigDecimal certified = BigDecimal.valueOf(market.certifiedPpm());
        return certificate
                .gramsPerKwh()
                .multiply(certified)
                .add(market.factor().gramsPerKwh().multiply(MILLION.subtract(certified)))
                .movePointLeft(6);
    }

    private static long microlitres(Energy energy, BigDecimal litresPerKwh) {
        return new BigDecimal(energy.microjoules())
                .multiply(litresPerKwh)
                .movePointRight(6)
                .divide(Energy.MICROJOULES_PER_KWH, 0, RoundingMode.HALF_EVEN)
                .longValueExact();
    }

    /** As the database keeps it, so that keys compare equal. */
    static BigDecimal scaled(BigDecimal ratio) {
        return ratio.setScale(4, RoundingMode.HALF_EVEN);
    }

    private static MarketKey key(Market market) {
        Factor certificate = market.certificate();
        return new MarketKey(
                market.method(),
                market.factor().id(),
                market.certifiedPpm(),
                certificate == null ? null : certificate.id());
    }

    private static Key key(
            HourSum sum,
            @Nullable BigDecimal pue,
            @Nullable String factorId,
            @Nullable MarketKey market,
            @Nullable BigDecimal wue) {
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
                Ledger.METHOD_VERSION,
                market,
                wue);
    }
}
