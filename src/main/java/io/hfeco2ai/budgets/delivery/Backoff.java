package io.hfeco2ai.budgets.delivery;

import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** When a delivery that failed is tried again: 5 s later, then 10 s, 20 s … at most an hour, ± a quarter, for a day. */
final class Backoff {

    private static final long FIRST_MS = 5_000;
    private static final long LONGEST_MS = 3_600_000;
    private static final int DOUBLINGS = 10;
    static final long GIVE_UP_MS = 86_400_000;

    private Backoff() {}

    /**
     * @param attempts that failed, 1 or more
     * @param firstDueMs when the first was due
     * @return null: it is given up
     */
    static @Nullable Long next(int attempts, long firstDueMs, long nowMs, RandomGenerator random) {
        long pause = Math.min(LONGEST_MS, FIRST_MS << Math.min(attempts - 1, DOUBLINGS));
        long jittered = (long) (pause * (0.75 + random.nextDouble() / 2));
        return nowMs + jittered > firstDueMs + GIVE_UP_MS ? null : nowMs + jittered;
    }
}
