package io.hfeco2ai.platform;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;

class SignInThrottleTests {

    private final SignInThrottle throttle =
            new SignInThrottle(Clock.fixed(Instant.parse("2026-01-05T10:00:00Z"), ZoneOffset.UTC));

    private void fail(String username, String address, int times) {
        for (int i = 0; i < times; i++) {
            throttle.failed(username, address);
        }
    }

    @Test
    void strangersDoNotLockAUserOutWhereTheUserSignedInBefore() {
        throttle.succeeded("admin", "10.0.0.1");
        for (int stranger = 0; stranger < 20; stranger++) {
            fail("admin", "192.0.2." + stranger, SignInThrottle.MOST_FAILURES);
        }
        assertThat(throttle.mustWait("admin", "198.51.100.1")).isTrue();
        assertThat(throttle.mustWait("admin", "10.0.0.1")).isFalse();
        assertThat(throttle.mustWait("other", "198.51.100.1")).isFalse();
    }

    @Test
    void oneStrangerLocksNobodyElseOut() {
        fail("admin", "192.0.2.1", SignInThrottle.MOST_FAILURES);
        assertThat(throttle.mustWait("admin", "192.0.2.1")).isTrue();
        assertThat(throttle.mustWait("admin", "10.0.0.1")).isFalse();
    }

    @Test
    void guessingIsSlowedDownAlsoWhereTheUserSignedInBefore() {
        throttle.succeeded("admin", "10.0.0.1");
        fail("admin", "10.0.0.1", SignInThrottle.MOST_FAILURES);
        assertThat(throttle.mustWait("admin", "10.0.0.1")).isTrue();
    }
}
