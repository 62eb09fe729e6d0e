package io.hfeco2ai.grid.providers;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Why there is no value, in plain words that a page shows: never an address or a key. */
final class ProviderFailure extends Exception {

    private static final long serialVersionUID = 1L;

    private final @Nullable Duration retryAfter;

    ProviderFailure(String problem) {
        this(problem, null);
    }

    /** @param retryAfter the provider asks not to be called before; null: it says nothing */
    ProviderFailure(String problem, @Nullable Duration retryAfter) {
        super(problem);
        this.retryAfter = retryAfter;
    }

    @Nullable Duration retryAfter() {
        return retryAfter;
    }

    String problem() {
        return String.valueOf(getMessage());
    }
}
