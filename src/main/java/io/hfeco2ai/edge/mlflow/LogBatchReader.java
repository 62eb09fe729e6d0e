package io.hfeco2ai.edge.mlflow;

import io.hfeco2ai.experiments.RunLog.MetricPoint;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.json.JsonReadFeature;

/** Reads the body of runs/log-batch, the busiest call, token by token. */
final class LogBatchReader {

    static final int MOST_METRICS = 1_000;
    static final int MOST_PARAMS = 100;
    static final int MOST_TAGS = 100;
    private static final int MOST_ENTITIES = 1_000;

    private static final JsonFactory JSON = JsonFactory.builder()
            .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
            .enable(StreamReadFeature.USE_FAST_DOUBLE_PARSER)
            .build();

    /** A point that is of a logged model too. */
    record ModelPoint(
            String modelId,
            MetricPoint point,
            @Nullable String datasetName,
            @Nullable String datasetDigest) {}

    record Read(
            String runId,
            List<MetricPoint> metrics,
            Map<String, String> params,
            Map<String, String> tags,
            List<ModelPoint> ofModels) {}

    private final JsonParser parser;
    private final List<MetricPoint> metrics = new ArrayList<>();
    private final List<ModelPoint> ofModels = new ArrayList<>();
    private final Map<String, String> params = new LinkedHashMap<>();
    private final Map<String, String> tags = new LinkedHashMap<>();
    /** Names that were checked already, so that a thousand points of one metric share its name. */
    private final Map<String, String> names = new HashMap<>();

    private @Nullable String runId;

    private LogBatchReader(JsonParser parser) {
        this.parser = parser;
    }

    /** @throws tools.jackson.core.JacksonException it is no JSON */
    static Read read(InputStream body) {
        try (JsonParser parser = JSON.createParser(ObjectReadContext.empty(), body)) {
            LogBatchReader reader = new LogBatchReader(parser);
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw new MlflowError(400, "BAD_REQUEST", "The body must be a JSON object with run_id.");
            }
            return reader.read();
        }
    }

    private Read read() {
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String name = parser.currentName();
            parser.nextToken();
            switch (name) {
                case "run_id" -> runId = optionalText("run_id");
                case "metrics" -> list(name, MOST_METRICS, this::metric);
                case "params" -> list(name, MOST_PARAMS, place -> entry(place, params, true));
                case "tags" -> list(name, MOST_TAGS, place -> entry(place, tags, false));
                default -> parser.skipChildren();
            }
        }
        String run = runId;
        if (run == null || run.isEmpty()) {
            throw MlflowError.missing("run_id");
        }
        int all = metrics.size() + params.size() + tags.size();
        if (all > MOST_ENTITIES) {
            throw tooMany("metrics, params, and tags", MOST_ENTITIES, all);
        }
        return new Read(run, metrics, params, tags, ofModels);
    }

    private interface Each {
        /** @param index in its list */
        void read(int index);
    }

    private void list(String name, int most, Each each) {
        if (parser.currentToken() == JsonToken.VALUE_NULL) {
            return;
        }
        if (parser.currentToken() != JsonToken.START_ARRAY) {
            throw MlflowError.wrong(name, shown(), "Value must be a list.");
        }
        int index = 0;
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            if (parser.currentToken() != JsonToken.START_OBJECT) {
                throw MlflowError.wrong(name + "[" + index + "]", shown(), "Value must be an object.");
            }
            if (index < most) {
                each.read(index);
            } else {
                parser.skipChildren();
            }
            index++;
        }
        if (index > most) {
            throw tooMany(name, most, index);
        }
    }

    private static MlflowError tooMany(String what, int most, int given) {
        return MlflowError.invalid("A batch logging request can contain at most " + most + " " + what + ". Got " + given
                + " " + what + ". Please split up " + what + " across multiple requests and try again.");
    }

    private void metric(int index) {
        String key = null;
        String modelId = null;
        String datasetName = null;
        String datasetDigest = null;
        Double amount = null;
        Long atMs = null;
        long step = 0;
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String name = parser.currentName();
            parser.nextToken();
            switch (name) {
                case "key" -> key = optionalText(metricField(index, name));
                case "value" -> amount = number(metricField(index, name));
                case "timestamp" -> atMs = whole(metricField(index, name));
                case "step" -> {
                    Long given = whole(metricField(index, name));
                    step = given == null ? 0 : given;
                }
                case "model_id" -> modelId = optionalText(metricField(index, name));
                case "dataset_name" -> datasetName = optionalText(metricField(index, name));
                case "dataset_digest" -> datasetDigest = optionalText(metricField(index, name));
                default -> parser.skipChildren();
            }
        }
        MetricPoint point = point("metrics[" + index + "].", named("metrics[" + index + "].", key), amount, atMs, step);
        metrics.add(point);
        if (modelId != null && !modelId.isEmpty()) {
            ofModels.add(new ModelPoint(modelId, point, datasetName, datasetDigest));
        }
    }

    private static String metricField(int index, String name) {
        return "metrics[" + index + "]." + name;
    }

    static MetricPoint point(String place, String key, @Nullable Double amount, @Nullable Long atMs, long step) {
        if (amount == null) {
            throw MlflowError.missing(place + "value");
        }
        if (atMs == null) {
            throw MlflowError.missing(place + "timestamp");
        }
        if (atMs < 0) {
            throw MlflowError.wrong(
                    place + "timestamp", String.valueOf(atMs), "Timestamp must be a nonnegative long (64-bit integer)");
        }
        return new MetricPoint(key, step, atMs, amount);
    }

    private String named(String place, @Nullable String key) {
        if (key == null) {
            throw MlflowError.missing(place + "key");
        }
        String checked = names.get(key);
        if (checked == null) {
            checked = Names.check(place + "name", key);
            names.put(checked, checked);
        }
        return checked;
    }

    private void entry(int index, Map<String, String> into, boolean once) {
        String place = (once ? "params[" : "tags[") + index + "].";
        String key = null;
        String content = "";
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String name = parser.currentName();
            parser.nextToken();
            switch (name) {
                case "key" -> key = optionalText(place + name);
                case "value" -> content = String.valueOf(textOr(place + name, ""));
                default -> parser.skipChildren();
            }
        }
        if (key == null) {
            throw MlflowError.missing(place + "key");
        }
        String before = into.put(
                Names.check(place + "key", key),
                Body.cut(content, once ? MlflowLoggingApi.LONGEST_PARAM : MlflowLoggingApi.LONGEST_TAG));
        if (once && before != null) {
            throw MlflowError.invalid("Duplicate parameter keys have been submitted: ['" + key
                    + "']. Please ensure the request contains only one param value per param key.");
        }
    }

    private String textOr(String place, String otherwise) {
        String text = optionalText(place);
        return text == null ? otherwise : text;
    }

    private @Nullable String optionalText(String place) {
        if (parser.currentToken() == JsonToken.VALUE_NULL) {
            return null;
        }
        if (parser.currentToken() != JsonToken.VALUE_STRING) {
            throw MlflowError.wrong(place, shown(), "Value must be a string.");
        }
        String text = parser.getString();
        if (text.indexOf('\0') >= 0) {
            throw MlflowError.invalid(
                    "Invalid value for parameter '" + place + "' supplied: it has a NUL character; remove it.");
        }
        return text;
    }

    private @Nullable Double number(String place) {
        switch (parser.currentToken()) {
            case VALUE_NULL:
                return null;
            case VALUE_NUMBER_FLOAT, VALUE_NUMBER_INT:
                return parser.getDoubleValue();
            case VALUE_STRING:
                try {
                    return Double.valueOf(parser.getString());
                } catch (NumberFormatException noNumber) {
                    throw MlflowError.wrong(
                            place, shown(), "Please specify value as a valid double (64-bit floating point)");
                }
            default:
                throw MlflowError.wrong(
                        place, shown(), "Please specify value as a valid double (64-bit floating point)");
        }
    }

    private @Nullable Long whole(String place) {
        try {
            switch (parser.currentToken()) {
                case VALUE_NULL:
                    return null;
                case VALUE_NUMBER_INT:
                    return parser.getLongValue();
                case VALUE_STRING:
                    return Long.valueOf(parser.getString());
                case VALUE_NUMBER_FLOAT:
                    double number = parser.getDoubleValue();
                    if (number == Math.rint(number) && Math.abs(number) < 1L << 62) {
                        return (long) number;
                    }
                    break;
                default:
                    break;
            }
        } catch (NumberFormatException | tools.jackson.core.exc.InputCoercionException notWhole) {
            throw MlflowError.wrong(place, shown(), "Value must be a whole number of 64 bits.");
        }
        throw MlflowError.wrong(place, shown(), "Value must be a whole number of 64 bits.");
    }

    private String shown() {
        JsonToken token = parser.currentToken();
        return token == JsonToken.VALUE_STRING
                ? Body.quoted(parser.getString())
                : token.isScalarValue() ? parser.getString() : token == JsonToken.START_ARRAY ? "[...]" : "{...}";
    }
}
