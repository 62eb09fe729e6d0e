package io.hfeco2ai.platform;

import java.time.Clock;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.springframework.stereotype.Component;

/**
 * Slows down guessing of passwords: after 10 failures within 10 minutes of one user name from one address, sign-in with
 * that name waits there until the 10 minutes are over. After 100 of one name from anywhere it waits at all addresses from
 * which that name never signed in: a stranger cannot lock a user out at home. Kept in memory, at most 10,000 of each.
 */
@Component
public class SignInThrottle {

    static final int MOST_FAILURES = 10;
    static final int MOST_FAILURES_ANYWHERE = 100;
    static final Duration WINDOW = Duration.ofMinutes(10);
    private static final int MOST_KEPT = 10_000;

    private record Count(int failures, long sinceMs) {}

    private final Clock clock;
    private final Map<String, Count> counts = bounded();
    private final Map<String, Boolean> signedInBefore = bounded();

    SignInThrottle(Clock clock) {
        this.clock = clock;
    }

    public synchronized boolean mustWait(String username, String address) {
        return failures(key(username, address)) >= MOST_FAILURES
                || (failures(key(username, "")) >= MOST_FAILURES_ANYWHERE
                        && !signedInBefore.containsKey(key(username, address)));
    }

    public synchronized void failed(String username, String address) {
        add(key(username, address));
        add(key(username, ""));
    }

    public synchronized void succeeded(String username, String address) {
        counts.remove(key(username, address));
        signedInBefore.put(key(username, address), true);
    }

    private void add(String key) {
        int failures = failures(key);
        long since = failures == 0
                ? clock.millis()
                : counts.getOrDefault(key, new Count(0, clock.millis())).sinceMs();
        counts.put(key, new Count(failures + 1, since));
    }

    private int failures(String key) {
        Count count = counts.get(key);
        return count == null || clock.millis() - count.sinceMs() >= WINDOW.toMillis() ? 0 : count.failures();
    }

    private static <T> Map<String, T> bounded() {
        return new LinkedHashMap<>(16, 0.75f, true) {
            private static final long serialVersionUID = 1L;

            @Override
            protected boolean removeEldestEntry(Map.Entry<String, T> eldest) {
                return size() > MOST_KEPT;
            }
        };
    }

    /** A long name is cut, so that nobody fills the memory with names. */
    private static String key(String username, String address) {
        return username.substring(0, Math.min(100, username.length())) + "\n" + address;
    }
}
