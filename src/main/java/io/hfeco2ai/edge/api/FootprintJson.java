package io.hfeco2ai.edge.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.hfeco2ai.grid.Grid.MarketMethod;
import io.hfeco2ai.ledger.Ledger.FactorUse;
import io.hfeco2ai.ledger.Ledger.Footprint;
import io.hfeco2ai.ledger.Ledger.Market;
import io.hfeco2ai.ledger.Ledger.Uncertainty;
import io.hfeco2ai.units.Boundary;
import io.hfeco2ai.units.CarbonMass;
import io.hfeco2ai.units.Energy;
import java.math.BigDecimal;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A footprint as the API writes it. What is not known is null: energy while nothing was observed, emissions
 * without a factor, water without a WUE, embodied carbon always until it is accounted for.
 *
 * @param uncertaintyRatio of the energy, ± at k = 2; of a group the mean over its sources, as if all erred alike
 * @param emissionsLowKgCo2e lower end of the 95 % interval; null in groups
 * @param emissionsHighKgCo2e upper end; null in groups
 * @param groups only where the question has group_by
 */
record FootprintJson(
        @Nullable Double energyKwh,
        @Nullable String boundary,
        @Nullable Double facilityEnergyKwh,
        @Nullable Double unattributedEnergyKwh,
        @Nullable Double emissionsKgCo2e,
        @Nullable Double emissionsMarketKgCo2e,
        @Nullable Double embodiedKgCo2e,
        @Nullable BigDecimal waterL,
        @Nullable Double pricedEnergyKwh,
        @Nullable MarketJson market,
        QualityJson quality,
        Map<String, Double> deviceKindsKwh,
        @Nullable Double coverageRatio,
        @Nullable Double uncertaintyRatio,
        @Nullable Double emissionsLowKgCo2e,
        @Nullable Double emissionsHighKgCo2e,
        boolean provisional,
        @Nullable Double peakPowerW,
        List<FactorJson> factors,
        String methodVersion,
        List<String> notes,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Map<String, FootprintJson> groups) {

    record QualityJson(
            @Nullable Double measuredKwh,
            @Nullable Double modelledKwh,
            @Nullable Double unknownKwh) {}

    /** What the market-based emissions stand on; the parts add up to the priced energy. */
    record MarketJson(
            double pricedEnergyKwh,
            double certifiedKwh,
            double supplierKwh,
            double residualKwh,
            double gridAverageKwh) {

        static MarketJson of(Market market) {
            return new MarketJson(
                    market.priced().kilowattHours(),
                    market.certified().kilowattHours(),
                    of(market, MarketMethod.SUPPLIER),
                    of(market, MarketMethod.RESIDUAL),
                    of(market, MarketMethod.GRID_AVERAGE));
        }

        private static double of(Market market, MarketMethod method) {
            return market.byMethod().getOrDefault(method, Energy.ZERO).kilowattHours();
        }
    }

    record FactorJson(
            String zone,
            BigDecimal gPerKwh,
            String method,
            String basis,
            String source,
            String edition,
            int dataYear,
            boolean fallback) {

        static FactorJson of(FactorUse use) {
            return new FactorJson(
                    use.zone(),
                    use.gPerKwh(),
                    use.method(),
                    use.basis(),
                    use.source(),
                    use.edition(),
                    use.dataYear(),
                    use.fallback());
        }
    }

    /** A group, whose uncertainty is not asked for. */
    static FootprintJson of(Footprint from) {
        return of(from, null, null, null);
    }

    /**
     * @param sure null: not asked for
     * @param embodied the SCI share; null: unknown, or not asked for
     */
    static FootprintJson of(
            Footprint from,
            @Nullable Uncertainty sure,
            @Nullable CarbonMass embodied,
            @Nullable Map<String, FootprintJson> groups) {
        Double coverage = from.coverageRatio();
        boolean known = !from.energy().isZero() || (coverage != null && coverage > 0);
        Boundary boundary = from.boundary();
        var emissions = from.emissions();
        Market market = from.market();
        return new FootprintJson(
                kwh(known, from.energy()),
                boundary == null ? null : boundary.name().toLowerCase(Locale.ROOT),
                kwh(known, from.facilityEnergy()),
                kwh(known, from.unattributed()),
                emissions == null || !known ? null : emissions.kilograms(),
                market == null || !known ? null : market.emissions().kilograms(),
                embodied == null ? null : embodied.kilograms(),
                known ? from.waterLitres() : null,
                kwh(known, from.priced()),
                market == null ? null : MarketJson.of(market),
                new QualityJson(kwh(known, from.measured()), kwh(known, from.modelled()), kwh(known, from.unknown())),
                kinds(from.byDeviceKind()),
                from.coverageRatio(),
                sure == null ? from.uncertaintyRatio() : sure.energyRatio(),
                end(emissions, sure == null ? null : sure.lowRatio()),
                end(emissions, sure == null ? null : sure.highRatio()),
                from.provisional(),
                from.peakWatts(),
                from.factors().stream().map(FactorJson::of).toList(),
                from.methodVersion(),
                from.notes(),
                groups);
    }

    private static @Nullable Double end(@Nullable CarbonMass emissions, @Nullable Double ratio) {
        return emissions == null || ratio == null ? null : emissions.kilograms() * ratio;
    }

    private static @Nullable Double kwh(boolean known, @Nullable Energy energy) {
        return known && energy != null ? energy.kilowattHours() : null;
    }

    private static Map<String, Double> kinds(Map<String, Energy> energies) {
        Map<String, Double> kinds = new LinkedHashMap<>();
        energies.forEach((kind, energy) -> kinds.put(kind.toLowerCase(Locale.ROOT), energy.kilowattHours()));
        return kinds;
    }
}
