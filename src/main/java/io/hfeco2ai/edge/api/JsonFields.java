package io.hfeco2ai.edge.api;

import io.hfeco2ai.platform.BadInput;
import io.hfeco2ai.platform.Inputs;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/** Reads single values of the parser's current token, or says which field is wrong and how. */
final class JsonFields {

    /** A month of a whole 100 MW hall, 2.6e14 J, is more than any device takes in an interval. */
    private static final int MOST_DIGITS = 13;

    private static final int FINEST_SCALE = 400;
    private static final int MICRO = 6;

    private final JsonParser parser;

    JsonFields(JsonParser parser) {
        this.parser = parser;
    }

    String text(String field) {
        if (parser.currentToken() != JsonToken.VALUE_STRING) {
            throw wrong(field, "text");
        }
        String text = parser.getString();
        if (text.isBlank()) {
            throw new BadInput(field, "Field " + field + " is empty; give it or leave it out.");
        }
        Inputs.plain(field, text);
        return text;
    }

    @Nullable String optionalText(String field) {
        return parser.currentToken() == JsonToken.VALUE_NULL ? null : text(field);
    }

    boolean bool(String field) {
        JsonToken token = parser.currentToken();
        if (token != JsonToken.VALUE_TRUE && token != JsonToken.VALUE_FALSE) {
            throw wrong(field, "true or false");
        }
        return token == JsonToken.VALUE_TRUE;
    }

    /** A time with its offset from UTC, in whole milliseconds. */
    long time(String field) {
        if (parser.currentToken() != JsonToken.VALUE_STRING) {
            throw wrong(field, "a time such as 2026-01-31T12:00:00Z");
        }
        String text = parser.getString();
        try {
            Instant at = text.endsWith("Z")
                    ? Instant.parse(text)
                    : OffsetDateTime.parse(text).toInstant();
            return Inputs.time(field, at).toEpochMilli();
        } catch (DateTimeException e) {
            throw wrong(field, "a time such as 2026-01-31T12:00:00Z");
        }
    }

    /** Joules as a decimal number, rounded half-even to the microjoule. */
    long microjoules(String field) {
        BigDecimal joules = decimal(field);
        if (joules.signum() < 0) {
            throw new BadInput(field, "Field " + field + " is negative; energy is 0 or more.");
        }
        if (joules.signum() == 0) {
            return 0;
        }
        if ((long) joules.precision() - joules.scale() >= MOST_DIGITS) {
            throw new BadInput(
                    field, "Field " + field + " is larger than any device can use; give joules, as a number.");
        }
        if (joules.scale() > FINEST_SCALE) {
            return 0;
        }
        return joules.movePointRight(MICRO).setScale(0, RoundingMode.HALF_EVEN).longValueExact();
    }

    private BigDecimal decimal(String field) {
        JsonToken token = parser.currentToken();
        if (token != JsonToken.VALUE_NUMBER_FLOAT && token != JsonToken.VALUE_NUMBER_INT) {
            throw wrong(field, "a number");
        }
        return parser.getDecimalValue();
    }

    @Nullable Long optionalWhole(String field) {
        if (parser.currentToken() == JsonToken.VALUE_NULL) {
            return null;
        }
        if (parser.currentToken() != JsonToken.VALUE_NUMBER_INT
                || parser.getNumberType() == JsonParser.NumberType.BIG_INTEGER) {
            throw wrong(field, "a whole number");
        }
        return parser.getLongValue();
    }

    @Nullable Double optionalNumber(String field) {
        return parser.currentToken() == JsonToken.VALUE_NULL ? null : number(field);
    }

    double number(String field) {
        JsonToken token = parser.currentToken();
        if (token != JsonToken.VALUE_NUMBER_FLOAT && token != JsonToken.VALUE_NUMBER_INT) {
            throw wrong(field, "a number");
        }
        double number = parser.getDoubleValue();
        if (!Double.isFinite(number)) {
            throw wrong(field, "a number below 1e308");
        }
        return number;
    }

    <E> E word(String field, Map<String, E> words) {
        E meaning = parser.currentToken() == JsonToken.VALUE_STRING ? words.get(parser.getString()) : null;
        if (meaning == null) {
            throw wrong(field, "one of " + String.join(", ", words.keySet()));
        }
        return meaning;
    }

    <E> @Nullable E optionalWord(String field, Map<String, E> words) {
        return parser.currentToken() == JsonToken.VALUE_NULL ? null : word(field, words);
    }

    /** The words of an enum, as JSON writes them. */
    static <E extends Enum<E>> Map<String, E> words(Class<E> type) {
        Map<String, E> words = new LinkedHashMap<>();
        for (E each : type.getEnumConstants()) {
            words.put(each.name().toLowerCase(Locale.ROOT), each);
        }
        return words;
    }

    static BadInput wrong(String field, String wanted) {
        return new BadInput(field, "Field " + field + " must be " + wanted + ".");
    }
}
