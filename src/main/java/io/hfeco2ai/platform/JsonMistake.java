package io.hfeco2ai.platform;

import java.time.temporal.Temporal;
import java.util.Collection;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.databind.exc.MismatchedInputException;

/** Says where a JSON body is wrong: by field when its grammar is right, else by line and column. */
final class JsonMistake {

    private JsonMistake() {}

    static Problem problem(JacksonException mistake) {
        if (mistake instanceof MismatchedInputException mismatch
                && !mismatch.getPath().isEmpty()) {
            String field = field(mismatch);
            return Problem.badInput(field, "Field " + field + " must be " + describe(mismatch.getTargetType()) + ".");
        }
        if (mistake instanceof MismatchedInputException) {
            return Problem.of(400, "The body must be a JSON object, in the form of the examples at /v3/api-docs.");
        }
        TokenStreamLocation where = mistake.getLocation();
        String place = where == null ? "" : " at line " + where.getLineNr() + ", column " + where.getColumnNr();
        return Problem.of(400, "The body is not valid JSON" + place + "; check quotes, commas and brackets there.");
    }

    private static String field(MismatchedInputException mismatch) {
        StringBuilder path = new StringBuilder();
        for (JacksonException.Reference step : mismatch.getPath()) {
            if (step.getPropertyName() == null) {
                path.append('[').append(step.getIndex()).append(']');
            } else {
                path.append(path.isEmpty() ? "" : ".").append(step.getPropertyName());
            }
        }
        return path.toString();
    }

    static String describe(@Nullable Class<?> type) {
        if (type == null) {
            return "of another type";
        }
        if (type == Boolean.class || type == boolean.class) {
            return "true or false";
        }
        if (type == Long.class || type == Integer.class || type == long.class || type == int.class) {
            return "a whole number";
        }
        if (Number.class.isAssignableFrom(type) || type.isPrimitive()) {
            return "a number";
        }
        if (Temporal.class.isAssignableFrom(type)) {
            return "a time such as 2026-01-31T12:00:00Z";
        }
        if (Collection.class.isAssignableFrom(type) || type.isArray()) {
            return "a list";
        }
        return CharSequence.class.isAssignableFrom(type) ? "text" : "an object";
    }
}
