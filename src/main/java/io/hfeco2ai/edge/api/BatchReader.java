package io.hfeco2ai.edge.api;

import io.hfeco2ai.metering.Metering.AgentMessage;
import io.hfeco2ai.metering.Metering.Batch;
import io.hfeco2ai.metering.Metering.IntervalReport;
import io.hfeco2ai.metering.Metering.UsageReport;
import io.hfeco2ai.platform.BadInput;
import java.io.InputStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/** Reads one body of POST /measurements, token by token, without a tree or an object per field in between. */
final class BatchReader {

    static final int MOST_INTERVALS = 1_000;
    private static final String ANONYMOUS = "reported:api";
    private static final JsonFactory JSON = new JsonFactory();

    /**
     * @param memberIds all that the usage reports name
     * @param agent null: it was no agent that measured
     * @param gone members whose processes the agent saw end, with the time of its last sight
     */
    record Read(
            Batch batch, Set<String> memberIds, @Nullable AgentMessage agent, Map<String, Instant> gone) {}

    private final JsonFields fields;
    private final AgentReader agent;
    private final List<IntervalReport> intervals = new ArrayList<>();
    private final List<UsageReport> usage = new ArrayList<>();
    private @Nullable String node;
    private @Nullable String bootId;
    private @Nullable String nodeName;
    private @Nullable String client;
    private @Nullable String tool;
    private boolean synthetic;

    private BatchReader(JsonFields fields) {
        this.fields = fields;
        this.agent = new AgentReader(fields);
    }

    /**
     * @throws BadInput naming the field with its index
     * @throws tools.jackson.core.JacksonException when it is no JSON
     */
    static Read read(InputStream body) {
        try (JsonParser parser = JSON.createParser(ObjectReadContext.empty(), body)) {
            BatchReader reader = new BatchReader(new JsonFields(parser));
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw new BadInput("", "The body must be a JSON object with node, boot_id and measurements.");
            }
            reader.readBatch(parser);
            return reader.result();
        }
    }

    private void readBatch(JsonParser parser) {
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String name = parser.currentName();
            parser.nextToken();
            switch (name) {
                case "node" -> node = fields.text(name);
                case "boot_id" -> bootId = fields.text(name);
                case "node_name" -> nodeName = fields.optionalText(name);
                case "client" -> client = fields.optionalText(name);
                case "tool" -> tool = fields.optionalText(name);
                case "synthetic" -> synthetic = fields.bool(name);
                case "agent" -> agent.readAgent(parser);
                case "node_info" -> agent.readNodeInfo(parser);
                case "gone" -> readList(parser, name, index -> agent.readGone(parser, index));
                case "measurements" ->
                    readList(parser, name, index -> intervals.add(new IntervalReader(fields, index).read(parser)));
                case "usage" -> readList(parser, name, index -> usage.add(new UsageReader(fields, index).read(parser)));
                default -> parser.skipChildren();
            }
        }
    }

    private interface Each {
        void read(int index);
    }

    private void readList(JsonParser parser, String name, Each each) {
        if (parser.currentToken() == JsonToken.VALUE_NULL) {
            return;
        }
        if (parser.currentToken() != JsonToken.START_ARRAY) {
            throw new BadInput(name, "Field " + name + " must be a list.");
        }
        for (int index = 0; parser.nextToken() != JsonToken.END_ARRAY; index++) {
            if (index == MOST_INTERVALS) {
                throw new BadInput(
                        name,
                        "Field " + name + " has more than " + MOST_INTERVALS
                                + " entries; send several smaller batches.");
            }
            if (parser.currentToken() != JsonToken.START_OBJECT) {
                throw new BadInput(name + "[" + index + "]", "Field " + name + "[" + index + "] must be an object.");
            }
            each.read(index);
        }
    }

    private Read result() {
        String knownNode = RunMessages.required("node", node);
        String knownBoot = RunMessages.required("boot_id", bootId);
        if (intervals.isEmpty() && usage.isEmpty() && !agent.present()) {
            throw new BadInput("measurements", "Field measurements is missing or empty; send at least one interval.");
        }
        Set<String> memberIds = new HashSet<>();
        usage.forEach(each -> memberIds.add(each.memberId()));
        return new Read(
                new Batch(knownNode, knownBoot, nodeName, origin(), synthetic, intervals, usage),
                memberIds,
                agent.present() ? agent.message(knownNode, knownBoot, nodeName, synthetic) : null,
                agent.gone());
    }

    private String origin() {
        if (agent.present()) {
            return "agent";
        }
        return client != null ? "client:" + client : tool != null ? "reported:" + tool : ANONYMOUS;
    }
}
