package io.hfeco2ai.ledger;

import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.stereotype.Component;

/** Whether the books are kept: down when the last round failed or nobody makes rounds. */
@Component("ledgerHealthIndicator")
class LedgerHealth implements HealthIndicator {

    private final LedgerJob job;

    LedgerHealth(LedgerJob job) {
        this.job = job;
    }

    @Override
    public Health health() {
        String problem = job.problem();
        return problem == null
                ? Health.up().build()
                : Health.down().withDetail("error", problem).build();
    }
}
