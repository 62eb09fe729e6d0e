package io.hfeco2ai.dashboard;

import io.hfeco2ai.ledger.Ledger.Footprint;
import io.hfeco2ai.units.CarbonMass;
import io.hfeco2ai.units.Energy;
import java.math.BigInteger;
import org.jspecify.annotations.Nullable;

/**
 * The ledger's answer as a page words it; it computes no figure of its own.
 *
 * @param energy null: nothing is recorded
 * @param emissions null: unknown, {@code why} is the message key of the reason
 * @param tone of the quality badge
 * @param quality message key of the quality badge
 * @param share what the quality badge says in numbers: the measured part, or the uncertainty
 */
record FootprintView(
        @Nullable Energy energy,
        @Nullable CarbonMass emissions,
        @Nullable String why,
        String tone,
        String quality,
        @Nullable Double share,
        boolean partlyPriced,
        boolean provisional) {

    static final FootprintView NOTHING =
            new FootprintView(null, null, "why.nothing", "", "quality.none", null, false, false);

    static FootprintView of(@Nullable Footprint footprint) {
        if (footprint == null || isEmpty(footprint)) {
            return NOTHING;
        }
        Energy energy = footprint.energy();
        boolean measured = footprint.measured().equals(energy);
        boolean modelled = footprint.modelled().equals(energy);
        boolean unknown = !footprint.unknown().isZero();
        String quality = measured ? "measured" : modelled ? "modelled" : unknown ? "unknown" : "mixed";
        return new FootprintView(
                energy,
                footprint.emissions(),
                footprint.emissions() == null ? "why.zone" : null,
                measured ? "good" : unknown ? "bad" : "warn",
                "quality." + quality,
                quality.equals("mixed") ? measuredShare(footprint) : footprint.uncertaintyRatio(),
                footprint.emissions() != null && !footprint.priced().equals(energy),
                footprint.provisional());
    }

    /** Exact, for machines that read the page; null: unknown. */
    public @Nullable BigInteger exactMicrojoules() {
        return energy == null ? null : energy.microjoules();
    }

    /** Exact, as above. */
    public @Nullable BigInteger exactMicrograms() {
        return emissions == null ? null : emissions.micrograms();
    }

    /** Nothing was observed: there is no figure, which is something else than a figure of 0 (law 3). */
    private static boolean isEmpty(Footprint footprint) {
        Double coverage = footprint.coverageRatio();
        return footprint.energy().isZero() && (coverage == null || coverage == 0);
    }

    private static Double measuredShare(Footprint footprint) {
        return footprint.measured().joules() / footprint.energy().joules();
    }
}
