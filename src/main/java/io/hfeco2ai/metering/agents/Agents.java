package io.hfeco2ai.metering.agents;

import io.hfeco2ai.metering.Ingest;
import io.hfeco2ai.metering.Metering.Agent;
import io.hfeco2ai.metering.Metering.AgentMessage;
import io.hfeco2ai.metering.NodeRegistry;
import io.hfeco2ai.platform.BadInput;
import io.hfeco2ai.platform.Conflict;
import io.hfeco2ai.platform.Inputs;
import java.net.InetAddress;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Which agents spoke lately, from where, and what they said of themselves and their nodes. In memory only: after a restart
 * each of them speaks again within seconds.
 */
@Component
public class Agents {

    /** An agent speaks every ten seconds. */
    static final long SILENT_MS = 60_000;

    private record Heard(
            AgentMessage message, String teamId, @Nullable InetAddress address, long atMs) {}

    private final Ingest ingest;
    private final NodeRegistry nodes;
    private final Clock clock;
    private final Map<String, Heard> byNode = new ConcurrentHashMap<>();

    Agents(Ingest ingest, NodeRegistry nodes, Clock clock) {
        this.ingest = ingest;
        this.nodes = nodes;
        this.clock = clock;
    }

    /**
     * @param teamId whose token the agent has: from now on nobody else's adds energy to the node
     * @throws BadInput when what it says cannot be stored, or the node is synthetic and the message is not
     * @throws io.hfeco2ai.platform.Conflict an agent of another team has measured the node
     */
    public void heard(AgentMessage message, String teamId, @Nullable InetAddress address) {
        text("node", message.nodeId(), 64);
        text("boot_id", message.bootId(), 64);
        text("node_name", message.nodeName(), 200);
        text("agent.version", message.version(), 50);
        if (message.info().cpuModel() != null) {
            text("node_info.cpu_model", message.info().cpuModel(), 200);
        }
        Heard now = new Heard(message, teamId, address, clock.millis());
        Heard before = byNode.get(message.nodeId());
        boolean known = before != null
                && before.teamId().equals(teamId)
                && before.message().sameNode(message);
        // Not replaced: the node was released meanwhile, or it spoke twice at once.
        if (!known || !byNode.replace(message.nodeId(), before, now)) {
            ingest.exclusively(() -> {
                nodes.describe(message, teamId);
                byNode.put(message.nodeId(), now);
            });
        }
    }

    private static void text(String field, String text, int maxLength) {
        if (text.isBlank() || text.length() > maxLength) {
            throw new BadInput(field, "Field " + field + " must have 1 to " + maxLength + " characters.");
        }
        Inputs.plain(field, text);
    }

    /**
     * Lets the node go: the next agent that speaks for it keeps it for its own team. What was measured stays.
     *
     * @throws Conflict its agent speaks, so it would keep the node at once
     */
    public void release(String nodeId) {
        ingest.exclusively(() -> {
            Heard heard = byNode.get(nodeId);
            if (heard != null && isLive(heard)) {
                throw new Conflict(
                        "An agent measures this node now and would keep it at once. Stop it, or revoke its token,"
                                + " and try again a minute later.");
            }
            byNode.remove(nodeId);
            nodes.release(nodeId);
        });
    }

    /** The team whose agent measures the node, or did before it fell silent; null: none ever has. */
    public @Nullable String teamOf(String nodeId) {
        Heard heard = byNode.get(nodeId);
        return heard == null ? nodes.agentTeam(nodeId) : heard.teamId();
    }

    /** Whether one on this node and boot spoke within the last minute. */
    public boolean watches(String nodeId, String bootId) {
        Heard heard = byNode.get(nodeId);
        return heard != null && heard.message().bootId().equals(bootId) && isLive(heard);
    }

    /** Nodes whose agents spoke from that address within the last minute, by id. */
    public List<String> nodesAt(InetAddress address) {
        return byNode.entrySet().stream()
                .filter(each -> address.equals(each.getValue().address()) && isLive(each.getValue()))
                .map(Map.Entry::getKey)
                .sorted()
                .toList();
    }

    /** Null when none has spoken for this node since this server started. */
    public @Nullable Agent of(String nodeId) {
        Heard heard = byNode.get(nodeId);
        return heard == null
                ? null
                : new Agent(
                        heard.message().version(),
                        Instant.ofEpochMilli(heard.atMs()),
                        isLive(heard),
                        heard.message().waiting(),
                        heard.message().dropped());
    }

    private boolean isLive(Heard heard) {
        return clock.millis() - heard.atMs() < SILENT_MS;
    }
}
