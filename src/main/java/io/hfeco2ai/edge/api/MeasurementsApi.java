package io.hfeco2ai.edge.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.hfeco2ai.edge.api.BatchReader.Read;
import io.hfeco2ai.experiments.Experiments;
import io.hfeco2ai.metering.Metering;
import io.hfeco2ai.metering.Metering.Batch;
import io.hfeco2ai.metering.Metering.Recorded;
import io.hfeco2ai.metering.Metering.Rejection;
import io.hfeco2ai.metering.Metering.UsageReport;
import io.hfeco2ai.platform.BadInput;
import io.hfeco2ai.teams.Allow;
import io.hfeco2ai.teams.Allow.Tokens;
import io.hfeco2ai.teams.Teams.TokenIdentity;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.ExampleObject;
import io.swagger.v3.oas.annotations.parameters.RequestBody;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/** Takes energy in. The body is read as it streams in: it is the busiest call there is. */
@Allow(tokens = {Tokens.CLIENT, Tokens.AGENT})
@RestController
class MeasurementsApi {

    private static final String MEASURED_HERE = "this node is measured by the server itself; send usage only";
    private static final String MEASURED_THERE = "this node is measured by its agent; send usage only";
    private static final String MEASURED_BY_OTHERS =
            "this node is measured by the agent of another team, whose tokens alone add energy here; send usage only, or"
                    + " give the machine a node id of its own";
    private static final String STRANGER = "member_id: belongs to no run of your team; send those of the last answer";

    private final Metering metering;
    private final Experiments experiments;
    private final AgentCalls agents;

    MeasurementsApi(Metering metering, Experiments experiments, AgentCalls agents) {
        this.metering = metering;
        this.experiments = experiments;
        this.agents = agents;
    }

    /** @param members for agents: whose processes to follow on their node from now on; absent for others */
    record RecordedJson(
            int accepted,
            int duplicates,
            List<Rejection> rejected,

            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable List<AgentCalls.MemberJson> members) {

        static RecordedJson of(Recorded recorded, @Nullable List<AgentCalls.MemberJson> members) {
            return new RecordedJson(recorded.accepted(), recorded.duplicates(), recorded.rejected(), members);
        }
    }

    @Operation(
            summary = "Takes energy in, at most 1,000 intervals and 10 MB a call; repeating a call changes nothing",
            requestBody =
                    @RequestBody(
                            content =
                                    @Content(
                                            mediaType = "application/json",
                                            examples = @ExampleObject(Examples.MEASUREMENTS))))
    @PostMapping(path = "/api/v1/measurements", consumes = "application/json")
    RecordedJson record(@AuthenticationPrincipal TokenIdentity caller, HttpServletRequest request) throws IOException {
        Read read = BatchReader.read(request.getInputStream());
        Set<String> own = experiments.ownMembers(caller.teamId(), read.memberIds());
        if (read.agent() != null) {
            agents.heard(read.agent(), caller.teamId(), request);
            Recorded recorded = recordOwn(read.batch(), null, own);
            agents.gone(caller.teamId(), read.gone());
            return RecordedJson.of(recorded, agents.members(caller.teamId(), read.agent()));
        }
        if (own.size() < read.memberIds().size()) {
            throw new BadInput(
                    "usage", "Field usage names a member_id of no run of your team; send the one that start answered.");
        }
        Batch batch = read.batch();
        // Whatever boot is named: who measures a node knows its boot, and nobody else may add energy to it.
        String reason = reasonAgainst(caller.teamId(), batch.nodeId());
        return RecordedJson.of(reason == null ? metering.record(batch) : recordOwn(batch, reason, own), null);
    }

    /** Why a client's energy is not taken; null: it is. */
    private @Nullable String reasonAgainst(String teamId, String nodeId) {
        if (metering.isOwn(nodeId)) {
            return MEASURED_HERE;
        }
        if (!metering.mayMeasure(teamId, nodeId)) {
            return MEASURED_BY_OTHERS;
        }
        return hasAgent(nodeId) ? MEASURED_THERE : null;
    }

    private boolean hasAgent(String nodeId) {
        Metering.Agent agent = metering.agent(nodeId);
        return agent != null && agent.live();
    }

    /**
     * Records the rest of a batch and numbers what is rejected as in the whole.
     *
     * @param noEnergy why no interval of it is taken; null: they are
     */
    private Recorded recordOwn(Batch batch, @Nullable String noEnergy, Set<String> ownMembers) {
        int intervals = batch.intervals().size();
        List<Rejection> rejected = new ArrayList<>();
        List<Integer> places = new ArrayList<>();
        for (int index = 0; index < intervals; index++) {
            if (noEnergy == null) {
                places.add(index);
            } else {
                rejected.add(new Rejection(index, noEnergy));
            }
        }
        List<UsageReport> usage = new ArrayList<>();
        for (int index = 0; index < batch.usage().size(); index++) {
            UsageReport report = batch.usage().get(index);
            if (ownMembers.contains(report.memberId())) {
                usage.add(report);
                places.add(intervals + index);
            } else {
                rejected.add(new Rejection(intervals + index, STRANGER));
            }
        }
        if (places.isEmpty()) {
            return new Recorded(0, 0, rejected);
        }
        Recorded recorded = metering.record(new Batch(
                batch.nodeId(),
                batch.bootId(),
                noEnergy == null ? batch.nodeName() : null,
                batch.origin(),
                batch.synthetic(),
                noEnergy == null ? batch.intervals() : List.of(),
                usage));
        recorded.rejected().forEach(each -> rejected.add(new Rejection(places.get(each.index()), each.reason())));
        return new Recorded(recorded.accepted(), recorded.duplicates(), rejected);
    }
}
