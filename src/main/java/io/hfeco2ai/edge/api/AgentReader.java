package io.hfeco2ai.edge.api;

import io.hfeco2ai.metering.Metering.AgentMessage;
import io.hfeco2ai.metering.Metering.NodeInfo;
import io.hfeco2ai.platform.BadInput;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/** Reads what only agents send: the objects {@code agent} and {@code node_info}, and the list {@code gone}. */
final class AgentReader {

    private final JsonFields fields;
    private final Map<String, Instant> gone = new LinkedHashMap<>();
    private boolean present;
    private @Nullable String version;
    private @Nullable String bootId;
    private long waiting;
    private long dropped;
    private @Nullable String cpuModel;
    private @Nullable Long logicalCpus;
    private @Nullable Long memoryBytes;
    private @Nullable Boolean virtualMachine;

    AgentReader(JsonFields fields) {
        this.fields = fields;
    }

    void readAgent(JsonParser parser) {
        present = begin(parser, "agent");
        while (present && parser.nextToken() != JsonToken.END_OBJECT) {
            String name = parser.currentName();
            String field = "agent." + name;
            parser.nextToken();
            switch (name) {
                case "version" -> version = fields.text(field);
                case "boot_id" -> bootId = fields.optionalText(field);
                case "waiting" -> waiting = count(field);
                case "dropped" -> dropped = count(field);
                default -> parser.skipChildren();
            }
        }
    }

    void readNodeInfo(JsonParser parser) {
        boolean given = begin(parser, "node_info");
        while (given && parser.nextToken() != JsonToken.END_OBJECT) {
            String name = parser.currentName();
            String field = "node_info." + name;
            JsonToken token = parser.nextToken();
            switch (name) {
                case "cpu_model" -> cpuModel = fields.optionalText(field);
                case "logical_cpus" -> logicalCpus = fields.optionalWhole(field);
                case "memory_bytes" -> memoryBytes = fields.optionalWhole(field);
                case "virtual_machine" -> virtualMachine = token == JsonToken.VALUE_NULL ? null : fields.bool(field);
                default -> parser.skipChildren();
            }
        }
    }

    void readGone(JsonParser parser, int index) {
        String memberId = null;
        Instant lastSeen = null;
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String name = parser.currentName();
            String field = "gone[" + index + "]." + name;
            parser.nextToken();
            switch (name) {
                case "member_id" -> memberId = fields.text(field);
                case "last_seen_at" -> lastSeen = Instant.ofEpochMilli(fields.time(field));
                default -> parser.skipChildren();
            }
        }
        gone.put(
                RunMessages.required("gone[" + index + "].member_id", memberId),
                need("gone[" + index + "].last_seen_at", lastSeen));
    }

    private static boolean begin(JsonParser parser, String name) {
        JsonToken token = parser.currentToken();
        if (token != JsonToken.START_OBJECT && token != JsonToken.VALUE_NULL) {
            throw JsonFields.wrong(name, "an object");
        }
        return token == JsonToken.START_OBJECT;
    }

    private long count(String field) {
        Long count = fields.optionalWhole(field);
        if (count != null && count < 0) {
            throw JsonFields.wrong(field, "0 or more");
        }
        return count == null ? 0 : count;
    }

    private static <T> T need(String field, @Nullable T given) {
        if (given == null) {
            throw new BadInput(field, "Field " + field + " is missing; add it.");
        }
        return given;
    }

    boolean present() {
        return present;
    }

    /** Members whose processes are gone, with the time that something of them was seen last. */
    Map<String, Instant> gone() {
        return gone;
    }

    /** @param batchBootId of the intervals, which may be of an earlier boot than the agent */
    AgentMessage message(String node, String batchBootId, @Nullable String nodeName, boolean synthetic) {
        Long cpus = logicalCpus;
        if (cpus != null && (cpus < 1 || cpus > 1_000_000)) {
            throw JsonFields.wrong("node_info.logical_cpus", "from 1 to 1,000,000");
        }
        return new AgentMessage(
                node,
                Objects.requireNonNullElse(bootId, batchBootId),
                Objects.requireNonNullElse(nodeName, node),
                synthetic,
                new NodeInfo(cpuModel, cpus == null ? null : cpus.intValue(), memoryBytes, virtualMachine),
                RunMessages.required("agent.version", version),
                waiting,
                dropped);
    }
}
