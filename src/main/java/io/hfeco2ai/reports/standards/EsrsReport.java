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
import java.util.ArrayList;
import java.util.List;
import org.springframework.stereotype.Component;

/**
 * What metered compute contributes to the energy and emissions of ESRS E1: disclosure requirements E1-5 and E1-6 of Delegated
 * Regulation (EU) 2023/2772, which the revised standard calls E1-7 and E1-8. Never the entity's own figures.
 */
@Component
class EsrsReport implements ReportMaker {

    private static final String OTHER = "Not from this source: ";

    private final Ledger ledger;
    private final Grid grid;
    private final Embodied embodied;
    private final BaseYear baseYear;
    private final Offsets offsets;

    EsrsReport(Ledger ledger, Grid grid, Embodied embodied, BaseYear baseYear, Offsets offsets) {
        this.ledger = ledger;
        this.grid = grid;
        this.embodied = embodied;
        this.baseYear = baseYear;
        this.offsets = offsets;
    }

    @Override
    public Standard standard() {
        return Standard.ESRS_E1;
    }

    @Override
    public Draft make(ReportRequest request, String entries, Progress progress) {
        Activity activity = Activity.of(ledger, grid, request, progress);
        Codes codes = new Codes(request.option(Option.EDITION).equals("2026"));
        ActivityTables tables = new ActivityTables(activity, grid, entries);
        return new Draft(
                "ESRS E1 contribution of metered compute",
                codes.revised()
                        ? "ESRS E1 as revised, Delegated Regulation (EU) 2026/1563"
                        : "ESRS E1, Delegated Regulation (EU) 2023/2772",
                activity.provisional,
                CommonSections.with(
                        CommonSections.offsets(offsets, request),
                        List.of(
                                energy(activity, codes, entries),
                                scope2(activity, codes, entries),
                                scope3(activity, request, codes, entries),
                                others(codes),
                                CommonSections.quality(activity, ledger.uncertainty(request.question())),
                                new Section(
                                        "Divided",
                                        "Of all sites together, those of Scope 3 too.",
                                        List.of(),
                                        List.of(
                                                tables.bySite(),
                                                tables.byMonth(),
                                                tables.locationFactors(),
                                                tables.marketFactors())),
                                CommonSections.changes(ledger.changes(request.question()), request, baseYear))),
                notes(activity, codes, request),
                List.copyOf(activity.methods));
    }

    private static Section energy(Activity activity, Codes codes, String entries) {
        Figures figures = new Figures(activity.of(Category.SCOPE2), entries, true);
        String mix =
                "The mix of a supply is not known here; take it from the supplier's disclosure or from the certificates.";
        List<Figure> rows = new ArrayList<>();
        rows.add(figures.electricity(codes.of("E1-5_01"), "Energy of own operations: contribution of compute"));
        rows.add(Figure.missing(codes.of("E1-5_02"), "Of it from fossil sources", Figures.MWH, mix));
        rows.add(Figure.missing(codes.of("E1-5_03"), "Of it from nuclear sources", Figures.MWH, mix));
        rows.add(Figure.missing(codes.of("E1-5_04"), "Nuclear part of the total", "%", mix));
        rows.add(Figure.missing(codes.of("E1-5_05"), "Of it from renewable sources", Figures.MWH, mix));
        rows.add(
                Figure.missing(codes.of("E1-5_06"), "Renewable: fuels", Figures.MWH, OTHER + "compute burns no fuel."));
        rows.add(Figure.missing(codes.of("E1-5_07"), "Renewable: bought electricity and heat", Figures.MWH, mix));
        rows.add(Figure.missing(
                codes.of("E1-5_08"), "Renewable: self-generated", Figures.MWH, OTHER + "ask who runs the generators."));
        rows.add(Figure.missing(codes.of("E1-5_09"), "Renewable part of the total", "%", mix));
        rows.add(Figure.missing(
                codes.of("E1-5_10 to E1-5_13"),
                "Fossil: fuels by kind",
                Figures.MWH,
                OTHER + "compute burns no fuel."));
        rows.add(Figure.missing(codes.of("E1-5_14"), "Fossil: bought electricity and heat", Figures.MWH, mix));
        rows.add(Figure.missing(
                codes.of("E1-5_16, E1-5_17"), "Energy produced", Figures.MWH, OTHER + "ask who runs the generators."));
        rows.add(Figure.missing(
                codes.of("E1-5_18"),
                "Energy for each net revenue",
                "MWh",
                OTHER + "it needs the entity's net revenue."));
        return new Section(
                codes.of("E1-5") + ": energy and its mix",
                "Own operations: sites under own control, see table \"By site\".",
                rows,
                List.of());
    }

    private static Section scope2(Activity activity, Codes codes, String entries) {
        Sum sum = activity.of(Category.SCOPE2);
        Figures figures = new Figures(sum, entries, true);
        return new Section(
                codes.of("E1-6") + ": Scope 2",
                "Both figures belong together; neither replaces the other.",
                List.of(
                        figures.location(codes.of("E1-6_09"), "Gross Scope 2, location-based: contribution of compute"),
                        figures.market(codes.of("E1-6_10"), "Gross Scope 2, market-based: contribution of compute"),
                        Figures.percent(
                                codes.of("E1-6_18 to E1-6_23"),
                                "Part covered by energy attribute certificates",
                                sum.certifiedPercent(),
                                "Unbundled instruments (AR 45): certificates that were retired, of the energy of Scope 2"),
                        Figure.missing(
                                codes.of("E1-6_18 to E1-6_23"),
                                "Part covered by instruments bundled with the energy",
                                "%",
                                "Not divided by scope here: see contracts and supplier factors in table \"Market-based"
                                        + " factors\"."),
                        Figure.missing(
                                codes.of("E1-6_24"),
                                "Biogenic CO2 of Scope 2",
                                "tCO2",
                                "The factors used do not tell it apart.")),
                List.of());
    }

    private Section scope3(Activity activity, ReportRequest request, Codes codes, String entries) {
        Figures cloud = new Figures(activity.of(Category.SCOPE3_PURCHASED), entries, true);
        Figures leased = new Figures(activity.of(Category.SCOPE3_LEASED), entries, true);
        String code = codes.of("E1-6_11");
        FuelAndLosses behind = new FuelAndLosses(activity, grid, true);
        return new Section(
                codes.of("E1-6") + ": Scope 3",
                "Contributions to single categories. They are not added up here: a category may hold more than compute.",
                CommonSections.with(
                        behind.figures(code + ", category 3"),
                        List.of(
                                cloud.location(
                                        code + ", category 1", "Bought cloud computing: electricity, location-based"),
                                CommonSections.purchases(embodied, request, code + ", category 2", true),
                                leased.location(
                                        code + ", category 8", "Servers in leased space: electricity, location-based"),
                                Figure.missing(
                                        codes.of("E1-6_25"),
                                        "Part of Scope 3 from primary data",
                                        "%",
                                        OTHER + "it is a part of the entity's whole Scope 3."))),
                List.of(behind.table()));
    }

    private static Section others(Codes codes) {
        String total = OTHER + "a total of the entity; add the contributions above to what else it emits.";
        return new Section(
                codes.of("E1-6") + ": what compute cannot tell",
                null,
                List.of(
                        Figure.missing(
                                codes.of("E1-6_07"),
                                "Gross Scope 1",
                                Figures.TONNES,
                                OTHER + "fuels of emergency generators and refrigerants are not metered."),
                        Figure.missing(
                                codes.of("E1-6_08"), "Scope 1 under emission trading", "%", OTHER + "no Scope 1."),
                        Figure.missing(codes.of("E1-6_12"), "Total, location-based", Figures.TONNES, total),
                        Figure.missing(codes.of("E1-6_13"), "Total, market-based", Figures.TONNES, total),
                        Figure.missing(
                                codes.of("E1-6_28"), "Biogenic CO2 of Scope 3", "tCO2", OTHER + "no factors tell it."),
                        Figure.missing(
                                codes.of("E1-6_30, E1-6_31"),
                                "Emissions for each net revenue",
                                "tCO2e",
                                OTHER + "it needs the entity's net revenue."),
                        Figure.missing(
                                codes.of("E1-6_32 to E1-6_35"),
                                "Net revenue, reconciled",
                                "",
                                OTHER + "it stands in the financial statements.")),
                List.of());
    }

    private static List<String> notes(Activity activity, Codes codes, ReportRequest request) {
        List<String> notes = new ArrayList<>(List.of(
                "This is a contribution to E1, not a statement of an entity, and no sign that a duty is met.",
                "Check every code against EFRAG's own files before you use it"
                        + (codes.revised()
                                ? ": of the revised standard only the disclosure requirements E1-7 and E1-8 are given, no"
                                        + " numbers of datapoints."
                                : ": the numbers follow the list of datapoints of Set 1, as third parties quote it.")
                        + " No XBRL is written for this reason.",
                "The same code can mean another thing in the other version: E1-7 and E1-8 of 2023 are removals and carbon"
                        + " prices.",
                "Changes of method, boundary or factors and what they did (E1-6_14 of 2023): see the corrections below and the"
                        + " accounting method above.",
                CommonSections.approach(activity, request),
                "Offsets and removals are not netted; made-up demonstration data is left out."));
        if (request.teamId() != null) {
            notes.add("Of one team or project only; the entity's report needs that of the organisation.");
        }
        return notes;
    }

    /** Ids of datapoints as one of the two versions has them. */
    private record Codes(boolean revised) {

        String of(String id) {
            return !revised ? id : id.startsWith("E1-5") ? "E1-7" : "E1-8";
        }
    }
}
