package io.hfeco2ai.edge.api;

import io.hfeco2ai.budgets.Budgets;
import io.hfeco2ai.edge.api.RunMessages.BudgetJson;
import io.hfeco2ai.edge.api.RunMessages.FinishRequest;
import io.hfeco2ai.edge.api.RunMessages.ProgressJson;
import io.hfeco2ai.edge.api.RunMessages.ProgressRequest;
import io.hfeco2ai.experiments.Experiments;
import io.hfeco2ai.experiments.Experiments.Member;
import io.hfeco2ai.experiments.Experiments.Run;
import io.hfeco2ai.ledger.Ledger;
import io.hfeco2ai.ledger.Ledger.Question;
import io.hfeco2ai.ledger.embodied.Embodied;
import io.hfeco2ai.metering.Metering;
import io.hfeco2ai.metering.Metering.Node;
import io.hfeco2ai.platform.NotFound;
import io.hfeco2ai.teams.Allow;
import io.hfeco2ai.teams.Allow.Tokens;
import io.hfeco2ai.teams.Teams.TokenIdentity;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.ExampleObject;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** What a run has used: while it goes on, when it ends, and afterwards. */
@Allow(tokens = Tokens.CLIENT)
@RestController
@RequestMapping("/api/v1/runs/{id}")
class RunFootprintApi {

    record FinishedJson(String id, String status, @Nullable Instant endedAt, FootprintJson footprint) {}

    private final Experiments experiments;
    private final Metering metering;
    private final Ledger ledger;
    private final Embodied embodied;
    private final Budgets budgets;

    RunFootprintApi(Experiments experiments, Metering metering, Ledger ledger, Embodied embodied, Budgets budgets) {
        this.experiments = experiments;
        this.metering = metering;
        this.ledger = ledger;
        this.embodied = embodied;
        this.budgets = budgets;
    }

    @Operation(
            summary = "How far a run is; answers what it used so far and whether its budget lets it go on",
            requestBody =
                    @io.swagger.v3.oas.annotations.parameters.RequestBody(
                            content = @Content(examples = @ExampleObject(Examples.PROGRESS))))
    @PostMapping("/progress")
    ProgressJson progress(
            @AuthenticationPrincipal TokenIdentity caller,
            @PathVariable String id,
            @RequestBody ProgressRequest request) {
        Run run = own(caller, id);
        experiments.progress(caller.teamId(), id, request.progress());
        FootprintJson soFar = FootprintJson.of(ledger.footprint(Question.ofRun(id, run.synthetic())));
        return new ProgressJson(
                soFar.energyKwh(), soFar.emissionsKgCo2e(), metering.powerNow(id), BudgetJson.of(budgets.action(id)));
    }

    @Operation(
            summary = "Ends a run; answers its footprint",
            requestBody =
                    @io.swagger.v3.oas.annotations.parameters.RequestBody(
                            content = @Content(examples = @ExampleObject(Examples.FINISH))))
    @PostMapping("/finish")
    FinishedJson finish(
            @AuthenticationPrincipal TokenIdentity caller,
            @PathVariable String id,
            @RequestBody FinishRequest request) {
        Run run = experiments.finish(caller.teamId(), id, request.status(), request.endedAt());
        if (experiments.detail(id).members().stream().anyMatch(this::onThisServersNode)) {
            metering.flush();
        }
        ledger.settle(id);
        return new FinishedJson(id, run.status(), run.endedAt(), footprint(run));
    }

    private boolean onThisServersNode(Member member) {
        return metering.node(member.nodeId()).filter(Node::embedded).isPresent();
    }

    @Operation(summary = "What a run and its child runs have used")
    @Allow(tokens = {Tokens.CLIENT, Tokens.READ})
    @GetMapping("/footprint")
    FootprintJson footprint(@AuthenticationPrincipal TokenIdentity caller, @PathVariable String id) {
        return footprint(own(caller, id));
    }

    private FootprintJson footprint(Run run) {
        Question question = Question.ofRun(run.id(), run.synthetic());
        return FootprintJson.of(
                ledger.footprint(question),
                ledger.uncertainty(question),
                embodied.share(question).amount(),
                null);
    }

    private Run own(TokenIdentity caller, String id) {
        return experiments
                .find(id)
                .filter(run -> run.teamId().equals(caller.teamId()))
                .orElseThrow(() -> new NotFound("run " + id));
    }
}
