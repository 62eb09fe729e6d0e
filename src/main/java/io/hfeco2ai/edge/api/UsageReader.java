package io.hfeco2ai.edge.api;

import io.hfeco2ai.metering.Metering.UsageReport;
import io.hfeco2ai.platform.BadInput;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/** Reads one object of the list {@code usage}. */
final class UsageReader {

    private static final int PPM = 1_000_000;

    private final JsonFields fields;
    private final int index;
    private @Nullable String memberId;
    private @Nullable String device;
    private @Nullable Long startMs;
    private @Nullable Long endMs;
    private @Nullable Double weight;

    UsageReader(JsonFields fields, int index) {
        this.fields = fields;
        this.index = index;
    }

    UsageReport read(JsonParser parser) {
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String name = parser.currentName();
            String field = field(name);
            parser.nextToken();
            switch (name) {
                case "member_id" -> memberId = fields.text(field);
                case "device" -> device = fields.text(field);
                case "start" -> startMs = fields.time(field);
                case "end" -> endMs = fields.time(field);
                case "weight" -> weight = fields.number(field);
                default -> parser.skipChildren();
            }
        }
        double share = need("weight", weight);
        if (share < 0 || share > 1) {
            throw new BadInput(field("weight"), "Field " + field("weight") + " must be from 0 to 1.");
        }
        return new UsageReport(
                need("member_id", memberId), need("device", device), need("start", startMs), need("end", endMs), (int)
                        Math.rint(share * PPM));
    }

    private <T> T need(String name, @Nullable T given) {
        if (given == null) {
            throw new BadInput(field(name), "Field " + field(name) + " is missing; add it.");
        }
        return given;
    }

    private String field(String name) {
        return "usage[" + index + "]." + name;
    }
}
