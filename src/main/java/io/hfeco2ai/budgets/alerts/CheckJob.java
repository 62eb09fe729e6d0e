package io.hfeco2ai.budgets.alerts;

import java.time.Clock;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/** Runs each check when its time has come, on one instance. */
@Component
class CheckJob {

    private static final Logger LOG = LoggerFactory.getLogger(CheckJob.class);

    private final JdbcClient jdbc;
    private final Clock clock;
    private final BudgetAlerts budgets;
    private final NodeChecks nodes;
    private final FeedChecks feeds;
    private final Inbox inbox;

    CheckJob(JdbcClient jdbc, Clock clock, BudgetAlerts budgets, NodeChecks nodes, FeedChecks feeds, Inbox inbox) {
        this.jdbc = jdbc;
        this.clock = clock;
        this.budgets = budgets;
        this.nodes = nodes;
        this.feeds = feeds;
        this.inbox = inbox;
    }

    @Scheduled(initialDelay = 20_000, fixedDelay = 10_000)
    void run() {
        check("snooze", Duration.ofSeconds(30), inbox::wake);
        check("closed-budgets", Duration.ofMinutes(1), budgets::endClosed);
        check(NodeChecks.SILENT, Duration.ofMinutes(1), nodes::silentNodes);
        check(FeedChecks.STALE, Duration.ofMinutes(5), feeds::staleFeeds);
        check(NodeChecks.IDLE, Duration.ofMinutes(5), nodes::idleGpus);
        check(NodeChecks.POWER, Duration.ofHours(1), nodes::unusualPower);
    }

    private void check(String name, Duration every, Runnable check) {
        try {
            if (turn(name, every)) {
                check.run();
            }
        } catch (RuntimeException e) { // The other checks do not wait for this one to be mended.
            LOG.error("The check {} failed; it is tried again later", name, e);
        }
    }

    /** Whether it is this instance's turn; a moment early counts as in time. */
    boolean turn(String name, Duration every) {
        long nowMs = clock.millis();
        jdbc.sql("INSERT INTO alert_check (name, last_ms) VALUES (?, 0) ON CONFLICT DO NOTHING")
                .param(name)
                .update();
        return jdbc.sql("UPDATE alert_check SET last_ms = ? WHERE name = ? AND last_ms <= ?")
                        .params(nowMs, name, nowMs - every.toMillis() + 1_000)
                        .update()
                == 1;
    }
}
