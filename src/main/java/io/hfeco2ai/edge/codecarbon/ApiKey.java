package io.hfeco2ai.edge.codecarbon;

import io.hfeco2ai.teams.TokenSignIn;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;

/**
 * What a client sends as its key: {@code token} or {@code token~node}. CodeCarbon from 2.6 on sends it as x-api-token; older
 * ones send nothing of their own, but the HTTP library below them sends the password of the endpoint's address as Basic.
 *
 * @param node null: the key names none
 */
record ApiKey(String token, @Nullable String node) {

    static final String HEADER = "x-api-token";
    /** What a client sends that was given no key. */
    static final String PLACEHOLDER = "api_key";

    private static final char NODE_FOLLOWS = '~';

    static Optional<ApiKey> of(HttpServletRequest request) {
        return text(request).map(text -> {
            int end = text.indexOf(NODE_FOLLOWS);
            return end < 0 ? new ApiKey(text, null) : new ApiKey(text.substring(0, end), text.substring(end + 1));
        });
    }

    private static Optional<String> text(HttpServletRequest request) {
        String header = request.getHeader(HEADER);
        if (header != null && !header.isBlank() && !header.strip().equals(PLACEHOLDER)) {
            return Optional.of(header.strip());
        }
        return TokenSignIn.ofHeader(request.getHeader(HttpHeaders.AUTHORIZATION));
    }

    /** Why the request has no caller, and the cure. */
    static String refusal(HttpServletRequest request) {
        if (of(request).isPresent()) {
            return TokenSignIn.refusal(
                    request,
                    "The API key is unknown or revoked. Make a token on the page /settings/tokens and set CodeCarbon's api_key"
                            + " to it, or to token~node.");
        }
        if (request.getHeader(HEADER) != null) {
            return "CodeCarbon sent its placeholder " + PLACEHOLDER + " as the API key. Make a token on the page"
                    + " /settings/tokens and set CODECARBON_API_KEY (api_key in .codecarbon.config) to it.";
        }
        return "No API key came with this call. Make a token on the page /settings/tokens and set CODECARBON_API_KEY to it;"
                + " CodeCarbon before 2.6 sends no key: there, set CODECARBON_API_ENDPOINT to"
                + " http://token:<your token>@<this server>/codecarbon.";
    }
}
