package io.hfeco2ai.edge.api;

import io.hfeco2ai.budgets.Budgets;
import io.hfeco2ai.budgets.Budgets.Budget;
import io.hfeco2ai.budgets.Budgets.Outlook;
import io.hfeco2ai.budgets.Budgets.Standing;
import io.hfeco2ai.platform.BadInput;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What the calls about budgets take and answer. */
final class BudgetMessages {

    private static final String THRESHOLDS = "thresholds_percent";

    private BudgetMessages() {}

    /** As the form: the first word of a choice that is not made, and its thresholds. Unit and period must be said. */
    record BudgetRequest(
            @Nullable String name,
            @Nullable String project,
            @Nullable String unit,
            @Nullable String energyBasis,
            @Nullable String period,
            @Nullable String lastDay,
            @Nullable BigDecimal limit,
            @Nullable String carryOver,
            @Nullable List<Integer> thresholdsPercent,
            @Nullable String onExceeded,
            @Nullable Boolean draft) {

        /** The fields of the form, as text. */
        Map<String, String> fields() {
            Map<String, String> fields = new HashMap<>();
            fields.put("name", RunMessages.required("name", name));
            fields.put("unit", RunMessages.required("unit", unit));
            fields.put("period", RunMessages.required("period", period));
            fields.put("limit", RunMessages.required("limit", limit == null ? null : limit.toString()));
            fields.put("energy_basis", energyBasis == null ? "" : energyBasis);
            fields.put("carry_over", carryOver == null ? "" : carryOver);
            fields.put("on_exceeded", onExceeded == null ? "" : onExceeded);
            fields.put("last_day", lastDay == null ? "" : lastDay);
            fields.put(
                    "thresholds",
                    thresholdsPercent == null
                            ? "80,95"
                            : thresholdsPercent.stream().map(String::valueOf).collect(Collectors.joining(",")));
            return fields;
        }

        String create(Budgets budgets, String teamId, Map<String, String> fields) {
            try {
                return budgets.create(teamId, fields, Boolean.TRUE.equals(draft));
            } catch (BadInput e) {
                throw e.field().equals("thresholds")
                        ? new BadInput(THRESHOLDS, e.detail().replace("Field thresholds", "Field " + THRESHOLDS))
                        : e;
            }
        }
    }

    record BudgetsJson(List<BudgetJson> budgets) {}

    /**
     * @param project null: of the whole team
     * @param limit of the open period, with what was carried over; where none is open, of each period
     * @param posted null, as all after it: no period is open
     */
    record BudgetJson(
            String id,
            String name,
            @Nullable String project,
            String state,
            String unit,
            String energyBasis,
            String period,
            BigDecimal limit,
            @Nullable BigDecimal posted,
            @Nullable BigDecimal provisional,
            @Nullable Double uncountedKwh,
            @Nullable Double usedRatio,
            @Nullable Instant from,
            @Nullable Instant to,
            @Nullable List<Integer> thresholdsPercent,
            @Nullable String onExceeded,
            @Nullable OutlookJson outlook) {

        static BudgetJson of(Budget budget, Map<String, String> projects) {
            Standing open = budget.standing();
            Outlook outlook = open == null ? null : open.outlook();
            return new BudgetJson(
                    budget.id(),
                    budget.name(),
                    budget.projectId() == null ? null : projects.get(budget.projectId()),
                    lower(budget.state()),
                    lower(budget.unit().name()),
                    lower(budget.energyBasis()),
                    lower(budget.period()),
                    plain(open == null ? budget.limit() : open.limit()),
                    open == null ? null : plain(open.posted()),
                    open == null ? null : plain(open.provisional()),
                    open == null ? null : Double.valueOf(open.uncounted().kilowattHours()),
                    open == null ? null : open.usedRatio(),
                    open == null ? null : Instant.ofEpochMilli(open.fromMs()),
                    open == null ? null : Instant.ofEpochMilli(open.toMs()),
                    open == null ? null : open.thresholdsPercent(),
                    open == null ? null : lower(open.onExceeded().name()),
                    outlook == null ? null : OutlookJson.of(outlook));
        }
    }

    /** Spent at the period's end, in the budget's unit. @param breachAt null: the limit is not reached */
    record OutlookJson(
            BigDecimal p10,
            BigDecimal p50,
            BigDecimal p90,
            @Nullable Instant breachAt,
            double breachProbability,
            Instant madeAt) {

        static OutlookJson of(Outlook outlook) {
            return new OutlookJson(
                    outlook.p10(),
                    outlook.p50(),
                    outlook.p90(),
                    outlook.breachAt(),
                    outlook.breachProbability(),
                    outlook.madeAt());
        }
    }

    private static BigDecimal plain(BigDecimal amount) {
        BigDecimal stripped = amount.stripTrailingZeros();
        return stripped.scale() < 0 ? stripped.setScale(0) : stripped;
    }

    private static String lower(String word) {
        return word.toLowerCase(Locale.ROOT);
    }
}
