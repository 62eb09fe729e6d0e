package io.hfeco2ai.edge.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.hfeco2ai.ledger.Ledger.FactorUse;
import io.hfeco2ai.ledger.Ledger.Footprint;
import io.hfeco2ai.units.Boundary;
import io.hfeco2ai.units.Energy;
import java.math.BigDecimal;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A footprint as the API writes it. What is not known is null: energy while nothing was observed, market-based
 * emissions, embodied carbon and water always until they are accounted for.
 *
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
        @Nullable Double waterL,
        @Nullable Double pricedEnergyKwh,
        QualityJson quality,
        Map<String, Double> deviceKindsKwh,
        @Nullable Double coverageRatio,
        @Nullable Double uncertaintyRatio,
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

    static FootprintJson of(Footprint from) {
        return of(from, null);
    }

    static FootprintJson of(Footprint from, @Nullable Map<String, FootprintJson> groups) {
        Double coverage = from.coverageRatio();
        boolean known = !from.energy().isZero() || (coverage != null && coverage > 0);
        Boundary boundary = from.boundary();
        var emissions = from.emissions();
        return new FootprintJson(
                kwh(known, from.energy()),
                boundary == null ? null : boundary.name().toLowerCase(Locale.ROOT),
                kwh(known, from.facilityEnergy()),
                kwh(known, from.unattributed()),
                emissions == null || !known ? null : emissions.kilograms(),
                null,
                null,
                null,
                kwh(known, from.priced()),
                new QualityJson(kwh(known, from.measured()), kwh(known, from.modelled()), kwh(known, from.unknown())),
                kinds(from.byDeviceKind()),
                from.coverageRatio(),
                from.uncertaintyRatio(),
                from.provisional(),
                from.peakWatts(),
                from.factors().stream().map(FactorJson::of).toList(),
                from.methodVersion(),
                from.notes(),
                groups);
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
