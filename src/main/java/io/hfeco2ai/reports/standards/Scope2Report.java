package io.hfeco2ai.reports.standards;

import io.hfeco2ai.grid.Grid;
import io.hfeco2ai.ledger.Ledger;
import io.hfeco2ai.ledger.embodied.Embodied;
import io.hfeco2ai.ledger.offsets.Offsets;
import io.hfeco2ai.ledger.periods.BaseYear;
import io.hfeco2ai.reports.Category;
import io.hfeco2ai.reports.Progress;
import io.hfeco2ai.reports.Report.Section;
import io.hfeco2ai.reports.ReportMaker;
import io.hfeco2ai.reports.ReportRequest;
import io.hfeco2ai.reports.Standard;
import io.hfeco2ai.reports.Standard.Option;
import io.hfeco2ai.teams.Teams;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.springframework.stereotype.Component;

/**
 * What metered compute contributes to an entity's Scope 2, after the GHG Protocol Scope 2 Guidance (2015): both methods side
 * by side (chapter 7), what lies outside Scope 2 apart, and the factors with their sources. Never the entity's inventory.
 */
@Component
class Scope2Report implements ReportMaker {

    private final Ledger ledger;
    private final Grid grid;
    private final Embodied embodied;
    private final BaseYear baseYear;
    private final Offsets offsets;
    private final Teams teams;

    Scope2Report(Ledger ledger, Grid grid, Embodied embodied, BaseYear baseYear, Offsets offsets, Teams teams) {
        this.ledger = ledger;
        this.grid = grid;
        this.embodied = embodied;
        this.baseYear = baseYear;
        this.offsets = offsets;
        this.teams = teams;
    }

    @Override
    public Standard standard() {
        return Standard.GHG_SCOPE2;
    }

    @Override
    public Draft make(ReportRequest request, String entries, Progress progress) {
        Activity activity = Activity.of(ledger, grid, request, progress);
        Ledger.Question question = request.question();
        List<Section> sections = new ArrayList<>();
        sections.add(scope2(activity, entries));
        sections.add(scope3(activity, request, entries));
        String bill = request.option(Option.BILL_KWH);
        if (!bill.isEmpty()) {
            sections.add(BridgeSection.of(activity, new BigDecimal(bill), entries));
        }
        sections.add(CommonSections.quality(activity, ledger.uncertainty(question)));
        sections.add(divided(activity, entries));
        sections.add(new Section(
                "Factors",
                "Grams of CO2e for each kWh of electricity supplied. Factors that are no yearly value show the span they"
                        + " hold for; their mean follows from emissions and electricity.",
                List.of(),
                List.of(
                        tables(activity, entries).locationFactors(),
                        tables(activity, entries).marketFactors())));
        sections.add(CommonSections.changes(ledger.changes(question), request, baseYear));
        sections.addAll(CommonSections.offsets(offsets, request));
        return new Draft(
                "Scope 2 contribution of metered compute",
                "GHG Protocol Scope 2 Guidance, 2015",
                activity.provisional,
                sections,
                notes(activity, request),
                List.copyOf(activity.methods));
    }

    private ActivityTables tables(Activity activity, String entries) {
        return new ActivityTables(activity, grid, entries);
    }

    private static Section scope2(Activity activity, String entries) {
        Sum sum = activity.of(Category.SCOPE2);
        Figures figures = new Figures(sum, entries, false);
        return new Section(
                "Scope 2: electricity of sites under own control",
                "Both figures belong together; neither replaces the other.",
                List.of(
                        figures.electricity("", "Purchased electricity"),
                        figures.location("", "Location-based emissions"),
                        figures.market("", "Market-based emissions"),
                        Figures.percent(
                                "",
                                "Part covered by energy attribute certificates",
                                sum.certifiedPercent(),
                                "Retired certificates, allocated at the close of their year")),
                List.of());
    }

    private Section scope3(Activity activity, ReportRequest request, String entries) {
        Figures cloud = new Figures(activity.of(Category.SCOPE3_PURCHASED), entries, false);
        Figures leased = new Figures(activity.of(Category.SCOPE3_LEASED), entries, false);
        FuelAndLosses behind = new FuelAndLosses(activity, grid, false);
        return new Section(
                "Outside Scope 2: the same compute in other people's buildings, and what lies behind it",
                "Not part of the Scope 2 figures above, and not to be added to them.",
                CommonSections.with(
                        behind.figures("Scope 3, category 3"),
                        List.of(
                                cloud.electricity("Scope 3, category 1", "Electricity of bought cloud computing"),
                                cloud.location("Scope 3, category 1", "Emissions of it, location-based"),
                                leased.electricity("Scope 3, category 8", "Electricity of servers in leased space"),
                                leased.location("Scope 3, category 8", "Emissions of it, location-based"),
                                CommonSections.purchases(embodied, request, "Scope 3, category 2", false))),
                List.of(behind.table()));
    }

    private Section divided(Activity activity, String entries) {
        Map<String, String> names = teams.teams().stream().collect(Collectors.toMap(Teams.Team::id, Teams.Team::name));
        ActivityTables tables = tables(activity, entries);
        return new Section(
                "Where, when and whose",
                "Each table adds up to the whole: Scope 2 and what is outside of it.",
                List.of(),
                List.of(tables.bySite(), tables.byMonth(), tables.byTeam(names)));
    }

    private static List<String> notes(Activity activity, ReportRequest request) {
        List<String> notes = new ArrayList<>(List.of(
                "This is the contribution of the compute that HF Eco2AI metered, not the inventory of an entity: offices,"
                        + " cooling that no PUE covers, fuels and refrigerants are not in it.",
                CommonSections.approach(activity, request),
                "Accounting hours are UTC. Energy is summed in whole microjoules and emissions in whole micrograms of CO2e;"
                        + " they are rounded once, here.",
                "Biogenic CO2 is not shown apart: the factors used do not tell it.",
                "Offsets are not netted; marginal intensities are not used; made-up demonstration data is left out."));
        if (activity.provisional) {
            notes.add(
                    "Some hours are provisional: they are not over, or their nodes may still report. Make the report again"
                            + " when they are posted.");
        }
        return notes;
    }
}
