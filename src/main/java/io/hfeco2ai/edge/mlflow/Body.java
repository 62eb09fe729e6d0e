package io.hfeco2ai.edge.mlflow;

import io.hfeco2ai.edge.mlflow.search.PageToken;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.json.JsonReadFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The fields of one call: a JSON object, or of a GET its query. Whole numbers may come as numbers or as text (the Java
 * client), an empty text counts as missing, as in protocol buffers.
 *
 * @param path of this object within the call, "" for the whole
 */
record Body(JsonNode fields, String path) {

    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
            .build();

    /** @throws tools.jackson.core.JacksonException it is no JSON */
    static Body of(HttpServletRequest request) throws IOException {
        if (request.getMethod().equals("GET")) {
            return new Body(query(request), "");
        }
        byte[] bytes = request.getInputStream().readAllBytes();
        JsonNode read = bytes.length == 0 ? JSON.createObjectNode() : JSON.readTree(bytes);
        if (!read.isObject()) {
            throw new MlflowError(400, "BAD_REQUEST", "The body must be a JSON object.");
        }
        return new Body(read, "");
    }

    private static ObjectNode query(HttpServletRequest request) {
        ObjectNode query = JSON.createObjectNode();
        request.getParameterMap().forEach((name, texts) -> {
            if (texts.length == 1) {
                query.put(name, texts[0]);
            } else {
                ArrayNode list = query.putArray(name);
                for (String text : texts) {
                    list.add(text);
                }
            }
        });
        return query;
    }

    static Body ofText(String json) {
        return new Body(JSON.readTree(json), "");
    }

    static String quoted(String text) {
        return JSON.writeValueAsString(text);
    }

    String text(String name) {
        String text = optionalText(name);
        if (text == null) {
            throw MlflowError.missing(at(name));
        }
        return text;
    }

    /** Null when missing, null or empty. */
    @Nullable String optionalText(String name) {
        String text = given(name);
        return text == null || text.isEmpty() ? null : text;
    }

    /** As given, also when empty; null when missing. */
    @Nullable String given(String name) {
        JsonNode node = fields.path(name);
        if (node.isMissingNode() || node.isNull()) {
            return null;
        }
        if (!node.isString()) {
            throw wrong(name, node, "Value must be a string.");
        }
        return plain(name, node.stringValue());
    }

    /** PostgreSQL stores no NUL. */
    private String plain(String name, String text) {
        if (text.indexOf('\0') >= 0) {
            throw MlflowError.invalid(
                    "Invalid value for parameter '" + at(name) + "' supplied: it has a NUL character; remove it.");
        }
        return text;
    }

    String textOr(String name, String otherwise) {
        String text = optionalText(name);
        return text == null ? otherwise : text;
    }

    long whole(String name) {
        Long whole = optionalWhole(name);
        if (whole == null) {
            throw MlflowError.missing(at(name));
        }
        return whole;
    }

    @Nullable Long optionalWhole(String name) {
        JsonNode node = fields.path(name);
        if (node.isMissingNode()
                || node.isNull()
                || (node.isString() && node.stringValue().isEmpty())) {
            return null;
        }
        try {
            if (node.isString()) {
                return Long.parseLong(node.stringValue());
            }
            if (node.isNumber() && node.doubleValue() == Math.rint(node.doubleValue())) {
                return node.isFloatingPointNumber()
                        ? Long.valueOf((long) node.doubleValue())
                        : Long.valueOf(node.longValue());
            }
        } catch (RuntimeException notWhole) {
            throw wrong(name, node, "Value must be a whole number of 64 bits.");
        }
        throw wrong(name, node, "Value must be a whole number of 64 bits.");
    }

    double number(String name) {
        JsonNode node = fields.path(name);
        if (node.isMissingNode() || node.isNull()) {
            throw MlflowError.missing(at(name));
        }
        if (node.isNumber()) {
            return node.doubleValue();
        }
        try {
            if (node.isString()) {
                return Double.parseDouble(node.stringValue());
            }
        } catch (NumberFormatException notANumber) {
            throw wrong(name, node, "Please specify value as a valid double (64-bit floating point)");
        }
        throw wrong(name, node, "Please specify value as a valid double (64-bit floating point)");
    }

    List<String> texts(String name) {
        JsonNode node = fields.path(name);
        if (node.isString()) {
            return node.stringValue().isEmpty() ? List.of() : List.of(plain(name, node.stringValue()));
        }
        List<String> texts = new ArrayList<>();
        for (JsonNode each : list(name)) {
            if (!each.isString()) {
                throw wrong(name, node, "Value must be a list of strings.");
            }
            texts.add(plain(name, each.stringValue()));
        }
        return texts;
    }

    List<Body> objects(String name) {
        List<Body> objects = new ArrayList<>();
        for (JsonNode each : list(name)) {
            String place = at(name) + "[" + objects.size() + "]";
            if (!each.isObject()) {
                throw MlflowError.wrong(place, each.toString(), "Value must be an object.");
            }
            objects.add(new Body(each, place));
        }
        return objects;
    }

    @Nullable Body optionalObject(String name) {
        JsonNode node = fields.path(name);
        if (node.isMissingNode() || node.isNull()) {
            return null;
        }
        if (!node.isObject()) {
            throw wrong(name, node, "Value must be an object.");
        }
        return new Body(node, at(name));
    }

    private Iterable<JsonNode> list(String name) {
        JsonNode node = fields.path(name);
        if (node.isMissingNode() || node.isNull()) {
            return List.of();
        }
        if (!node.isArray()) {
            throw wrong(name, node, "Value must be a list.");
        }
        return node;
    }

    /** A list of {key, value}; the last of a key counts. An empty value is one. */
    Map<String, String> entries(String name, int longest) {
        Map<String, String> entries = new LinkedHashMap<>();
        for (Body each : objects(name)) {
            String key = Names.check(each.at("key"), each.text("key"));
            String content = each.given("value");
            entries.put(key, cut(content == null ? "" : content, longest));
        }
        return entries;
    }

    /** MLflow's own server cuts what is too long, so clients rely on it. */
    static String cut(String text, int longest) {
        return text.length() <= longest ? text : text.substring(0, longest);
    }

    PageToken page(int usual, int largest) {
        return PageToken.of(optionalWhole("max_results"), optionalText("page_token"), usual, largest);
    }

    /** Names or numbers, as protocol buffers write either. */
    @Nullable String word(String name) {
        JsonNode node = fields.path(name);
        return node.isMissingNode() || node.isNull() ? null : node.asString("");
    }

    boolean has(String name) {
        return !fields.path(name).isMissingNode();
    }

    private MlflowError wrong(String name, JsonNode node, String why) {
        return MlflowError.wrong(at(name), node.toString(), why);
    }

    String at(String name) {
        return path.isEmpty() ? name : path + "." + name;
    }
}
