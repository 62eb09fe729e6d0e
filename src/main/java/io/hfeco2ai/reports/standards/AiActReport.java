package io.hfeco2ai.reports.standards;

import io.hfeco2ai.experiments.Experiments;
import io.hfeco2ai.grid.Grid;
import io.hfeco2ai.ledger.Ledger;
import io.hfeco2ai.metering.Metering;
import io.hfeco2ai.reports.Progress;
import io.hfeco2ai.reports.Report.Figure;
import io.hfeco2ai.reports.Report.Section;
import io.hfeco2ai.reports.Report.State;
import io.hfeco2ai.reports.ReportMaker;
import io.hfeco2ai.reports.ReportRequest;
import io.hfeco2ai.reports.Standard;
import io.hfeco2ai.reports.Standard.Option;
import java.math.BigDecimal;
import java.time.Clock;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * What the energy part of a general-purpose model's documentation needs: Annex XI of Regulation (EU) 2024/1689, section 1, points
 * 2(d) and 2(e). Of a set of runs; which runs made a model is said by whoever asks.
 */
@Component
class AiActReport implements ReportMaker {

    private static final String ENERGY = "Annex XI, 1, 2(e)";
    private static final String COMPUTE = "Annex XI, 1, 2(d)";

    private final Ledger ledger;
    private final Grid grid;
    private final Experiments experiments;
    private final Metering metering;
    private final Clock clock;

    AiActReport(Ledger ledger, Grid grid, Experiments experiments, Metering metering, Clock clock) {
        this.ledger = ledger;
        this.grid = grid;
        this.experiments = experiments;
        this.metering = metering;
        this.clock = clock;
    }

    @Override
    public Standard standard() {
        return Standard.AI_ACT;
    }

    @Override
    public Draft make(ReportRequest request, String entries, Progress progress) {
        Activity activity = Activity.of(ledger, grid, request, progress);
        RunSet runs = RunSet.of(ledger, experiments, request, clock.millis(), progress);
        Training training = new Training(runs, metering, request.fromMs(), Math.min(request.toMs(), clock.millis()));
        ActivityTables tables = new ActivityTables(activity, grid, entries);
        return new Draft(
                "Energy of training a model",
                "Regulation (EU) 2024/1689, Annex XI, section 1",
                activity.provisional,
                List.of(
                        new Section(
                                "Energy and compute",
                                null,
                                energy(activity, runs, training, request, entries),
                                List.of()),
                        new Section(
                                "Boundary",
                                "The annex sets no boundary, so this one is part of the figure.",
                                boundary(activity),
                                List.of()),
                        new Section(
                                "Runs counted",
                                "All that used energy in the period, those that failed or were killed too. Each without its"
                                        + " child runs, which have rows of their own.",
                                counts(runs),
                                List.of(runs.table())),
                        new Section("Where and when", null, List.of(), List.of(tables.bySite(), tables.byMonth()))),
                List.of(
                        "A contribution to a model's documentation, and no sign that a duty is met. Whoever provides the model"
                                + " decides which runs belong to it; models are not linked to runs here.",
                        "Energy is a sum of what was metered, not derived from compute. Data preparation, evaluation and trials"
                                + " count if they are runs of the scope.",
                        "Write energy with at least two significant figures, in MWh."),
                List.copyOf(activity.methods));
    }

    private static List<Figure> energy(
            Activity activity, RunSet runs, Training training, ReportRequest request, String entries) {
        String model = request.option(Option.MODEL);
        Figure energy = new Figures(activity.total, entries, true).electricity(ENERGY, "Energy of training");
        return List.of(
                model.isEmpty()
                        ? Figure.missing("", "Model", "", "Give its name when you ask for the report.")
                        : Figure.text("", "Model", model, "As given by whoever asked for the report"),
                activity.total.isEmpty()
                        ? Figure.missing(ENERGY, energy.label(), energy.unit(), "No run used energy in the period.")
                        : energy,
                Figure.missing(
                        COMPUTE,
                        "Compute of training",
                        "FLOP",
                        "Operations are not counted here: take them from the training's own log, or from parameters and"
                                + " tokens by a published method."),
                new Figure(
                        COMPUTE,
                        "Training time",
                        runs.hours(),
                        null,
                        "h",
                        State.VALUE,
                        "From start to end of all attempts within the period, runs beside each other added up; child runs"
                                + " are a part of theirs",
                        null),
                training.acceleratorHours(COMPUTE),
                training.hardware(""));
    }

    private static List<Figure> boundary(Activity activity) {
        String pues = activity.bySite.keySet().stream()
                .map(activity::site)
                .map(site -> site.name() + ": "
                        + (site.pue() == null ? "unknown" : site.pue().toPlainString()))
                .collect(Collectors.joining(", "));
        return List.of(
                Figure.text(
                        "",
                        "Boundary",
                        "metered processors, accelerators, memory and whole nodes, idle time that runs reserved, and the"
                                + " building's overhead where its PUE is known",
                        "Networks, storage services and what was not metered are not in it"),
                pues.isEmpty()
                        ? Figure.missing("", "PUE now", "", "No site has energy in the period.")
                        : Figure.text(
                                "", "PUE now", pues, "As set for each site; hours keep the one they were made with"),
                Figures.coverage(activity.total),
                Figures.measured(activity.total));
    }

    private static List<Figure> counts(RunSet runs) {
        return List.of(
                count(runs, "Runs", null),
                count(runs, "Failed runs among them", "FAILED"),
                count(runs, "Killed runs among them", "KILLED"),
                new Figure(
                        "",
                        "Runs partly outside the period",
                        BigDecimal.valueOf(runs.cut()),
                        null,
                        "",
                        State.VALUE,
                        "Only their part in the period counts: choose a longer one to have all",
                        null));
    }

    private static Figure count(RunSet runs, String label, @Nullable String status) {
        long number = runs.all().stream()
                .filter(one -> status == null || one.run().status().equals(status))
                .count();
        return new Figure(
                "", label, BigDecimal.valueOf(number), null, "", State.VALUE, "With entries in the ledger", null);
    }
}
