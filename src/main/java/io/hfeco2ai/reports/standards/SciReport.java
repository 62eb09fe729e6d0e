package io.hfeco2ai.reports.standards;

import io.hfeco2ai.experiments.Experiments;
import io.hfeco2ai.grid.Grid;
import io.hfeco2ai.ledger.Ledger;
import io.hfeco2ai.ledger.embodied.Embodied;
import io.hfeco2ai.ledger.embodied.Embodied.Share;
import io.hfeco2ai.reports.Progress;
import io.hfeco2ai.reports.Report.Cell;
import io.hfeco2ai.reports.Report.Column;
import io.hfeco2ai.reports.Report.Figure;
import io.hfeco2ai.reports.Report.Section;
import io.hfeco2ai.reports.Report.State;
import io.hfeco2ai.reports.ReportMaker;
import io.hfeco2ai.reports.ReportRequest;
import io.hfeco2ai.reports.Standard;
import io.hfeco2ai.reports.Standard.Option;
import io.hfeco2ai.units.CarbonMass;
import java.math.BigDecimal;
import java.math.MathContext;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Software Carbon Intensity, ISO/IEC 21031:2024: SCI = (E × I + M) per R. E is what the runs used and kept for themselves,
 * idle time on reserved devices included; what nobody reserved is not in it. I is the average of the grid, location-based. M is
 * the share of the nodes' lives that the runs reserved.
 */
@Component
class SciReport implements ReportMaker {

    private static final MathContext DIGITS = MathContext.DECIMAL32;
    private static final BigDecimal THOUSAND = new BigDecimal(1000);
    private static final String GRAMS = "gCO2eq";

    private final Ledger ledger;
    private final Grid grid;
    private final Embodied embodied;
    private final Experiments experiments;
    private final Clock clock;

    SciReport(Ledger ledger, Grid grid, Embodied embodied, Experiments experiments, Clock clock) {
        this.ledger = ledger;
        this.grid = grid;
        this.embodied = embodied;
        this.experiments = experiments;
        this.clock = clock;
    }

    @Override
    public Standard standard() {
        return Standard.SCI;
    }

    @Override
    public Draft make(ReportRequest request, String entries, Progress progress) {
        Activity activity = Activity.of(ledger, grid, request, progress);
        RunSet runs = RunSet.of(ledger, experiments, request, clock.millis(), progress);
        Share share = embodied.share(request.question());
        Parts parts = new Parts(activity.total, entries, share, runs, request.option(Option.PER));
        ActivityTables tables = new ActivityTables(activity, grid, entries);
        return new Draft(
                "Software carbon intensity",
                "ISO/IEC 21031:2024, SCI",
                activity.provisional,
                List.of(
                        new Section(
                                "Score", "Lower is better; it cannot be lowered by offsets.", parts.score(), List.of()),
                        new Section("What it is made of", "SCI = (E × I + M) per R", parts.figures(), List.of()),
                        boundary(activity.total, runs),
                        new Section(
                                "Runs",
                                "Each without its child runs, which have rows of their own. Runs that failed or were killed"
                                        + " count too.",
                                List.of(),
                                List.of(runs.table(
                                        List.of(new Column("Embodied share", Figures.KG)),
                                        one -> List.of(Cell.of(kilograms(share, one)))))),
                        new Section(
                                "Where, when and with which intensities",
                                null,
                                List.of(),
                                List.of(tables.bySite(), tables.byMonth(), tables.locationFactors()))),
                notes(activity),
                List.copyOf(activity.methods));
    }

    private static @Nullable BigDecimal kilograms(Share share, RunSet.One one) {
        CarbonMass mass = share.byRun().get(one.run().id());
        return mass == null ? null : RunSet.kg(mass);
    }

    private static Section boundary(Sum sum, RunSet runs) {
        return new Section(
                "Boundary and method",
                null,
                List.of(
                        Figure.text(
                                "",
                                "Software boundary",
                                "the runs listed below: their processors, accelerators and memory, and what else of a node"
                                        + " was metered; not networks, storage services, or the computers of people",
                                "All metered devices that the runs used or reserved"),
                        Figure.text(
                                "",
                                "Method",
                                "measured and modelled energy of devices, hour by hour, each hour with the intensity of its"
                                        + " grid",
                                "docs/accounting.md says how"),
                        new Figure(
                                "",
                                "Runs",
                                BigDecimal.valueOf(runs.all().size()),
                                null,
                                "",
                                State.VALUE,
                                runs.cut() == 0
                                        ? "All of them began and ended in the period"
                                        : runs.cut()
                                                + " of them began before the period or went on after it: only their"
                                                + " part in the period counts",
                                null),
                        Figures.coverage(sum),
                        Figures.measured(sum)),
                List.of());
    }

    private static List<String> notes(Activity activity) {
        List<String> notes = new ArrayList<>(List.of(
                "Compare with scores of the same boundary, functional unit and method only.",
                "I is an average intensity of each site's grid. Contracts, certificates and other market-based measures do"
                        + " not change it, and nothing is offset.",
                "M amortises what it took to make the nodes over their lives, by reserved device-time. It must not be added to"
                        + " purchases of the year (Scope 3, category 2).",
                "Hourly intensities are used where they are known; yearly ones, where they are not, are the coarsest that SCI"
                        + " accepts."));
        if (activity.provisional) {
            notes.add("Some hours are provisional; make the report again when they are posted.");
        }
        return notes;
    }

    /** The terms of the formula; a null one is not known, and then neither is the score. */
    private record Parts(Sum sum, String entries, Share share, RunSet runs, String per) {

        List<Figure> score() {
            BigDecimal operational = grams();
            BigDecimal units = units().orElse(null);
            CarbonMass embodied = share.amount();
            String unit = GRAMS + " per " + unit();
            if (units == null || units.signum() == 0) {
                return List.of(Figure.missing("SCI", "SCI score", unit, r().how()));
            }
            if (operational == null) {
                return List.of(Figure.missing("SCI", "SCI score", unit, i().how()));
            }
            Figure part = new Figure(
                    "O per R",
                    "Operational part of it",
                    operational.divide(units, DIGITS),
                    null,
                    unit,
                    e().state(),
                    "(E × I) ÷ R; no SCI score by itself",
                    null);
            if (embodied == null) {
                return List.of(Figure.missing("SCI", "SCI score", unit, m().how()), part);
            }
            BigDecimal score = operational.add(embodiedGrams(embodied)).divide(units, DIGITS);
            return List.of(
                    new Figure(
                            "SCI",
                            "SCI score",
                            plain(score),
                            null,
                            unit,
                            State.ESTIMATED,
                            "(E × I + M) ÷ R, of the figures below; M is an estimate",
                            null),
                    part);
        }

        List<Figure> figures() {
            BigDecimal grams = grams();
            Figure o = grams == null
                    ? Figure.missing("O", "Operational emissions, E × I", GRAMS, i().how())
                    : new Figure(
                            "O",
                            "Operational emissions, E × I",
                            grams,
                            null,
                            GRAMS,
                            e().state(),
                            "Hour by hour, location-based",
                            entries);
            return List.of(e(), i(), o, m(), r());
        }

        private Figure e() {
            Figure supplied = new Figures(sum, entries, false).electricity("E", "Energy used and reserved, E");
            return sum.isEmpty()
                    ? Figure.missing("E", supplied.label(), Figures.KWH, "No run used energy in the period.")
                    : supplied;
        }

        private Figure i() {
            BigDecimal grams = grams();
            String label = "Carbon intensity, I";
            if (grams == null) {
                return Figure.missing(
                        "I",
                        label,
                        "gCO2eq/kWh",
                        sum.isEmpty()
                                ? "No run used energy in the period."
                                : Figures.unpriced(sum.unpricedKwh()) + " no intensity: set the zone of their sites.");
            }
            return new Figure(
                    "I",
                    label,
                    plain(Objects.requireNonNull(sum.gramsPerKwh())),
                    null,
                    "gCO2eq/kWh",
                    State.VALUE,
                    "Mean over the energy, from O ÷ E; average, location-based, table \"Location-based factors\"",
                    null);
        }

        private Figure m() {
            CarbonMass mass = share.amount();
            String label = "Embodied emissions, M";
            if (mass == null) {
                return Figure.missing(
                        "M",
                        label,
                        GRAMS,
                        share.note() == null
                                ? "No run used a node in the period."
                                : share.note() + ": set it on the page of each node.");
            }
            return new Figure(
                    "M",
                    label,
                    embodiedGrams(mass),
                    null,
                    GRAMS,
                    State.ESTIMATED,
                    "M = TE × (time reserved ÷ life) × (device-time reserved ÷ all), hour by hour, of " + share.nodes()
                            + " nodes",
                    null);
        }

        private Figure r() {
            String label = "Functional units, R: " + unit();
            Optional<BigDecimal> units = units();
            if (units.isPresent() && units.get().signum() > 0) {
                return new Figure("R", label, plain(units.get()), null, "", State.VALUE, how(), null);
            }
            return Figure.missing(
                    "R",
                    label,
                    "",
                    switch (per) {
                        case "tokens", "samples" ->
                            runs.cut() == 0
                                    ? "A run does not say how many " + per + " it went through: tell it as progress, or"
                                            + " choose runs that do."
                                    : "Some runs lie partly outside the period, and nobody knows how many of their "
                                            + per + " do: choose a period that holds them whole.";
                        default -> "No run used energy in the period.";
                    });
        }

        private String how() {
            return switch (per) {
                case "run" -> "Runs with energy in the period; child runs are a part of theirs";
                case "run-hour" ->
                    "Time from start to end of all attempts, within the period; child runs are a part of theirs";
                default -> "The last " + per + " that each run told, ÷ 1,000";
            };
        }

        private String unit() {
            return switch (per) {
                case "run" -> "run";
                case "run-hour" -> "hour of a run";
                default -> String.format(Locale.ROOT, "1,000 %s", per);
            };
        }

        private Optional<BigDecimal> units() {
            return switch (per) {
                case "run" -> Optional.of(BigDecimal.valueOf(runs.tops().size()));
                case "run-hour" -> Optional.of(runs.hours());
                default ->
                    runs.cut() > 0 ? Optional.empty() : runs.counted(per).map(sum -> sum.divide(THOUSAND, DIGITS));
            };
        }

        /** E × I, not rounded before; null: not all energy has an intensity. */
        private @Nullable BigDecimal grams() {
            return sum.isEmpty() || !sum.allPriced() ? null : sum.locationGrams();
        }

        private static BigDecimal embodiedGrams(CarbonMass mass) {
            return new BigDecimal(mass.micrograms()).movePointLeft(6);
        }

        /** Without an exponent. */
        private static BigDecimal plain(BigDecimal amount) {
            return amount.scale() < 0 ? amount.setScale(0) : amount;
        }
    }
}
