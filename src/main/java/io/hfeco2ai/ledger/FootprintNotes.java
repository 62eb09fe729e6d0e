package io.hfeco2ai.ledger;

import io.hfeco2ai.grid.Grid;
import io.hfeco2ai.ledger.Ledger.FactorUse;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What a reader of a figure must know, in plain sentences. */
final class FootprintNotes {

    private static final List<String> MODELLED_SPLITS = List.of("reserved", "process", "utilisation", "slice", "equal");

    private FootprintNotes() {}

    static List<String> of(FootprintSum sum, List<FactorUse> factors, Grid grid) {
        List<String> notes = new ArrayList<>();
        notes.addAll(price(sum, grid));
        for (FactorUse factor : factors) {
            if (factor.fallback()) {
                notes.add("Emissions in zone " + factor.zone() + " use the annual value of " + factor.dataYear()
                        + " for other years too: a newer one is not known.");
            }
        }
        BigDecimal split = MODELLED_SPLITS.stream()
                .map(key -> sum.byShareKey.getOrDefault(key, BigDecimal.ZERO))
                .reduce(BigDecimal.ZERO, BigDecimal::add);
        if (split.signum() != 0) {
            notes.add(kilowattHours(split)
                    + " come from devices that several runs use: their split is modelled, also where"
                    + " the device is measured.");
        }
        if (sum.byShareKey.getOrDefault("whole-node", BigDecimal.ZERO).signum() != 0) {
            notes.add(kilowattHours(sum.byShareKey.get("whole-node"))
                    + " belong to runs that declared no devices and so claim all that others leave of their node.");
        }
        if (sum.reported.signum() != 0) {
            notes.add(kilowattHours(sum.reported) + " were reported by other tools, not measured by this one.");
        }
        if (sum.observedMs.compareTo(sum.expectedMs) < 0) {
            notes.add("No readings for "
                    + sum.expectedMs.subtract(sum.observedMs).divide(BigDecimal.valueOf(1000), 0, RoundingMode.HALF_UP)
                    + " device-seconds: nothing is assumed for them, so the real energy is higher.");
        }
        if (sum.synthetic) {
            notes.add("Contains made-up data of a demonstration or simulator.");
        }
        return notes;
    }

    private static List<String> price(FootprintSum sum, Grid grid) {
        List<String> notes = new ArrayList<>();
        BigDecimal unpriced = sum.energy.subtract(sum.priced);
        if (unpriced.signum() != 0 && sum.unpricedNode != null) {
            String missing = grid.pricing(sum.unpricedNode, sum.unpricedHourMs).missing();
            notes.add(kilowattHours(unpriced) + " have no emissions. "
                    + Objects.requireNonNullElse(missing, "They are priced with the next recompute."));
        }
        if (sum.pricedWithoutOverhead.signum() != 0) {
            notes.add("Overhead excluded: emissions of " + kilowattHours(sum.pricedWithoutOverhead)
                    + " leave out cooling and power supply of the building, because the PUE of the site is not set.");
        }
        return notes;
    }

    private static String kilowattHours(@Nullable BigDecimal microjoules) {
        double kilowattHours = microjoules == null ? 0 : microjoules.doubleValue() / 3.6e12;
        return new BigDecimal(kilowattHours).round(new MathContext(3)).toPlainString() + " kWh";
    }
}
