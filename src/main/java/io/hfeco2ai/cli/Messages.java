package io.hfeco2ai.cli;

import io.hfeco2ai.cli.Account.Piece;
import io.hfeco2ai.sensor.Device;
import io.hfeco2ai.sensor.Host;
import io.hfeco2ai.sensor.MeasuredInterval;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import tools.jackson.core.JsonGenerator;

/** The three messages of a run, as JSON. */
public final class Messages {

    /** Stands for the ids the server gives, in messages made before it answered. Neither occurs in other text by chance. */
    static final String RUN = "{run-id}";

    static final String MEMBER = "{member-id}";

    private Messages() {}

    /** @param externalId made by us: the same run is not made twice when the message is sent twice */
    record Start(String project, String experiment, String name, String externalId, long pid, Instant startedAt) {}

    static String start(Start start, Host host) {
        return Json.object(json -> {
            json.writeStringProperty("project", start.project());
            json.writeStringProperty("experiment", start.experiment());
            json.writeStringProperty("name", start.name());
            json.writeStringProperty("external_id", start.externalId());
            node(json, host);
            json.writeStringProperty("started_at", start.startedAt().toString());
        });
    }

    static String measurements(Host host, List<Piece> energy, List<Piece> usage) {
        return Json.object(json -> {
            node(json, host);
            json.writeStringProperty("client", "hf-eco2ai/" + Cli.version());
            json.writeName("measurements");
            json.writeStartArray();
            energy.forEach(piece -> measurement(json, piece.interval()));
            json.writeEndArray();
            json.writeName("usage");
            json.writeStartArray();
            usage.forEach(piece -> usage(json, piece));
            json.writeEndArray();
        });
    }

    static String finish(String status, Instant endedAt) {
        return Json.object(json -> {
            json.writeStringProperty("status", status);
            json.writeStringProperty("ended_at", endedAt.toString());
        });
    }

    /** Properties that name the node and its boot. */
    public static void node(JsonGenerator json, Host host) {
        json.writeStringProperty("node", host.nodeId());
        json.writeStringProperty("node_name", host.name());
        json.writeStringProperty("boot_id", host.bootId());
    }

    /** One element of the list {@code measurements}. */
    public static void measurement(JsonGenerator json, MeasuredInterval interval) {
        Device device = interval.device();
        json.writeStartObject();
        json.writeStringProperty("device", device.key());
        json.writeStringProperty("device_name", device.name());
        json.writeStringProperty("kind", device.kind().name().toLowerCase(Locale.ROOT));
        json.writeStringProperty("start", interval.start().toString());
        json.writeStringProperty("end", interval.end().toString());
        Json.joules(json, "energy_j", interval.energyMicrojoules());
        json.writeNumberProperty("observed_ms", interval.observedMillis());
        json.writeStringProperty("quality", device.quality().name().toLowerCase(Locale.ROOT));
        json.writeStringProperty("source", device.source());
        json.writeStringProperty("boundary", device.boundary().name().toLowerCase(Locale.ROOT));
        json.writeNumberProperty("seq", interval.seq());
        Json.number(json, "uncertainty_ratio", device.uncertaintyRatio());
        Json.number(json, "cap_w", device.capWatts());
        Json.number(json, "idle_w", device.idleWatts());
        json.writeEndObject();
    }

    private static void usage(JsonGenerator json, Piece piece) {
        Double weight = piece.weight();
        if (weight == null) {
            return;
        }
        json.writeStartObject();
        json.writeStringProperty("member_id", MEMBER);
        json.writeStringProperty("device", piece.interval().device().key());
        json.writeStringProperty("start", piece.interval().start().toString());
        json.writeStringProperty("end", piece.interval().end().toString());
        Json.number(json, "weight", Math.round(weight * 1e6) / 1e6);
        json.writeEndObject();
    }
}
