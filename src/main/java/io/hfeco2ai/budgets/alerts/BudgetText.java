package io.hfeco2ai.budgets.alerts;

import io.hfeco2ai.budgets.Budgets.Outlook;
import io.hfeco2ai.budgets.Budgets.Standing;
import io.hfeco2ai.budgets.Budgets.Unit;
import io.hfeco2ai.units.Figures;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.stream.Collectors;

/** Says in words where a budget stands. */
final class BudgetText {

    private final Figures figures = new Figures();
    private final Standing standing;

    BudgetText(Standing standing) {
        this.standing = standing;
    }

    String title() {
        Double ratio = standing.usedRatio();
        String budget = "Budget “" + standing.name() + "” ";
        if (ratio == null) {
            return budget + "has no limit left";
        }
        return budget
                + (ratio >= 1 ? "has exceeded its limit: " : "has used ")
                + figures.percent(ratio)
                + (ratio >= 1 ? " used" : " of its limit");
    }

    String amount() {
        return number(standing.posted().add(standing.provisional())) + " of " + number(standing.limit()) + " " + unit()
                + " (" + number(standing.posted()) + " posted, " + number(standing.provisional()) + " provisional)";
    }

    String detail(int percent, List<Integer> lower) {
        String text = "It has passed its threshold of " + percent + " % in the period from " + period() + ".";
        return lower.isEmpty()
                ? text
                : text + " Also passed at once: "
                        + lower.stream().map(each -> each + " %").collect(Collectors.joining(", ")) + ".";
    }

    String forecastTitle() {
        Outlook outlook = standing.outlook();
        return "Budget “" + standing.name() + "” is likely to exceed its limit"
                + (outlook == null ? "" : ": probability " + figures.percent(outlook.breachProbability()));
    }

    String forecastDetail() {
        Outlook outlook = standing.outlook();
        if (outlook == null) {
            return "";
        }
        String when = outlook.breachAt() == null
                ? ""
                : " Where it is exceeded, half of the forecasts say before " + figures.time(outlook.breachAt())
                        + " UTC.";
        return "Expected by the end of the period from " + period() + ": " + number(outlook.p50()) + " " + unit()
                + ", in one case out of ten more than " + number(outlook.p90()) + " " + unit() + "." + when;
    }

    private String period() {
        return figures.time(Instant.ofEpochMilli(standing.fromMs())) + " to "
                + figures.time(Instant.ofEpochMilli(standing.toMs())) + " UTC";
    }

    private String unit() {
        return standing.unit() == Unit.KWH ? "kWh" : "kg CO₂e";
    }

    private String number(BigDecimal amount) {
        return figures.number(amount.doubleValue());
    }
}
