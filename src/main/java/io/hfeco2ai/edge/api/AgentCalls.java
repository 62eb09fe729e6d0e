package io.hfeco2ai.edge.api;

import io.hfeco2ai.experiments.Experiments;
import io.hfeco2ai.experiments.Experiments.Claim;
import io.hfeco2ai.metering.Metering;
import io.hfeco2ai.metering.Metering.AgentMessage;
import io.hfeco2ai.platform.Conflict;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.springframework.stereotype.Component;

/** What an agent tells beside energy, and is told: whose processes it should follow. */
@Component
class AgentCalls {

    private final Metering metering;
    private final Experiments experiments;
    private final Clock clock;

    AgentCalls(Metering metering, Experiments experiments, Clock clock) {
        this.metering = metering;
        this.experiments = experiments;
        this.clock = clock;
    }

    /** @param startedAt of the member; a process of that pid that started later is another one */
    record MemberJson(String memberId, long pid, Instant startedAt) {}

    void heard(AgentMessage message, String teamId, HttpServletRequest call) {
        if (metering.isOwn(message.nodeId())) {
            throw new Conflict("Node " + message.nodeId()
                    + " is measured by the server itself; no agent is needed there. If it is another machine, give its"
                    + " agent a HFECO2AI_NODE_ID of its own: machines made from one image can share an id.");
        }
        metering.heardFrom(message, teamId, call);
    }

    /** Members of others are none of its business. */
    void gone(String teamId, Map<String, Instant> lastSeen) {
        experiments.ownMembers(teamId, lastSeen.keySet()).forEach(member -> {
            experiments.lost(member, lastSeen.getOrDefault(member, clock.instant()));
        });
    }

    /** The team's open members with a process on the agent's node and boot. */
    List<MemberJson> members(String teamId, AgentMessage agent) {
        long nowMs = clock.millis();
        Map<String, Claim> claims = experiments.claims(agent.nodeId(), nowMs, nowMs + 1).stream()
                .filter(claim -> claim.pid() != null && claim.bootId().equals(agent.bootId()))
                .collect(Collectors.toMap(Claim::memberId, claim -> claim));
        Set<String> own = experiments.ownMembers(teamId, claims.keySet());
        return claims.values().stream()
                .filter(claim -> own.contains(claim.memberId()))
                .map(AgentCalls::json)
                .sorted(java.util.Comparator.comparing(MemberJson::memberId))
                .toList();
    }

    private static MemberJson json(Claim claim) {
        Long pid = claim.pid();
        return new MemberJson(claim.memberId(), pid == null ? 0 : pid, Instant.ofEpochMilli(claim.startMs()));
    }
}
