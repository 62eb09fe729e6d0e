package io.hfeco2ai.cli.verify;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/**
 * JSON as maps, lists, texts, decimals and booleans. What is asked for and is not there or of another kind is empty, "" or
 * null: the comparison that follows says so.
 */
record Tree(@Nullable Object content) {

    private static final int MOST_DIGITS = 100;
    private static final JsonFactory FACTORY = new JsonFactory();

    /** @throws Unreadable it is no JSON */
    static Tree of(String name, byte[] text) {
        try (JsonParser parser = FACTORY.createParser(ObjectReadContext.empty(), text)) {
            parser.nextToken();
            Tree tree = new Tree(read(parser));
            if (parser.nextToken() != null) {
                throw new Unreadable(name + " goes on after its end");
            }
            return tree;
        } catch (JacksonException e) {
            throw new Unreadable(name + " is no JSON: " + e.getOriginalMessage());
        }
    }

    private static @Nullable Object read(JsonParser parser) {
        JsonToken token = parser.currentToken();
        if (token == JsonToken.START_OBJECT) {
            Map<String, @Nullable Object> map = new LinkedHashMap<>();
            while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
                String name = parser.currentName();
                parser.nextToken();
                map.put(name, read(parser));
            }
            return map;
        }
        if (token == JsonToken.START_ARRAY) {
            List<@Nullable Object> list = new ArrayList<>();
            while (parser.nextToken() != JsonToken.END_ARRAY) {
                list.add(read(parser));
            }
            return list;
        }
        if (token == null || token == JsonToken.VALUE_NULL) {
            return null;
        }
        if (token.isNumeric() && Math.abs(parser.getDecimalValue().scale()) > MOST_DIGITS) {
            throw new Unreadable("a number has more digits than any amount: " + parser.getDecimalValue());
        }
        return token.isNumeric()
                ? parser.getDecimalValue()
                : token.isBoolean() ? parser.getBooleanValue() : parser.getString();
    }

    Tree get(String name) {
        return new Tree(content instanceof Map<?, ?> map ? map.get(name) : null);
    }

    List<Tree> list() {
        List<Tree> list = new ArrayList<>();
        if (content instanceof List<?> elements) {
            elements.forEach(element -> list.add(new Tree(element)));
        }
        return list;
    }

    String text() {
        return content instanceof String text ? text : "";
    }

    @Nullable BigDecimal number() {
        return content instanceof BigDecimal number ? number : null;
    }

    boolean isTrue() {
        return Boolean.TRUE.equals(content);
    }
}
