package io.hfeco2ai.cli.agent;

import io.hfeco2ai.cli.Cli;
import io.hfeco2ai.cli.Json;
import io.hfeco2ai.cli.Messages;
import io.hfeco2ai.cli.agent.AgentSpool.Group;
import io.hfeco2ai.cli.agent.Segment.Record;
import io.hfeco2ai.sensor.Host;
import io.hfeco2ai.sensor.ReplaySensor;
import io.hfeco2ai.sensor.members.MemberSensors.MemberShare;
import io.hfeco2ai.sensor.members.MemberSensors.Pass;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;

/** What is kept of a pass, and the call that is made of what was kept. */
final class Outgoing {

    private final Host host;
    private final String header;

    Outgoing(Host host, boolean synthetic) {
        this.host = host;
        this.header = header(host, synthetic);
    }

    private static String header(Host host, boolean synthetic) {
        String object = Json.object(json -> {
            Messages.node(json, host);
            if (synthetic) {
                json.writeBooleanProperty("synthetic", true);
            }
        });
        return object.substring(1, object.length() - 1);
    }

    /** A recording of watts is no measurement: all that is made of it is marked. */
    static boolean synthetic(Pass pass) {
        return pass.powers().stream().anyMatch(power -> power.device().source().equals(ReplaySensor.SOURCE));
    }

    Host host() {
        return host;
    }

    /** Null when nothing ended with the pass. */
    @Nullable Record record(Pass pass) {
        int rows = pass.intervals().size() + pass.shares().size();
        if (rows == 0) {
            return null;
        }
        return new Record(
                pass.intervals().size(),
                rows,
                header,
                Json.elements(json -> pass.intervals().forEach(interval -> Messages.measurement(json, interval))),
                Json.elements(json -> pass.shares().forEach(share -> usage(json, share))));
    }

    private static void usage(JsonGenerator json, MemberShare share) {
        json.writeStartObject();
        json.writeStringProperty("member_id", share.memberId());
        json.writeStringProperty("device", share.device().key());
        json.writeStringProperty("start", share.start().toString());
        json.writeStringProperty("end", share.end().toString());
        Json.number(json, "weight", Math.round(share.weight() * 1e6) / 1e6);
        json.writeEndObject();
    }

    /**
     * @param group null: nothing was measured, the agent only shows that it is there
     * @param gone members whose processes have ended, with the time of the last sight
     */
    String call(@Nullable Group group, Map<String, Instant> gone, long waiting, long dropped) {
        List<Record> records = group == null ? List.of() : group.records();
        return "{" + (records.isEmpty() ? header : records.get(0).header())
                + ",\"measurements\":["
                + joined(records.stream().map(Record::measurements).toList())
                + "],\"usage\":[" + joined(records.stream().map(Record::usage).toList())
                + "]," + about(gone, waiting, dropped).substring(1);
    }

    private static String joined(List<String> parts) {
        return parts.stream().filter(part -> !part.isEmpty()).collect(Collectors.joining(","));
    }

    private String about(Map<String, Instant> gone, long waiting, long dropped) {
        return Json.object(json -> {
            json.writeName("agent");
            json.writeStartObject();
            json.writeStringProperty("version", Cli.version());
            json.writeStringProperty("boot_id", host.bootId());
            json.writeNumberProperty("waiting", waiting);
            json.writeNumberProperty("dropped", dropped);
            json.writeEndObject();
            json.writeName("node_info");
            json.writeStartObject();
            if (!host.cpuModel().isEmpty()) {
                json.writeStringProperty("cpu_model", host.cpuModel());
            }
            json.writeNumberProperty("logical_cpus", host.logicalCpus());
            if (host.memoryBytes() > 0) {
                json.writeNumberProperty("memory_bytes", host.memoryBytes());
            }
            json.writeBooleanProperty("virtual_machine", host.virtualMachine());
            json.writeEndObject();
            json.writeName("gone");
            json.writeStartArray();
            gone.forEach((member, lastSeen) -> {
                json.writeStartObject();
                json.writeStringProperty("member_id", member);
                json.writeStringProperty("last_seen_at", lastSeen.toString());
                json.writeEndObject();
            });
            json.writeEndArray();
        });
    }
}
