package io.hfeco2ai.reports.standards;

import io.hfeco2ai.reports.Category;
import io.hfeco2ai.reports.Report.Figure;
import io.hfeco2ai.reports.Report.Section;
import io.hfeco2ai.reports.Report.State;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * From what a meter or bill says to the runs: what the books explain of it, and what is left. The parts add up to the bill,
 * whatever the bill says.
 */
final class BridgeSection {

    private BridgeSection() {}

    /** @param billKwh of the sites under own control, in the report's period; 0 or more */
    static Section of(Activity activity, BigDecimal billKwh, String entries) {
        Sum own = activity.of(Category.SCOPE2);
        BigDecimal rest = billKwh.subtract(own.suppliedKwh());
        State state = own.energyState();
        List<Figure> figures = new ArrayList<>();
        figures.add(kwh("Bill or meter", billKwh, State.VALUE, "As given by whoever asked for the report", null));
        figures.add(kwh(
                "Used by runs",
                activity.ofRuns.energyKwh(),
                activity.ofRuns.energyState(),
                "Energy of devices that runs claim, " + activity.ofRuns.entries() + " entries",
                entries));
        // What is left of a sum that is rounded once, so that the parts add up to the last digit.
        figures.add(kwh(
                "Used while no run claimed it",
                own.suppliedKwh().subtract(own.overheadKwh()).subtract(activity.ofRuns.energyKwh()),
                activity.ofNoRun.energyState(),
                "Idle machines, other programs, and processors beside a run's own devices",
                entries));
        figures.add(kwh(
                "Overhead of the buildings",
                own.overheadKwh(),
                state,
                "Cooling and distribution by each site's PUE"
                        + (own.withoutOverheadKwh().signum() == 0
                                ? ""
                                : "; unknown for " + Figures.plain(own.withoutOverheadKwh()) + " kWh, set the PUE"),
                null));
        figures.addAll(unknown(own));
        figures.add(kwh("Left, not explained", rest, State.ESTIMATED, left(rest), null));
        figures.add(Figures.percent("", "Left, of the bill", percent(rest, billKwh), "What is left ÷ the bill"));
        return new Section(
                "From the bill to the runs",
                "Sites under own control. Bill = runs + no run + overhead + what is left.",
                figures,
                List.of());
    }

    /** What is known to be in the rest, and not how much. */
    private static List<Figure> unknown(Sum own) {
        return List.of(
                Figure.missing(
                        "",
                        "Losses of power supplies",
                        Figures.KWH,
                        "In the above where a node is metered at its plug; elsewhere in what is left."),
                new Figure(
                        "",
                        "Device-hours that nothing observed",
                        own.missingHours(),
                        null,
                        "h",
                        State.VALUE,
                        "Their energy is not estimated: it is in what is left",
                        null));
    }

    private static String left(BigDecimal rest) {
        return rest.signum() < 0
                ? "More was counted than billed: a PUE too high, a model that errs, a node of another site, or a bill of"
                        + " other days"
                : "Machines that nobody meters, losses of power supplies, hours that nothing observed, overhead without"
                        + " a PUE";
    }

    private static @Nullable BigDecimal percent(BigDecimal part, BigDecimal whole) {
        return whole.signum() == 0 ? null : part.movePointRight(2).divide(whole, 2, RoundingMode.HALF_EVEN);
    }

    private static Figure kwh(String label, BigDecimal amount, State state, String how, @Nullable String entries) {
        return new Figure("", label, amount, null, Figures.KWH, state, how, entries);
    }
}
