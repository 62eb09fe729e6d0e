package io.hfeco2ai.cli.gate;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/** What the server found. @param verdict pass, fail or inconclusive */
record GateAnswer(String verdict, List<Check> checks) {

    record Check(String verdict, String message, List<String> notes) {}

    /** Null: this is no answer of a gate. */
    static @Nullable GateAnswer of(String text) {
        String verdict = null;
        List<Check> checks = new ArrayList<>();
        try (JsonParser parser = new JsonFactory().createParser(ObjectReadContext.empty(), text)) {
            parser.nextToken();
            while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
                String name = parser.currentName();
                JsonToken token = parser.nextToken();
                if (name.equals("verdict") && token == JsonToken.VALUE_STRING) {
                    verdict = parser.getString();
                } else if (name.equals("checks") && token == JsonToken.START_ARRAY) {
                    while (parser.nextToken() == JsonToken.START_OBJECT) {
                        checks.add(check(parser));
                    }
                } else {
                    parser.skipChildren();
                }
            }
        } catch (JacksonException e) {
            return null;
        }
        return verdict == null || checks.isEmpty() ? null : new GateAnswer(verdict, checks);
    }

    private static Check check(JsonParser parser) {
        String verdict = "";
        String message = "";
        List<String> notes = new ArrayList<>();
        while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
            String name = parser.currentName();
            JsonToken token = parser.nextToken();
            if (name.equals("verdict") && token == JsonToken.VALUE_STRING) {
                verdict = parser.getString();
            } else if (name.equals("message") && token == JsonToken.VALUE_STRING) {
                message = parser.getString();
            } else if (name.equals("notes") && token == JsonToken.START_ARRAY) {
                while (parser.nextToken() == JsonToken.VALUE_STRING) {
                    notes.add(parser.getString());
                }
            } else {
                parser.skipChildren();
            }
        }
        return new Check(verdict, message, notes);
    }

    List<String> lines() {
        List<String> lines = new ArrayList<>();
        lines.add("gate: " + verdict.toUpperCase(Locale.ROOT));
        for (Check check : checks) {
            lines.add("  " + check.verdict() + ": " + check.message());
            check.notes().forEach(note -> lines.add("    note: " + note));
        }
        return lines;
    }
}
