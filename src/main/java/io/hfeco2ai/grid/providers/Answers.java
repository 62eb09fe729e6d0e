package io.hfeco2ai.grid.providers;

import io.hfeco2ai.grid.factors.HourMeans.Sample;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.OffsetDateTime;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Reads what providers answer; what is not as expected is a failure, never a value. */
final class Answers {

    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final BigDecimal HIGHEST = BigDecimal.valueOf(1500);

    private Answers() {}

    /** @throws ProviderFailure no JSON, or without a list of that name */
    static JsonNode list(String body, String name) throws ProviderFailure {
        JsonNode list = json(body).path(name);
        if (!list.isArray()) {
            throw new ProviderFailure("The answer has no list \"" + name + "\".");
        }
        return list;
    }

    static JsonNode json(String body) throws ProviderFailure {
        try {
            return JSON.readTree(body);
        } catch (JacksonException e) {
            throw new ProviderFailure("The answer is no JSON, or cut off.");
        }
    }

    static long timeMs(JsonNode time) throws ProviderFailure {
        try {
            return OffsetDateTime.parse(time.asString("")).toInstant().toEpochMilli();
        } catch (DateTimeException e) {
            throw new ProviderFailure("The answer has a time that cannot be read.");
        }
    }

    /** @throws ProviderFailure not from 0 to 1500 g/kWh */
    static Sample sample(long fromMs, long minutes, BigDecimal gramsPerKwh, boolean estimated) throws ProviderFailure {
        if (gramsPerKwh.signum() < 0 || gramsPerKwh.compareTo(HIGHEST) > 0) {
            throw new ProviderFailure("The answer has " + gramsPerKwh.toBigInteger() + " g/kWh, which no grid emits.");
        }
        if (minutes < 1 || minutes > 60) {
            throw new ProviderFailure("The answer has a value for " + minutes + " minutes.");
        }
        return new Sample(fromMs, (int) minutes, gramsPerKwh, estimated);
    }
}
