package io.hfeco2ai.platform;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * What went wrong, as RFC 9457 wants it said.
 *
 * @param kind the last part of the type: {@code urn:hfeco2ai:problem:<kind>}
 * @param detail what is wrong and the cure, for the caller's eyes
 * @param field what the caller named wrongly, null when it is no single field
 */
public record Problem(
        int status,
        String kind,
        String title,
        String detail,
        @Nullable String field) {

    public static final String MEDIA_TYPE = "application/problem+json";

    private static final JsonMapper JSON = JsonMapper.builder().build();

    public static Problem badInput(String field, String detail) {
        return new Problem(400, "bad-input", "The request has a mistake", detail, field.isEmpty() ? null : field);
    }

    public static Problem of(int status, String detail) {
        return switch (status) {
            case 400 -> new Problem(400, "bad-request", "The request cannot be read", detail, null);
            case 401 -> new Problem(401, "sign-in", "A valid API token is needed", detail, null);
            case 403 -> new Problem(403, "forbidden", "This is not allowed", detail, null);
            case 404 -> new Problem(404, "not-found", "Nothing is here", detail, null);
            case 405 -> new Problem(405, "wrong-method", "This address takes another method", detail, null);
            case 406 -> new Problem(406, "not-acceptable", "The answer has another media type", detail, null);
            case 409 -> new Problem(409, "conflict", "This contradicts what is stored", detail, null);
            case 413 -> new Problem(413, "too-large", "The request is too large", detail, null);
            case 415 -> new Problem(415, "media-type", "The request has an unknown media type", detail, null);
            case 503 -> new Problem(503, "busy", "The server is busy", detail, null);
            default ->
                new Problem(
                        status,
                        "http-" + status,
                        status < 500 ? "The request was refused" : "The server failed",
                        detail,
                        null);
        };
    }

    public String json() {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("type", "urn:hfeco2ai:problem:" + kind);
        members.put("title", title);
        members.put("status", status);
        members.put("detail", detail);
        if (field != null) {
            members.put("field", field);
        }
        return JSON.writeValueAsString(members);
    }
}
