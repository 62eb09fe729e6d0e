package io.hfeco2ai.edge.api;

import io.hfeco2ai.budgets.Budgets.Unit;
import io.hfeco2ai.budgets.gate.Check;
import io.hfeco2ai.budgets.gate.Check.Per;
import io.hfeco2ai.budgets.gate.Gate;
import io.hfeco2ai.budgets.gate.Gate.Wanted;
import io.hfeco2ai.edge.api.GateMessages.GateJson;
import io.hfeco2ai.edge.api.GateMessages.GateRequest;
import io.hfeco2ai.experiments.Experiments;
import io.hfeco2ai.platform.BadInput;
import io.hfeco2ai.teams.Allow;
import io.hfeco2ai.teams.Allow.Tokens;
import io.hfeco2ai.teams.Teams.TokenIdentity;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.ExampleObject;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.JsonNode;

/** Lets a pipeline pass or not. Asking changes nothing, so a token for reading may. */
@Allow(tokens = {Tokens.CLIENT, Tokens.READ})
@RestController
class GateApi {

    private static final double DEFAULT_TOLERANCE = 0.05;
    private static final int MOST_TAGS = 10;

    private final Gate gate;
    private final Experiments experiments;

    GateApi(Gate gate, Experiments experiments) {
        this.gate = gate;
        this.experiments = experiments;
    }

    @Operation(
            summary =
                    "Whether budgets hold, a run stays within a limit, and a change needs no more energy than its base",
            requestBody =
                    @io.swagger.v3.oas.annotations.parameters.RequestBody(
                            content = @Content(examples = @ExampleObject(Examples.GATE))))
    @PostMapping("/api/v1/gate")
    GateJson ask(@AuthenticationPrincipal TokenIdentity caller, @RequestBody GateRequest request) {
        List<Check> checks = new ArrayList<>();
        String team = caller.teamId();
        if (request.aboutSets()) {
            checks.add(gate.compare(
                    team,
                    wanted(team, "base", request.base()),
                    wanted(team, "change", request.change()),
                    tolerance(request.toleranceRatio()),
                    per(request.per())));
        }
        if (request.aboutRun()) {
            checks.addAll(limits(team, request));
        }
        if (request.aboutBudgets()) {
            String project = request.project() == null ? null : experiments.projectId(team, request.project());
            checks.addAll(gate.budgets(team, request.budget(), project, Boolean.TRUE.equals(request.forecast())));
        }
        return GateJson.of(checks);
    }

    private List<Check> limits(String team, GateRequest request) {
        String run = RunMessages.required("run", request.run());
        if (request.limitKwh() == null && request.limitKgCo2e() == null) {
            throw new BadInput(
                    "limit_kwh", "Field limit_kwh is missing; give it or limit_kg_co2e, what the run may use at most.");
        }
        List<Check> checks = new ArrayList<>();
        if (request.limitKwh() != null) {
            checks.add(gate.limit(team, run, Unit.KWH, limit("limit_kwh", request.limitKwh())));
        }
        if (request.limitKgCo2e() != null) {
            checks.add(gate.limit(team, run, Unit.KG_CO2E, limit("limit_kg_co2e", request.limitKgCo2e())));
        }
        return checks;
    }

    private static double limit(String field, double limit) {
        if (!(limit > 0) || Double.isInfinite(limit)) {
            throw JsonFields.wrong(field, "a number above 0");
        }
        return limit;
    }

    private static double tolerance(@Nullable Double given) {
        double tolerance = given == null ? DEFAULT_TOLERANCE : given;
        if (!(tolerance >= 0 && tolerance <= 1)) {
            throw JsonFields.wrong("tolerance_ratio", "a share from 0 to 1, such as 0.05 for 5 %");
        }
        return tolerance;
    }

    private static Per per(@Nullable String word) {
        Map<String, Per> words = JsonFields.words(Per.class);
        Per per = words.get(word == null ? "run" : word);
        if (per == null) {
            throw JsonFields.wrong("per", "one of " + String.join(", ", words.keySet()));
        }
        return per;
    }

    private Wanted wanted(String team, String field, @Nullable JsonNode node) {
        if (node == null || node.isNull()) {
            throw new BadInput(field, "Field " + field + " is missing; a comparison needs base and change.");
        }
        if (node.isArray()) {
            List<String> ids = new ArrayList<>();
            node.forEach(id -> ids.add(text(field + "[" + ids.size() + "]", id)));
            return new Wanted(field, ids, null, Map.of());
        }
        if (!node.isObject()) {
            throw JsonFields.wrong(field, "a list of run ids, or an object with project, experiment and tags");
        }
        String project = experiments.projectId(team, text(field + ".project", node.path("project")));
        String experiment =
                experiments.experimentId(team, project, text(field + ".experiment", node.path("experiment")));
        return new Wanted(field, null, experiment, tags(field + ".tags", node.path("tags")));
    }

    private static Map<String, String> tags(String field, JsonNode node) {
        if (!node.isMissingNode() && !node.isNull() && (!node.isObject() || node.size() > MOST_TAGS)) {
            throw JsonFields.wrong(field, "an object of at most " + MOST_TAGS + " texts by name");
        }
        Map<String, String> tags = new LinkedHashMap<>();
        node.properties().forEach(tag -> tags.put(tag.getKey(), text(field + "." + tag.getKey(), tag.getValue())));
        return tags;
    }

    private static String text(String field, JsonNode node) {
        if (node.isMissingNode() || node.isNull()) {
            throw new BadInput(field, "Field " + field + " is missing; add it.");
        }
        if (!node.isString() || node.asString().isBlank() || node.asString().indexOf('\0') >= 0) {
            throw JsonFields.wrong(field, "text that is not empty");
        }
        return node.asString();
    }
}
