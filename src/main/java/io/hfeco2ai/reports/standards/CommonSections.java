package io.hfeco2ai.reports.standards;

import io.hfeco2ai.ledger.Ledger.Change;
import io.hfeco2ai.ledger.Ledger.Uncertainty;
import io.hfeco2ai.ledger.embodied.Embodied;
import io.hfeco2ai.ledger.offsets.Offsets;
import io.hfeco2ai.ledger.offsets.Offsets.Kind;
import io.hfeco2ai.ledger.offsets.Offsets.Offset;
import io.hfeco2ai.ledger.periods.BaseYear;
import io.hfeco2ai.reports.Report;
import io.hfeco2ai.reports.Report.Cell;
import io.hfeco2ai.reports.Report.Column;
import io.hfeco2ai.reports.Report.Figure;
import io.hfeco2ai.reports.Report.Section;
import io.hfeco2ai.reports.Report.State;
import io.hfeco2ai.reports.Report.Table;
import io.hfeco2ai.reports.ReportRequest;
import io.hfeco2ai.reports.Standard.Option;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What several standards of a whole organisation say in the same words. */
final class CommonSections {

    private CommonSections() {}

    /** Whole in the year of purchase, never shared out over the years (GHG Protocol Scope 3 Standard, category 2). */
    static Figure purchases(Embodied embodied, ReportRequest request, String code, boolean thousands) {
        String unit = thousands ? Figures.TONNES : Figures.KG;
        String label = "Embodied emissions of nodes bought in the period";
        ZonedDateTime from = Instant.ofEpochMilli(request.fromMs()).atZone(ZoneOffset.UTC);
        ZonedDateTime to = Instant.ofEpochMilli(request.toMs()).atZone(ZoneOffset.UTC);
        if (request.teamId() != null) {
            return Figure.missing(
                    code, label, unit, "Nodes belong to the organisation: see the report of the organisation.");
        }
        if (from.getDayOfYear() != 1 || to.getDayOfYear() != 1) {
            return Figure.missing(code, label, unit, "Purchases are counted by calendar year: choose whole years.");
        }
        BigDecimal kilograms = BigDecimal.ZERO;
        for (int year = from.getYear(); year < to.getYear(); year++) {
            Embodied.Purchases bought = embodied.bought(year);
            if (bought.amount() == null) {
                return Figure.missing(code, label, unit, String.valueOf(bought.note()));
            }
            kilograms = kilograms.add(
                    new BigDecimal(bought.known().micrograms()).movePointLeft(9).setScale(6, RoundingMode.HALF_EVEN));
        }
        return new Figure(
                code,
                label,
                thousands ? kilograms.movePointLeft(3) : kilograms,
                null,
                unit,
                State.ESTIMATED,
                "Cradle to gate, as set for each node",
                null);
    }

    static <T> List<T> with(List<T> more, List<T> first) {
        List<T> all = new ArrayList<>(first);
        all.addAll(more);
        return all;
    }

    /** What decides the scope of each site's energy, and which sites wait for somebody to say. */
    static String approach(Activity activity, ReportRequest request) {
        List<String> undecided = activity.undecided();
        if (undecided.isEmpty()) {
            return "Approach: operational control, as chosen for each site with the reason in table \"By site\".";
        }
        return "Approach: operational control, as chosen for each site with the reason in table \"By site\". Nobody chose for "
                + String.join(", ", undecided)
                + ": there the operator decides, \"own\" is Scope 2, \"cloud\" is Scope 3 category 1, and rented space is "
                + (request.option(Option.COLOCATION).equals("scope2")
                        ? "Scope 2, as whoever asked for this report said."
                        : "Scope 3 category 8.")
                + " Choose who controls the energy on the page of the site, and make the report again.";
    }

    static Section quality(Activity activity, Uncertainty uncertainty) {
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

    /** Of the organisation; nothing in the report of a team, whose figures it does not hold. */
    private static List<Figure> base(ReportRequest request, BaseYear baseYear) {
        if (request.teamId() != null) {
            return List.of();
        }
        String label = "Base year of the organisation";
        BaseYear.Standing standing = baseYear.standing().orElse(null);
        if (standing == null) {
            return List.of(
                    Figure.missing("", label, "", "Set it, with a threshold and the reason, on the page of periods."));
        }
        BaseYear.Choice choice = standing.choice();
        String threshold = choice.thresholdPercent().toPlainString() + " %";
        return List.of(
                Figure.text("", label, Integer.toString(choice.year()), choice.reason()),
                moved("Base year, location-based: moved by", standing.location(), choice),
                moved("Base year, market-based: moved by", standing.market(), choice),
                Figure.text(
                        "",
                        "Base year to be recalculated",
                        standing.recalculate() ? "yes" : "no",
                        "Threshold of the organisation: a total that moved by " + threshold + " or more"));
    }

    private static Figure moved(String label, BaseYear.Moved moved, BaseYear.Choice choice) {
        if (moved.percent() == null) {
            return Figure.missing(
                    "", label, "%", "Nothing of " + choice.year() + " was posted at " + choice.fixedAt() + ".");
        }
        String how = Report.shown(Objects.requireNonNull(kilograms(moved.thenUg()))) + " kgCO2e known at "
                + choice.fixedAt() + ", " + Report.shown(Objects.requireNonNull(kilograms(moved.nowUg())))
                + " kgCO2e when this report was made";
        return new Figure("", label, moved.percent(), null, "%", State.VALUE, how, null);
    }

    static Section changes(List<Change> changes, ReportRequest request, BaseYear baseYear) {
        List<List<Cell>> rows = changes.stream()
                .map(change -> List.of(
                        Cell.of(change.day().toString()),
                        Cell.of(change.state().name().toLowerCase(Locale.ROOT)),
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
                base(request, baseYear),
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

    /** Nothing in the report of a team: the organisation retires credits. */
    static List<Section> offsets(Offsets register, ReportRequest request) {
        if (request.teamId() != null) {
            return List.of();
        }
        List<Offset> retired = register.retired(day(request.fromMs()), day(request.toMs()));
        List<List<Cell>> rows = retired.stream()
                .map(one -> List.of(
                        Cell.of(one.retiredOn().toString()),
                        Cell.of(one.kind().name().toLowerCase(Locale.ROOT)),
                        Cell.of(one.project()),
                        Cell.of(one.registry() + ", " + one.serials()),
                        Cell.of(Integer.toString(one.vintage())),
                        Cell.of(BigDecimal.valueOf(one.massKg()))))
                .toList();
        return List.of(new Section(
                "Offsets and removals",
                "A register apart: nothing above is lowered by it, and a credit does not undo an emission in this report.",
                List.of(
                        retired(retired, Kind.REMOVAL, "Removals retired in the period"),
                        retired(retired, Kind.REDUCTION, "Reductions elsewhere, retired in the period")),
                rows.isEmpty()
                        ? List.of()
                        : List.of(new Table(
                                "Retired credits",
                                List.of(
                                        new Column("Retired on", ""),
                                        new Column("Stands for", ""),
                                        new Column("Project", ""),
                                        new Column("Registry and numbers", ""),
                                        new Column("Vintage", ""),
                                        new Column("Mass", Figures.KG)),
                                rows))));
    }

    private static Figure retired(List<Offset> retired, Kind kind, String label) {
        List<Offset> those = retired.stream().filter(one -> one.kind() == kind).toList();
        if (those.isEmpty()) {
            return Figure.missing(
                    "", label, Figures.KG, "The register names none; enter retired credits on the page of offsets.");
        }
        return new Figure(
                "",
                label,
                BigDecimal.valueOf(those.stream().mapToLong(Offset::massKg).sum()),
                null,
                Figures.KG,
                State.VALUE,
                "Credits in the register, as typed from " + those.size() + (those.size() == 1 ? " entry" : " entries"),
                null);
    }

    private static LocalDate day(long ms) {
        return LocalDate.ofInstant(Instant.ofEpochMilli(ms), ZoneOffset.UTC);
    }

    private static @Nullable BigDecimal kilograms(@Nullable BigDecimal micrograms) {
        return micrograms == null ? null : micrograms.movePointLeft(9).setScale(6, RoundingMode.HALF_EVEN);
    }
}
