package io.hfeco2ai.reports.standards;

import io.hfeco2ai.grid.Grid;
import io.hfeco2ai.ledger.Ledger;
import io.hfeco2ai.ledger.Ledger.Change;
import io.hfeco2ai.ledger.Ledger.Uncertainty;
import io.hfeco2ai.ledger.embodied.Embodied;
import io.hfeco2ai.reports.Progress;
import io.hfeco2ai.reports.Report.Cell;
import io.hfeco2ai.reports.Report.Column;
import io.hfeco2ai.reports.Report.Figure;
import io.hfeco2ai.reports.Report.Section;
import io.hfeco2ai.reports.Report.State;
import io.hfeco2ai.reports.Report.Table;
import io.hfeco2ai.reports.ReportMaker;
import io.hfeco2ai.reports.ReportRequest;
import io.hfeco2ai.reports.Standard;
import io.hfeco2ai.reports.Standard.Option;
import io.hfeco2ai.reports.standards.Activity.Category;
import io.hfeco2ai.teams.Teams;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
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
    private final Teams teams;

    Scope2Report(Ledger ledger, Grid grid, Embodied embodied, Teams teams) {
        this.ledger = ledger;
        this.grid = grid;
        this.embodied = embodied;
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
        sections.add(quality(activity, ledger.uncertainty(question)));
        sections.add(divided(activity, entries));
        sections.add(new Section(
                "Factors",
                "Grams of CO2e for each kWh of electricity supplied. Factors that are no yearly value show the span they"
                        + " hold for; their mean follows from emissions and electricity.",
                List.of(),
                List.of(
                        tables(activity, entries).locationFactors(),
                        tables(activity, entries).marketFactors())));
        sections.add(changes(ledger.changes(question)));
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
        return new Section(
                "Outside Scope 2: the same compute in other people's buildings, and what lies behind it",
                "Not part of the Scope 2 figures above, and not to be added to them.",
                List.of(
                        cloud.electricity("Scope 3, category 1", "Electricity of bought cloud computing"),
                        cloud.location("Scope 3, category 1", "Emissions of it, location-based"),
                        leased.electricity("Scope 3, category 8", "Electricity of servers in leased space"),
                        leased.location("Scope 3, category 8", "Emissions of it, location-based"),
                        Figure.missing(
                                "Scope 3, category 3",
                                "Upstream of the electricity, and losses of the grid",
                                Figures.KG,
                                "No factors of basis \"upstream\" are known here; add them from a source of your own."),
                        purchases(request)),
                List.of());
    }

    /** Whole in the year of purchase, never shared out over the years (GHG Protocol Scope 3 Standard, category 2). */
    private Figure purchases(ReportRequest request) {
        String code = "Scope 3, category 2";
        String label = "Embodied emissions of nodes bought in the period";
        ZonedDateTime from = Instant.ofEpochMilli(request.fromMs()).atZone(ZoneOffset.UTC);
        ZonedDateTime to = Instant.ofEpochMilli(request.toMs()).atZone(ZoneOffset.UTC);
        if (request.teamId() != null) {
            return Figure.missing(
                    code, label, Figures.KG, "Nodes belong to the organisation: see the report of the organisation.");
        }
        if (from.getDayOfYear() != 1 || to.getDayOfYear() != 1) {
            return Figure.missing(
                    code, label, Figures.KG, "Purchases are counted by calendar year: choose whole years.");
        }
        BigDecimal kilograms = BigDecimal.ZERO;
        for (int year = from.getYear(); year < to.getYear(); year++) {
            Embodied.Purchases bought = embodied.bought(year);
            if (bought.amount() == null) {
                return Figure.missing(code, label, Figures.KG, String.valueOf(bought.note()));
            }
            kilograms = kilograms.add(
                    new BigDecimal(bought.known().micrograms()).movePointLeft(9).setScale(6, RoundingMode.HALF_EVEN));
        }
        return new Figure(
                code,
                label,
                kilograms,
                null,
                Figures.KG,
                State.ESTIMATED,
                "Cradle to gate, as set for each node",
                null);
    }

    private static Section quality(Activity activity, Uncertainty uncertainty) {
        Sum sum = activity.total;
        List<Figure> figures = new ArrayList<>(List.of(Figures.coverage(sum), Figures.measured(sum)));
        BigDecimal kg = sum.locationKg();
        if (kg != null && uncertainty.lowRatio() != null && uncertainty.highRatio() != null) {
            String how =
                    "95 of 100 such intervals hold the true value (k = 2), from sensors and carbon intensity; not in it:"
                            + " how shared devices are split, PUE, and what nothing observed";
            figures.add(end("Location-based emissions, lower end", kg, uncertainty.lowRatio(), how));
            figures.add(end("Location-based emissions, upper end", kg, uncertainty.highRatio(), how));
        }
        return new Section("How sure the figures are", "Of all sites together.", figures, List.of());
    }

    private static Figure end(String label, BigDecimal kg, double ratio, String how) {
        BigDecimal amount = kg.multiply(BigDecimal.valueOf(ratio)).setScale(6, RoundingMode.HALF_EVEN);
        return new Figure("", label, amount, null, Figures.KG, State.ESTIMATED, how, null);
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

    private static Section changes(List<Change> changes) {
        List<List<Cell>> rows = changes.stream()
                .map(change -> List.of(
                        Cell.of(change.day().toString()),
                        Cell.of(change.state().name().toLowerCase(java.util.Locale.ROOT)),
                        Cell.of(change.reason()),
                        Cell.of(BigDecimal.valueOf(change.hours())),
                        Cell.of(kilograms(change.locationUg())),
                        Cell.of(kilograms(change.marketUg()))))
                .toList();
        return new Section(
                "Changes after posting",
                rows.isEmpty()
                        ? "No posted hour of the period was corrected."
                        : "Posted entries stay as they are; corrections were booked beside them.",
                List.of(),
                rows.isEmpty()
                        ? List.of()
                        : List.of(new Table(
                                "Corrections",
                                List.of(
                                        new Column("Booked on", ""),
                                        new Column("Kind", ""),
                                        new Column("Reason", ""),
                                        new Column("Hours", "h"),
                                        new Column("Location-based", Figures.KG),
                                        new Column("Market-based", Figures.KG)),
                                rows)));
    }

    private static @Nullable BigDecimal kilograms(@Nullable BigDecimal micrograms) {
        return micrograms == null ? null : micrograms.movePointLeft(9).setScale(6, RoundingMode.HALF_EVEN);
    }

    private static List<String> notes(Activity activity, ReportRequest request) {
        List<String> notes = new ArrayList<>(List.of(
                "This is the contribution of the compute that HF Eco2AI metered, not the inventory of an entity: offices,"
                        + " cooling that no PUE covers, fuels and refrigerants are not in it.",
                "Approach: operational control. Sites of operator \"own\" count as Scope 2, \"cloud\" as Scope 3 category 1;"
                        + " servers in rented space count as "
                        + (request.option(Option.COLOCATION).equals("scope2")
                                ? "Scope 2, because whoever asked for this report said that they are under own control."
                                : "Scope 3 category 8, leased assets."),
                "Accounting hours are UTC. Energy is summed in whole microjoules and emissions in whole micrograms of CO2e;"
                        + " they are rounded once, here.",
                "Biogenic CO2 is not shown apart: the factors used do not tell it.",
                "Offsets are not netted; marginal intensities are not used; made-up demonstration data is left out."));
        if (activity.provisional) {
            notes.add(
                    "Some hours are provisional: they are not over, or their nodes may still report. Make the report again"
                            + " when they are posted.");
        }
        if (request.teamId() == null) {
            notes.add(
                    "Base year: none is set here; compare with a report of the base year, made with the same method.");
        }
        return notes;
    }
}
