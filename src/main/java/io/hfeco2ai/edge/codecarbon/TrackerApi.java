package io.hfeco2ai.edge.codecarbon;

import io.hfeco2ai.experiments.Experiments.Run;
import io.hfeco2ai.teams.Allow;
import io.hfeco2ai.teams.Allow.Tokens;
import io.hfeco2ai.teams.Teams.TokenIdentity;
import io.swagger.v3.oas.annotations.Hidden;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** What a tracker calls while it measures. A client takes nothing but 201, within 2 s, and never asks again. */
@Allow(tokens = Tokens.CLIENT)
@Hidden
@RestController
@RequestMapping({"/codecarbon", "/codecarbon/{node}"})
class TrackerApi {

    record RunJson(String id, String experimentId, Instant timestamp) {}

    /** @param duplicate the same emission was there already */
    record EmissionJson(String runId, boolean duplicate) {}

    private final TrackedRuns runs;

    TrackerApi(TrackedRuns runs) {
        this.runs = runs;
    }

    @PostMapping({"/runs", "/run"})
    @ResponseStatus(HttpStatus.CREATED)
    RunJson start(
            @AuthenticationPrincipal TokenIdentity identity,
            @PathVariable(required = false) @Nullable String node,
            @RequestBody RunBody body,
            HttpServletRequest request) {
        Run run = runs.start(Caller.of(identity, node, request), body);
        return new RunJson(run.id(), run.experimentId(), run.startedAt());
    }

    @PostMapping({"/emissions", "/emission"})
    @ResponseStatus(HttpStatus.CREATED)
    EmissionJson emission(
            @AuthenticationPrincipal TokenIdentity identity,
            @PathVariable(required = false) @Nullable String node,
            @RequestBody EmissionBody body,
            HttpServletRequest request) {
        boolean isNew = runs.emission(Caller.of(identity, node, request), body);
        return new EmissionJson(body.run(), !isNew);
    }
}
