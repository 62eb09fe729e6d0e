package io.hfeco2ai.reports.standards;

import io.hfeco2ai.grid.Grid;
import io.hfeco2ai.ledger.Ledger;
import io.hfeco2ai.ledger.embodied.Embodied;
import io.hfeco2ai.ledger.offsets.Offsets;
import io.hfeco2ai.ledger.periods.BaseYear;
import io.hfeco2ai.reports.Category;
import io.hfeco2ai.reports.Progress;
import io.hfeco2ai.reports.Report.Figure;
import io.hfeco2ai.reports.Report.Section;
import io.hfeco2ai.reports.ReportMaker;
import io.hfeco2ai.reports.ReportRequest;
import io.hfeco2ai.reports.Standard;
import io.hfeco2ai.reports.Standard.Option;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import org.springframework.stereotype.Component;

/** What metered compute contributes to an inventory in the six categories of ISO 14064-1:2018. Never the whole inventory. */
@Component
class Iso14064Report implements ReportMaker {

    private static final String OTHER = "Not from this source: ";

    private final Ledger ledger;
    private final Grid grid;
    private final Embodied embodied;
    private final BaseYear baseYear;
    private final Offsets offsets;

    Iso14064Report(Ledger ledger, Grid grid, Embodied embodied, BaseYear baseYear, Offsets offsets) {
        this.ledger = ledger;
        this.grid = grid;
        this.embodied = embodied;
        this.baseYear = baseYear;
        this.offsets = offsets;
    }

    @Override
    public Standard standard() {
        return Standard.ISO_14064;
    }

    @Override
    public Draft make(ReportRequest request, String entries, Progress progress) {
        Activity activity = Activity.of(ledger, grid, request, progress);
        ActivityTables tables = new ActivityTables(activity, grid, entries);
        return new Draft(
                "ISO 14064-1 contribution of metered compute",
                "ISO 14064-1:2018",
                activity.provisional,
                CommonSections.with(
                        CommonSections.offsets(offsets, request),
                        List.of(
                                about(activity, request),
                                imported(activity, entries),
                                used(activity, request, entries),
                                others(),
                                CommonSections.quality(activity, ledger.uncertainty(request.question())),
                                new Section(
                                        "Divided, and the factors used",
                                        "Of all sites together.",
                                        List.of(),
                                        List.of(
                                                tables.bySite(),
                                                tables.byMonth(),
                                                tables.locationFactors(),
                                                tables.marketFactors())),
                                CommonSections.changes(ledger.changes(request.question()), request, baseYear))),
                List.of(
                        "This is the contribution of the compute that HF Eco2AI metered, not the inventory of an organisation"
                                + " and no statement of conformity.",
                        "Which indirect categories are significant is the organisation's to decide and to document; nothing is"
                                + " left out here for being small.",
                        "Offsets are not netted; made-up demonstration data is left out."),
                List.copyOf(activity.methods));
    }

    private Section about(Activity activity, ReportRequest request) {
        return new Section(
                "What the report is about",
                null,
                List.of(
                        Figure.text("", "Consolidation", "operational control", "Chosen by this report"),
                        Figure.text(
                                "",
                                "Reporting boundary",
                                "electricity of metered computers, and the nodes bought; energy of sites under own control"
                                        + " is in category 2, that of others in category 4",
                                CommonSections.approach(activity, request)),
                        Figure.text(
                                "",
                                "Left out",
                                "offices, networks, cooling that no PUE covers, fuels, refrigerants, travel, made-up data",
                                "They are not metered"),
                        baseYear(request),
                        potentials(activity),
                        Figure.missing(
                                "",
                                "Verification",
                                "",
                                "Nobody verified this report as far as it knows; verification is ISO 14064-3.")),
                List.of());
    }

    /** As typed, else the organisation's. */
    private Figure baseYear(ReportRequest request) {
        String typed = request.option(Option.BASE_YEAR);
        if (!typed.isEmpty()) {
            return Figure.text("", "Base year", typed, "As given by whoever asked for the report");
        }
        return baseYear.choice()
                .map(choice -> Figure.text("", "Base year", Integer.toString(choice.year()), choice.reason()))
                .orElseGet(() -> Figure.missing(
                        "",
                        "Base year",
                        "",
                        "Set the organisation's on the page of periods, or give one when you ask for the report."));
    }

    private Figure potentials(Activity activity) {
        String gwps = activity.byFactor.keySet().stream()
                .map(grid::factor)
                .flatMap(Optional::stream)
                .map(Grid.Factor::gwp)
                .filter(Objects::nonNull)
                .distinct()
                .sorted()
                .collect(Collectors.joining(", "));
        return gwps.isEmpty()
                ? Figure.missing("", "Global warming potentials", "", "No factor used tells them; see the sources.")
                : Figure.text("", "Global warming potentials", gwps, "As the factors' sources say");
    }

    private static Section imported(Activity activity, String entries) {
        Figures figures = new Figures(activity.of(Category.SCOPE2), entries, true);
        return new Section(
                "Category 2: indirect emissions from imported energy",
                "The market-based figure stands beside the location-based one and does not replace it.",
                List.of(
                        figures.electricity("2", "Imported electricity"),
                        figures.location("2", "Emissions, location-based"),
                        figures.market("2", "Emissions, market-based"),
                        Figure.missing(
                                "2",
                                "Single gases and biogenic CO2",
                                Figures.TONNES,
                                "The factors used tell CO2e only; take gases apart from their sources.")),
                List.of());
    }

    private Section used(Activity activity, ReportRequest request, String entries) {
        Figures cloud = new Figures(activity.of(Category.SCOPE3_PURCHASED), entries, true);
        Figures leased = new Figures(activity.of(Category.SCOPE3_LEASED), entries, true);
        FuelAndLosses behind = new FuelAndLosses(activity, grid, true);
        return new Section(
                "Category 4: indirect emissions from products used by the organisation",
                null,
                CommonSections.with(
                        behind.figures("4"),
                        List.of(
                                cloud.location("4", "Bought cloud computing: electricity, location-based"),
                                leased.location("4", "Servers in leased space: electricity, location-based"),
                                CommonSections.purchases(embodied, request, "4", true))),
                List.of(behind.table()));
    }

    private static Section others() {
        return new Section(
                "The other categories",
                null,
                List.of(
                        Figure.missing(
                                "1",
                                "Direct emissions and removals",
                                Figures.TONNES,
                                OTHER + "fuels of emergency generators and refrigerants are not metered."),
                        Figure.missing("3", "Indirect, from transportation", Figures.TONNES, OTHER + "no transport."),
                        Figure.missing(
                                "5",
                                "Indirect, from the use of the organisation's products",
                                Figures.TONNES,
                                OTHER + "what customers do with a model is not metered here."),
                        Figure.missing("6", "Indirect, from other sources", Figures.TONNES, OTHER + "nothing else.")),
                List.of());
    }
}
