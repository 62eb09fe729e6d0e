package io.hfeco2ai.edge.api;

import io.hfeco2ai.metering.Metering.IntervalReport;
import io.hfeco2ai.platform.BadInput;
import io.hfeco2ai.units.Boundary;
import io.hfeco2ai.units.DeviceKind;
import io.hfeco2ai.units.Quality;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/** Reads one object of the list {@code measurements}. */
final class IntervalReader {

    private static final Map<String, DeviceKind> KINDS = JsonFields.words(DeviceKind.class);
    private static final Map<String, Quality> QUALITIES = JsonFields.words(Quality.class);
    private static final Map<String, Boundary> BOUNDARIES = JsonFields.words(Boundary.class);
    private static final long UNSET = Long.MIN_VALUE;

    private final JsonFields fields;
    private final int index;
    private @Nullable String device;
    private @Nullable DeviceKind kind;
    private @Nullable String deviceName;
    private long startMs = UNSET;
    private long endMs = UNSET;
    private long energyUj = UNSET;
    private @Nullable Long observedMs;
    private @Nullable Quality quality;
    private @Nullable String source;
    private @Nullable Boundary boundary;
    private @Nullable Long seq;
    private @Nullable Double uncertaintyRatio;
    private @Nullable Double capWatts;
    private @Nullable Double idleWatts;

    IntervalReader(JsonFields fields, int index) {
        this.fields = fields;
        this.index = index;
    }

    IntervalReport read(JsonParser parser) {
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String name = parser.currentName();
            parser.nextToken();
            try {
                if (!readMain(name) && !readRest(name)) {
                    parser.skipChildren();
                }
            } catch (BadInput e) {
                throw at(name, e);
            }
        }
        return result();
    }

    private boolean readMain(String name) {
        switch (name) {
            case "device" -> device = fields.text(name);
            case "kind" -> kind = fields.word(name, KINDS);
            case "start" -> startMs = fields.time(name);
            case "end" -> endMs = fields.time(name);
            case "energy_j" -> energyUj = fields.microjoules(name);
            case "quality" -> quality = fields.word(name, QUALITIES);
            case "source" -> source = fields.text(name);
            case "seq" -> seq = fields.optionalWhole(name);
            default -> {
                return false;
            }
        }
        return true;
    }

    private boolean readRest(String name) {
        switch (name) {
            case "boundary" -> boundary = fields.optionalWord(name, BOUNDARIES);
            case "device_name" -> deviceName = fields.optionalText(name);
            case "observed_s" -> observedMs = millis(fields.optionalNumber(name));
            case "observed_ms" -> observedMs = fields.optionalWhole(name);
            case "uncertainty_ratio" -> uncertaintyRatio = fields.optionalNumber(name);
            case "cap_w" -> capWatts = fields.optionalNumber(name);
            case "idle_w" -> idleWatts = fields.optionalNumber(name);
            default -> {
                return false;
            }
        }
        return true;
    }

    private static @Nullable Long millis(@Nullable Double seconds) {
        return seconds == null ? null : Math.round(seconds * 1000);
    }

    private IntervalReport result() {
        if (endMs != UNSET && startMs != UNSET && endMs <= startMs) {
            throw at("end", new BadInput("end", "Field end is not after start; give the later time."));
        }
        return new IntervalReport(
                need("device", device),
                need("kind", kind),
                deviceName,
                need("start", startMs),
                need("end", endMs),
                energyUj == UNSET && quality == Quality.MISSING ? 0 : need("energy_j", energyUj),
                observedMs,
                need("quality", quality),
                need("source", source),
                boundary,
                seq,
                uncertaintyRatio,
                capWatts,
                idleWatts);
    }

    private long need(String name, long given) {
        if (given == UNSET) {
            throw at(name, new BadInput(name, "Field " + name + " is missing; add it."));
        }
        return given;
    }

    private <T> T need(String name, @Nullable T given) {
        if (given == null) {
            throw at(name, new BadInput(name, "Field " + name + " is missing; add it."));
        }
        return given;
    }

    private BadInput at(String name, BadInput mistake) {
        String field = "measurements[" + index + "]." + name;
        return new BadInput(field, mistake.detail().replaceFirst("Field " + name, "Field " + field));
    }
}
