package io.hfeco2ai.edge.api;

import io.hfeco2ai.edge.api.RunMessages.MemberAddedJson;
import io.hfeco2ai.edge.api.RunMessages.MemberRequest;
import io.hfeco2ai.edge.api.RunMessages.RunDetailJson;
import io.hfeco2ai.edge.api.RunMessages.RunsJson;
import io.hfeco2ai.edge.api.RunMessages.StartRequest;
import io.hfeco2ai.edge.api.RunMessages.StartedJson;
import io.hfeco2ai.experiments.Experiments;
import io.hfeco2ai.experiments.Experiments.NewMember;
import io.hfeco2ai.experiments.Experiments.Run;
import io.hfeco2ai.experiments.Experiments.RunSearch;
import io.hfeco2ai.experiments.Experiments.StartRun;
import io.hfeco2ai.experiments.Experiments.Started;
import io.hfeco2ai.metering.Metering;
import io.hfeco2ai.platform.NotFound;
import io.hfeco2ai.teams.Allow;
import io.hfeco2ai.teams.Allow.Tokens;
import io.hfeco2ai.teams.Teams.TokenIdentity;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.ExampleObject;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.servlet.support.ServletUriComponentsBuilder;

/** Starts runs, adds their processes, finds them. */
@Allow(tokens = Tokens.CLIENT)
@RestController
@RequestMapping("/api/v1/runs")
class RunsApi {

    private final Experiments experiments;
    private final Metering metering;

    RunsApi(Experiments experiments, Metering metering) {
        this.experiments = experiments;
        this.metering = metering;
    }

    @Operation(
            summary = "Starts a run; the same external_id again is the same run (200)",
            requestBody =
                    @io.swagger.v3.oas.annotations.parameters.RequestBody(
                            content = @Content(examples = @ExampleObject(Examples.START))))
    @PostMapping
    ResponseEntity<StartedJson> start(
            @AuthenticationPrincipal TokenIdentity caller,
            @RequestHeader(name = HttpHeaders.USER_AGENT, required = false) @Nullable String client,
            @RequestBody StartRequest request) {
        StartRun start = request.start(caller.teamId(), client);
        Started started = experiments.start(start);
        NewMember member = start.member();
        String id = started.run().id();
        StartedJson json = new StartedJson(
                id,
                started.run().status(),
                url().apply(id),
                member == null ? null : watched(member),
                started.memberId());
        return ResponseEntity.status(started.created() ? HttpStatus.CREATED : HttpStatus.OK)
                .body(json);
    }

    @Operation(
            summary = "Adds another process or rank to a run",
            requestBody =
                    @io.swagger.v3.oas.annotations.parameters.RequestBody(
                            content = @Content(examples = @ExampleObject(Examples.MEMBER))))
    @PostMapping("/{id}/members")
    @ResponseStatus(HttpStatus.CREATED)
    MemberAddedJson add(
            @AuthenticationPrincipal TokenIdentity caller,
            @PathVariable String id,
            @RequestBody MemberRequest request) {
        NewMember member = request.member();
        String memberId = experiments.addMember(caller.teamId(), id, member);
        return new MemberAddedJson(memberId, watched(member));
    }

    @Allow(tokens = {Tokens.CLIENT, Tokens.READ})
    @Operation(summary = "Finds runs of your team, the newest first; project and experiment are names or ids")
    @GetMapping
    RunsJson search(
            @AuthenticationPrincipal TokenIdentity caller,
            @RequestParam(required = false) @Nullable String project,
            @RequestParam(required = false) @Nullable String experiment,
            @RequestParam(required = false) @Nullable String status,
            @RequestParam(required = false) @Nullable String text,
            @RequestParam(defaultValue = "0") int page,
            @RequestParam(defaultValue = "50") int size) {
        String projectId = project == null ? null : experiments.projectId(caller.teamId(), project);
        String experimentId =
                experiment == null ? null : experiments.experimentId(caller.teamId(), projectId, experiment);
        var search = new RunSearch(Set.of(caller.teamId()), projectId, experimentId, status, text, page, size);
        return RunsJson.of(experiments.search(search), url());
    }

    @Allow(tokens = {Tokens.CLIENT, Tokens.READ})
    @Operation(summary = "A run with its parameters, tags, last metrics, attempts and members")
    @GetMapping("/{id}")
    RunDetailJson detail(@AuthenticationPrincipal TokenIdentity caller, @PathVariable String id) {
        Run run = experiments
                .find(id)
                .filter(each -> each.teamId().equals(caller.teamId()))
                .orElseThrow(() -> new NotFound("run " + id));
        return RunDetailJson.of(experiments.detail(run.id()), url());
    }

    private boolean watched(NewMember member) {
        return metering.watches(member.nodeId(), member.bootId());
    }

    /** The address of a run's page, as the caller reaches this server. */
    private static UnaryOperator<String> url() {
        String base =
                ServletUriComponentsBuilder.fromCurrentContextPath().build().toUriString();
        return id -> base + "/runs/" + id;
    }
}
