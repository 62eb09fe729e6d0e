package io.hfeco2ai.ledger;

import io.hfeco2ai.grid.Grid.MarketMethod;
import io.hfeco2ai.ledger.Ledger.Market;
import io.hfeco2ai.units.CarbonMass;
import io.hfeco2ai.units.Energy;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Adds up the market-based view. */
final class MarketSum {

    private BigDecimal micrograms = BigDecimal.ZERO;
    private BigDecimal priced = BigDecimal.ZERO;
    private BigDecimal certifiedTimesPpm = BigDecimal.ZERO;
    private final Map<MarketMethod, BigDecimal> byMethod = new EnumMap<>(MarketMethod.class);

    /**
     * @param method null: of method version 1, when no contract was known, so that the grid average stood in
     * @param pricedUj the part of the energy that has market-based emissions
     * @param energyTimesPpm Σ energy × certified part
     */
    void add(@Nullable String method, @Nullable BigDecimal ug, BigDecimal pricedUj, BigDecimal energyTimesPpm) {
        micrograms = ug == null ? micrograms : micrograms.add(ug);
        priced = priced.add(pricedUj);
        certifiedTimesPpm = certifiedTimesPpm.add(energyTimesPpm);
        BigDecimal rest = pricedUj.subtract(microjoules(energyTimesPpm));
        byMethod.merge(
                method == null ? MarketMethod.GRID_AVERAGE : MarketMethod.valueOf(method), rest, BigDecimal::add);
    }

    @Nullable Market sum() {
        if (priced.signum() == 0) {
            return null;
        }
        Map<MarketMethod, Energy> rest = new EnumMap<>(MarketMethod.class);
        byMethod.forEach((method, amount) -> {
            if (amount.signum() != 0) {
                rest.put(method, Energy.ofMicrojoules(amount));
            }
        });
        return new Market(
                CarbonMass.ofMicrograms(micrograms),
                Energy.ofMicrojoules(priced),
                Energy.ofMicrojoules(microjoules(certifiedTimesPpm)),
                rest);
    }

    private static BigDecimal microjoules(BigDecimal energyTimesPpm) {
        return energyTimesPpm.movePointLeft(6).setScale(0, RoundingMode.HALF_EVEN);
    }
}
