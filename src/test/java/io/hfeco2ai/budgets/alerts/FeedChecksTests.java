package io.hfeco2ai.budgets.alerts;

import static org.assertj.core.api.Assertions.assertThat;

import io.hfeco2ai.grid.FeedStale;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.jdbc.core.JdbcTemplate;

/** A provider that sends nothing new is told once, until it does. */
@SpringBootTest(
        properties = {
            "hfeco2ai.sampler.enabled=false",
            "spring.datasource.url=jdbc:h2:mem:budget-alerts;MODE=PostgreSQL;DATABASE_TO_LOWER=TRUE;DEFAULT_NULL_ORDERING=HIGH;DB_CLOSE_DELAY=-1"
        })
class FeedChecksTests {

    @Autowired
    JdbcTemplate jdbc;

    @Autowired
    FeedChecks checks;

    @Autowired
    ApplicationEventPublisher events;

    private List<Map<String, Object>> alerts() {
        return jdbc.queryForList("SELECT * FROM alert WHERE scope = 'stale-feed' ORDER BY raised_ms, id");
    }

    @Test
    void aStaleFeedIsToldAtOnceAndOnceUntilItIsFreshAgain() {
        jdbc.update(
                "INSERT INTO factor_feed (provider, zone, tried_ms, newest_ms, failures, retry_ms, problem, stale_ms)"
                        + " VALUES ('test-provider', 'GB', 1700000000000, 1699990000000, 3, 0, 'The key was refused.', 1700000000000)");
        events.publishEvent(new FeedStale("test-provider", "GB", 1_699_993_600_000L));
        checks.staleFeeds();
        assertThat(alerts()).singleElement().satisfies(alert -> {
            assertThat(alert.get("title")).isEqualTo("Carbon intensity of zone GB is stale");
            assertThat(String.valueOf(alert.get("detail"))).contains("The key was refused.");
            assertThat(alert.get("resolved_ms")).isNull();
        });
        jdbc.update("UPDATE factor_feed SET stale_ms = NULL WHERE provider = 'test-provider'");
        checks.staleFeeds();
        assertThat(alerts())
                .singleElement()
                .extracting(alert -> alert.get("resolved_ms"))
                .isNotNull();
        jdbc.update("DELETE FROM factor_feed WHERE provider = 'test-provider'");
        jdbc.update("DELETE FROM alert WHERE scope = 'stale-feed'");
    }
}
