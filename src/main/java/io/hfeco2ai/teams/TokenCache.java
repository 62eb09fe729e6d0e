package io.hfeco2ai.teams;

import io.hfeco2ai.teams.Teams.TokenIdentity;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Remembers for half a minute whose a token is, so that a busy client costs no query per call. Only known tokens are
 * kept: a guesser cannot fill it. A revoked token is forgotten at once here, within half a minute on other instances.
 */
final class TokenCache {

    private static final Duration KEPT = Duration.ofSeconds(30);
    private static final Duration USE_WRITTEN = Duration.ofMinutes(1);
    private static final int MOST = 1000;

    private record Kept(TokenIdentity identity, long untilMs) {}

    private final Clock clock;
    private final Map<String, Kept> byHash = bounded();
    private final Map<String, Long> useWrittenMs = bounded();
    private long revocations;

    TokenCache(Clock clock) {
        this.clock = clock;
    }

    synchronized Optional<TokenIdentity> get(String hash) {
        Kept kept = byHash.get(hash);
        return kept == null || kept.untilMs() <= clock.millis() ? Optional.empty() : Optional.of(kept.identity());
    }

    /** Counts what was revoked; to be asked before a token is looked up. */
    synchronized long revocations() {
        return revocations;
    }

    /**
     * @param before the revocations before the look-up: after another one it may be out of date, so it is not kept
     * @param expiresAt null: never; from then on it is not answered
     */
    synchronized void put(String hash, TokenIdentity identity, long before, @Nullable Instant expiresAt) {
        if (before != revocations) {
            return;
        }
        long untilMs = clock.millis() + KEPT.toMillis();
        byHash.put(hash, new Kept(identity, expiresAt == null ? untilMs : Math.min(untilMs, expiresAt.toEpochMilli())));
    }

    synchronized void forget(String tokenId) {
        revocations++;
        byHash.values().removeIf(kept -> kept.identity().tokenId().equals(tokenId));
    }

    /** Whether this use is to be written down: the first of a token, and then one a minute. */
    synchronized boolean useIsNews(String tokenId) {
        long now = clock.millis();
        Long last = useWrittenMs.get(tokenId);
        if (last != null && now - last < USE_WRITTEN.toMillis()) {
            return false;
        }
        useWrittenMs.put(tokenId, now);
        return true;
    }

    private static <T> Map<String, T> bounded() {
        return new LinkedHashMap<>(16, 0.75f, true) {
            private static final long serialVersionUID = 1L;

            @Override
            protected boolean removeEldestEntry(Map.Entry<String, T> eldest) {
                return size() > MOST;
            }
        };
    }
}
