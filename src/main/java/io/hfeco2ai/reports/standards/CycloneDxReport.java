package io.hfeco2ai.reports.standards;

import io.hfeco2ai.grid.Grid;
import io.hfeco2ai.ledger.Ledger;
import io.hfeco2ai.reports.Progress;
import io.hfeco2ai.reports.Report.Cell;
import io.hfeco2ai.reports.Report.Column;
import io.hfeco2ai.reports.Report.Figure;
import io.hfeco2ai.reports.Report.Section;
import io.hfeco2ai.reports.Report.Table;
import io.hfeco2ai.reports.ReportMaker;
import io.hfeco2ai.reports.ReportRequest;
import io.hfeco2ai.reports.Standard;
import io.hfeco2ai.reports.Standard.Option;
import java.util.ArrayList;
import java.util.List;
import org.springframework.stereotype.Component;

/** Energy and carbon of one activity of a model's life, for the model card of a CycloneDX 1.6 bill of materials. */
@Component
class CycloneDxReport implements ReportMaker {

    private final Ledger ledger;
    private final Grid grid;

    CycloneDxReport(Ledger ledger, Grid grid) {
        this.ledger = ledger;
        this.grid = grid;
    }

    @Override
    public Standard standard() {
        return Standard.CYCLONEDX;
    }

    @Override
    public Draft make(ReportRequest request, String entries, Progress progress) {
        Activity activity = Activity.of(ledger, grid, request, progress);
        ActivityTables tables = new ActivityTables(activity, grid, entries);
        return new Draft(
                "Energy in a bill of materials",
                "CycloneDX 1.6, modelCard.considerations.environmentalConsiderations",
                activity.provisional,
                List.of(
                        new Section(
                                "Energy consumption",
                                "As the CycloneDX file has it: energy in kWh, emissions in tonnes (tCO2eq).",
                                consumption(activity, request, entries),
                                List.of(providers(activity))),
                        new Section(
                                "What it rests on",
                                null,
                                List.of(Figures.coverage(activity.total), Figures.measured(activity.total)),
                                List.of(tables.bySite(), tables.locationFactors()))),
                List.of(
                        "Who supplies the electricity and from which source is not known here: the file says unknown.",
                        "Failed and killed runs of the scope count too. Which runs made the model is said by whoever asks."),
                List.copyOf(activity.methods));
    }

    private static List<Figure> consumption(Activity activity, ReportRequest request, String entries) {
        String model = request.option(Option.MODEL);
        Figure energy = new Figures(activity.total, entries, false).electricity("activityEnergyCost", "Energy");
        Figure carbon = new Figures(activity.total, entries, true).location("co2CostEquivalent", "Emissions");
        String did = request.option(Option.TRAINING);
        return List.of(
                model.isEmpty()
                        ? Figure.missing("name", "Model", "", "Give its name when you ask for the report.")
                        : Figure.text("name", "Model", model, "As given by whoever asked for the report"),
                Figure.text(
                        "activity",
                        "Activity",
                        did.equals("fine-tuning") ? did : "training",
                        "As given by whoever asked for the report"),
                activity.total.isEmpty() ? none(energy) : energy,
                activity.total.isEmpty() ? none(carbon) : carbon,
                Figure.missing(
                        "co2CostOffset", "Offset", Figures.TONNES, "Not from this source: nothing is offset here."));
    }

    private static Figure none(Figure figure) {
        return Figure.missing(figure.code(), figure.label(), figure.unit(), "No run used energy in the period.");
    }

    private static Table providers(Activity activity) {
        List<List<Cell>> rows = new ArrayList<>();
        activity.bySite.forEach((id, sum) -> rows.add(List.of(
                Cell.of("Grid of "
                        + (activity.site(id).zone() == null
                                ? "an unknown zone"
                                : activity.site(id).zone()) + ", site "
                        + activity.site(id).name()),
                Cell.of(sum.suppliedKwh()))));
        return new Table(
                "Energy providers", List.of(new Column("Description", ""), new Column("Energy", Figures.KWH)), rows);
    }
}
