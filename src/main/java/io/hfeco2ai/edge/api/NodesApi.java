package io.hfeco2ai.edge.api;

import io.hfeco2ai.metering.Metering;
import io.hfeco2ai.metering.Metering.Agent;
import io.hfeco2ai.metering.Metering.Node;
import io.hfeco2ai.metering.Metering.NodeDevice;
import io.hfeco2ai.platform.NotFound;
import io.hfeco2ai.teams.Allow;
import io.hfeco2ai.teams.Allow.Tokens;
import io.swagger.v3.oas.annotations.Operation;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;

/** The measured machines and their power now. */
@Allow(tokens = {Tokens.CLIENT, Tokens.AGENT, Tokens.READ})
@RestController
class NodesApi {

    record NodesJson(List<NodeJson> nodes) {}

    record NodeJson(
            String id,
            String name,
            @Nullable String cpuModel,
            @Nullable Integer logicalCpus,
            @Nullable Long memoryBytes,
            @Nullable Boolean virtualMachine,
            boolean synthetic,
            boolean embedded,
            Instant lastSeenAt,
            double lagS,
            @Nullable Double powerW,
            @Nullable AgentJson agent,
            List<DeviceJson> devices) {}

    /** What the node's agent said of itself last; waiting and dropped count intervals. */
    record AgentJson(String version, Instant heardAt, boolean live, long waiting, long dropped) {

        static @Nullable AgentJson of(@Nullable Agent agent) {
            return agent == null
                    ? null
                    : new AgentJson(agent.version(), agent.heardAt(), agent.live(), agent.waiting(), agent.dropped());
        }
    }

    record DeviceJson(
            String device,
            String kind,
            String name,
            String quality,
            String source,
            String boundary,
            double uncertaintyRatio,
            @Nullable Double idleW,
            Instant lastSeenAt,
            boolean off) {

        static DeviceJson of(NodeDevice device) {
            return new DeviceJson(
                    device.key(),
                    device.kind().name().toLowerCase(Locale.ROOT),
                    device.name(),
                    device.quality().name().toLowerCase(Locale.ROOT),
                    device.source(),
                    device.boundary().name().toLowerCase(Locale.ROOT),
                    device.uncertaintyRatio(),
                    device.idleWatts(),
                    Instant.ofEpochMilli(device.lastSeenMs()),
                    device.off());
        }
    }

    private final Metering metering;
    private final Clock clock;

    NodesApi(Metering metering, Clock clock) {
        this.metering = metering;
        this.clock = clock;
    }

    @Operation(summary = "All nodes with their devices and their power now")
    @GetMapping("/api/v1/nodes")
    NodesJson nodes() {
        return new NodesJson(metering.nodes().stream().map(this::json).toList());
    }

    @Operation(summary = "The power of a node as it is measured, as server-sent events")
    @GetMapping(path = "/api/v1/nodes/{id}/stream", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
    SseEmitter stream(@PathVariable String id) {
        if (metering.node(id).isEmpty()) {
            throw new NotFound("node " + id);
        }
        return metering.stream(id);
    }

    private NodeJson json(Node node) {
        Double watts = metering.live(node.id()).watts();
        return new NodeJson(
                node.id(),
                node.name(),
                node.cpuModel(),
                node.logicalCpus(),
                node.memoryBytes(),
                node.virtualMachine(),
                node.synthetic(),
                node.embedded(),
                Instant.ofEpochMilli(node.newestMs()),
                Math.max(0, clock.millis() - node.newestMs()) / 1e3,
                watts == null || !Double.isFinite(watts) ? null : watts,
                AgentJson.of(metering.agent(node.id())),
                node.devices().stream().map(DeviceJson::of).toList());
    }
}
