package io.hfeco2ai.reports.standards;

import io.hfeco2ai.experiments.Experiments;
import io.hfeco2ai.grid.Grid;
import io.hfeco2ai.ledger.Ledger;
import io.hfeco2ai.metering.Metering;
import io.hfeco2ai.reports.Progress;
import io.hfeco2ai.reports.Report.Figure;
import io.hfeco2ai.reports.Report.Section;
import io.hfeco2ai.reports.ReportMaker;
import io.hfeco2ai.reports.ReportRequest;
import io.hfeco2ai.reports.Standard;
import io.hfeco2ai.reports.Standard.Option;
import java.time.Clock;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import org.springframework.stereotype.Component;

/** The carbon metadata of a model card on the Hugging Face Hub: emissions are grams there, whatever tools measure in. */
@Component
class ModelCardReport implements ReportMaker {

    private static final String FIELD = "co2_eq_emissions.";

    private final Ledger ledger;
    private final Grid grid;
    private final Experiments experiments;
    private final Metering metering;
    private final Clock clock;

    ModelCardReport(Ledger ledger, Grid grid, Experiments experiments, Metering metering, Clock clock) {
        this.ledger = ledger;
        this.grid = grid;
        this.experiments = experiments;
        this.metering = metering;
        this.clock = clock;
    }

    @Override
    public Standard standard() {
        return Standard.MODEL_CARD;
    }

    @Override
    public Draft make(ReportRequest request, String entries, Progress progress) {
        Activity activity = Activity.of(ledger, grid, request, progress);
        RunSet runs = RunSet.of(ledger, experiments, request, clock.millis(), progress);
        Training training = new Training(runs, metering, request.fromMs(), Math.min(request.toMs(), clock.millis()));
        ActivityTables tables = new ActivityTables(activity, grid, entries);
        return new Draft(
                "Carbon metadata of a model card",
                "Hugging Face Hub, model card metadata co2_eq_emissions",
                activity.provisional,
                List.of(
                        new Section(
                                "Metadata",
                                "As the YAML file has them. Emissions are grams.",
                                metadata(activity, runs, training, request, entries),
                                List.of()),
                        new Section(
                                "What they rest on",
                                null,
                                List.of(Figures.coverage(activity.total), Figures.measured(activity.total)),
                                List.of(runs.table(), tables.locationFactors()))),
                List.of(
                        "The Hub wants grams of CO2 equivalent; other tools write kilograms. Do not convert again.",
                        "Failed and killed runs of the scope count too. Which runs made the model is said by whoever asks."),
                List.copyOf(activity.methods));
    }

    private List<Figure> metadata(
            Activity activity, RunSet runs, Training training, ReportRequest request, String entries) {
        return List.of(
                new Figures(activity.total, entries, false).grams(FIELD + "emissions", "Emissions"),
                Figure.text(
                        FIELD + "source",
                        "Source",
                        "HF Eco2AI, metered energy of " + runs.all().size()
                                + " runs, location-based, accounting method " + String.join(", ", activity.methods),
                        "This report"),
                Figure.text(
                        FIELD + "training_type",
                        "Training type",
                        request.option(Option.TRAINING),
                        "As given by whoever asked for the report"),
                location(activity),
                training.hardware(FIELD + "hardware_used"));
    }

    private Figure location(Activity activity) {
        String zones = activity.bySite.keySet().stream()
                .map(id -> activity.site(id).zone())
                .filter(Objects::nonNull)
                .distinct()
                .map(zone -> grid.zone(zone)
                        .map(known -> known.name() + " (" + zone + ")")
                        .orElse(zone))
                .collect(Collectors.joining(", "));
        return zones.isEmpty()
                ? Figure.missing(
                        FIELD + "geographical_location",
                        "Location",
                        "",
                        "Set the zone of the sites that the runs ran in.")
                : Figure.text(FIELD + "geographical_location", "Location", zones, "Zones of the grid of the sites");
    }
}
