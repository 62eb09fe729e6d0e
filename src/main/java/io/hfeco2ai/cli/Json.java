package io.hfeco2ai.cli;

import java.io.StringWriter;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/** JSON out and the little that comes in, without the binding of objects, which would cost more than all the rest. */
public final class Json {

    private static final JsonFactory FACTORY = new JsonFactory();

    private Json() {}

    public static String object(Consumer<JsonGenerator> properties) {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = FACTORY.createGenerator(ObjectWriteContext.empty(), text)) {
            json.writeStartObject();
            properties.accept(json);
            json.writeEndObject();
        }
        return text.toString();
    }

    /** The elements of a list with commas between them, without its brackets. */
    public static String elements(Consumer<JsonGenerator> elements) {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = FACTORY.createGenerator(ObjectWriteContext.empty(), text)) {
            json.writeStartArray();
            elements.accept(json);
            json.writeEndArray();
        }
        return text.toString().substring(1, text.getBuffer().length() - 1);
    }

    /** Unknown is null, and so is NaN, which JSON has no word for. */
    public static void number(JsonGenerator json, String name, double amount) {
        json.writeName(name);
        if (Double.isFinite(amount)) {
            json.writeNumber(amount);
        } else {
            json.writeNull();
        }
    }

    /** Joules with all six decimals, so that no microjoule is lost on the way. */
    static void joules(JsonGenerator json, String name, long microjoules) {
        json.writeName(name);
        json.writeNumber(BigDecimal.valueOf(microjoules, 6));
    }

    static void text(JsonGenerator json, String name, @Nullable String text) {
        json.writeName(name);
        if (text == null) {
            json.writeNull();
        } else {
            json.writeString(text);
        }
    }

    /** The object's own strings, numbers and booleans as text; empty when it is not a JSON object. */
    static Map<String, String> scalars(String body) {
        Map<String, String> found = new HashMap<>();
        try (JsonParser parser = FACTORY.createParser(ObjectReadContext.empty(), body)) {
            if (parser.nextToken() == JsonToken.START_OBJECT) {
                scalars(parser, found);
            }
        } catch (JacksonException e) {
            found.clear(); // not our server: the caller says what it expected
        }
        return found;
    }

    private static void scalars(JsonParser parser, Map<String, String> found) {
        while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
            String name = parser.currentName();
            JsonToken token = parser.nextToken();
            if (token.isScalarValue() && token != JsonToken.VALUE_NULL) {
                found.put(name, parser.getString());
            } else {
                parser.skipChildren();
            }
        }
    }

    /** The strings, numbers and booleans of the object of that name in a JSON object; empty when there is none. */
    static Map<String, String> within(String body, String name) {
        Map<String, String> found = new HashMap<>();
        try (JsonParser parser = FACTORY.createParser(ObjectReadContext.empty(), body)) {
            parser.nextToken();
            while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
                boolean wanted = parser.currentName().equals(name);
                if (parser.nextToken() == JsonToken.START_OBJECT && wanted) {
                    scalars(parser, found);
                } else {
                    parser.skipChildren();
                }
            }
        } catch (JacksonException e) {
            found.clear();
        }
        return found;
    }

    /** The objects of the list of that name in a JSON object, each as its scalars; null when there is no such list. */
    public static @Nullable List<Map<String, String>> objects(String body, String list) {
        try (JsonParser parser = FACTORY.createParser(ObjectReadContext.empty(), body)) {
            parser.nextToken();
            while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
                boolean wanted = parser.currentName().equals(list);
                if (wanted && parser.nextToken() == JsonToken.START_ARRAY) {
                    List<Map<String, String>> objects = new ArrayList<>();
                    while (parser.nextToken() == JsonToken.START_OBJECT) {
                        Map<String, String> object = new HashMap<>();
                        scalars(parser, object);
                        objects.add(object);
                    }
                    return objects;
                } else if (!wanted) {
                    parser.nextToken();
                    parser.skipChildren();
                }
            }
            return null;
        } catch (JacksonException e) {
            return null;
        }
    }
}
