package io.hfeco2ai.edge.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.hfeco2ai.budgets.Budgets.Unit;
import io.hfeco2ai.budgets.gate.Check;
import io.hfeco2ai.budgets.gate.Check.Comparison;
import io.hfeco2ai.budgets.gate.Check.Side;
import io.hfeco2ai.budgets.gate.Check.Spent;
import io.hfeco2ai.budgets.gate.Contrast;
import io.hfeco2ai.budgets.gate.Gate;
import io.swagger.v3.oas.annotations.media.Schema;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** What the gate is asked and answers. */
final class GateMessages {

    private GateMessages() {}

    /** Budgets are looked at when one or a project is named, or nothing else is asked. */
    record GateRequest(
            @Nullable String budget,
            @Nullable String project,
            @Nullable Boolean forecast,
            @Nullable String run,
            @Nullable Double limitKwh,
            @JsonProperty("limit_kg_co2e") @Nullable Double limitKgCo2e,

            @Schema(description = "run ids, or {project, experiment, tags}", type = "object") @Nullable JsonNode base,

            @Schema(description = "run ids, or {project, experiment, tags}", type = "object") @Nullable JsonNode change,

            @Nullable Double toleranceRatio,
            @Nullable String per) {

        boolean aboutRun() {
            return run != null || limitKwh != null || limitKgCo2e != null;
        }

        boolean aboutSets() {
            return base != null || change != null;
        }

        boolean aboutBudgets() {
            return budget != null || project != null || Boolean.TRUE.equals(forecast) || !(aboutRun() || aboutSets());
        }
    }

    record GateJson(String verdict, List<CheckJson> checks) {

        static GateJson of(List<Check> checks) {
            return new GateJson(
                    lower(Gate.verdict(checks)),
                    checks.stream().map(CheckJson::of).toList());
        }
    }

    /** @param interval of the ratio, 95 %: its lower and upper end */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record CheckJson(
            String check,
            String verdict,
            @Nullable String budget,
            @Nullable String run,
            @Nullable Double usedKwh,
            @Nullable Double limitKwh,
            @JsonProperty("used_kg_co2e") @Nullable Double usedKgCo2e,
            @JsonProperty("limit_kg_co2e") @Nullable Double limitKgCo2e,
            @Nullable Double usedRatio,
            @Nullable String per,
            @Nullable SideJson base,
            @Nullable SideJson change,
            @Nullable Double toleranceRatio,
            @Nullable Double ratio,
            @Nullable List<Double> interval,
            @Nullable Double pValue,
            String message,
            List<String> notes) {

        static CheckJson of(Check check) {
            Spent spent = check.spent();
            Comparison sets = check.comparison();
            Contrast contrast = sets == null ? null : sets.contrast();
            Spent kwh = spent != null && spent.unit() == Unit.KWH ? spent : null;
            Spent kg = spent != null && spent.unit() == Unit.KG_CO2E ? spent : null;
            return new CheckJson(
                    lower(check.kind()),
                    lower(check.verdict()),
                    check.budgetId(),
                    check.runId(),
                    kwh == null ? null : kwh.used(),
                    kwh == null ? null : Double.valueOf(kwh.limit()),
                    kg == null ? null : kg.used(),
                    kg == null ? null : Double.valueOf(kg.limit()),
                    spent == null ? null : spent.ratio(),
                    sets == null ? null : lower(sets.per()),
                    sets == null ? null : SideJson.of(sets.base()),
                    sets == null ? null : SideJson.of(sets.change()),
                    sets == null ? null : Double.valueOf(sets.tolerance()),
                    contrast == null ? null : contrast.ratio(),
                    contrast == null ? null : ends(contrast.low(), contrast.high()),
                    contrast == null ? null : contrast.p(),
                    check.message(),
                    check.notes());
        }
    }

    /** @param meanKwh geometric mean of its runs, for each unit of work */
    record SideJson(int runs, @Nullable Double meanKwh) {

        static SideJson of(Side side) {
            return new SideJson(side.runs(), side.meanKwh());
        }
    }

    private static @Nullable List<Double> ends(@Nullable Double low, @Nullable Double high) {
        return low == null || high == null ? null : List.of(low, high);
    }

    private static String lower(Enum<?> word) {
        return word.name().toLowerCase(Locale.ROOT);
    }
}
