package io.hfeco2ai.dashboard;

import io.hfeco2ai.experiments.Experiments.RunDetail;
import io.hfeco2ai.grid.Grid.Factor;
import io.hfeco2ai.ledger.Ledger.Entry;
import io.hfeco2ai.ledger.Ledger.FactorUse;
import io.hfeco2ai.ledger.Ledger.Footprint;
import io.hfeco2ai.ledger.Ledger.Uncertainty;
import io.hfeco2ai.metering.Metering.SourceUse;
import io.hfeco2ai.units.CarbonMass;
import io.hfeco2ai.units.DeviceKind;
import io.hfeco2ai.units.Energy;
import io.hfeco2ai.units.Quality;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * @param wholeNode a member named no device, though it could, so it was given the whole node
 * @param silentSince it runs, but nothing was heard of its nodes since then for a while; null: all is well
 * @param sources empty where only our own sensors spoke
 * @param entries the first page of the lines behind the figures
 */
record RunView(
        RunDetail detail,
        Footprint footprint,
        Uncertainty uncertainty,
        FootprintView figures,
        long durationMs,
        ChartView power,
        List<Part> kinds,
        List<Part> shares,
        List<Intensity> intensities,
        List<Entry> entries,
        List<NodeLink> nodes,
        boolean wholeNode,
        @Nullable Instant silentSince,
        List<Source> sources) {

    /** In UTC, as reports count days. */
    public LocalDate getFirstDay() {
        return day(detail.run().startedAt());
    }

    /** Null while it runs: up to today. */
    public @Nullable LocalDate getLastDay() {
        Instant ended = detail.run().endedAt();
        return ended == null ? null : day(ended);
    }

    private static LocalDate day(Instant time) {
        return LocalDate.ofInstant(time, ZoneOffset.UTC);
    }

    /** Null when its parameters and metrics say nothing of a training. */
    public @Nullable TrainingView getTraining() {
        return TrainingView.of(detail, figures.energy());
    }

    /** @param ratio of the whole, 0 to 1 */
    record Part(String name, String style, Energy energy, double ratio) {}

    record Intensity(FactorUse use, @Nullable Factor factor) {}

    /** @param name the tool and its version, or our own sampler or agent */
    record Source(
            String name,
            String source,
            Quality quality,
            String nodeId,
            String nodeName,
            DeviceKind kind,
            Energy reported,
            Energy counted) {

        static Source of(SourceUse use) {
            String origin = use.origin();
            return new Source(
                    origin.substring(origin.indexOf(':') + 1),
                    use.source(),
                    use.quality(),
                    use.nodeId(),
                    use.nodeName(),
                    use.kind(),
                    Energy.ofMicrojoules(use.reportedUj()),
                    Energy.ofMicrojoules(use.countedUj()));
        }
    }

    record NodeLink(String id, String name) {}

    /** Lower end of the 95 % interval of the location-based emissions; null: unknown. */
    public @Nullable CarbonMass getEmissionsLow() {
        return end(uncertainty.lowRatio());
    }

    /** Its upper end. */
    public @Nullable CarbonMass getEmissionsHigh() {
        return end(uncertainty.highRatio());
    }

    private @Nullable CarbonMass end(@Nullable Double ratio) {
        CarbonMass emissions = figures.emissions();
        return emissions == null || ratio == null
                ? null
                : CarbonMass.ofMicrograms(new BigDecimal(emissions.micrograms())
                        .multiply(BigDecimal.valueOf(ratio))
                        .setScale(0, RoundingMode.HALF_EVEN));
    }

    public boolean isRunning() {
        return detail.run().status().equals("RUNNING");
    }
}
