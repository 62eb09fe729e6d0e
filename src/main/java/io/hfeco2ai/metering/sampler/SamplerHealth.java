package io.hfeco2ai.metering.sampler;

import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.stereotype.Component;

/** Whether this machine is being measured and the readings reach the database. */
@Component("samplerHealthIndicator")
class SamplerHealth implements HealthIndicator {

    private static final double SILENT_S = 10;
    /** A minute of folds: the database has been refusing. */
    private static final int BACKING_UP = 6;

    private final EmbeddedSampler sampler;

    SamplerHealth(EmbeddedSampler sampler) {
        this.sampler = sampler;
    }

    @Override
    public Health health() {
        return sampler.loop()
                .map(loop -> health(loop.state()))
                .orElseGet(
                        () -> Health.unknown().withDetail("sampler", "disabled").build());
    }

    static Health health(SamplerLoop.State state) {
        boolean good = state.alive() && state.secondsSinceTick() <= SILENT_S && state.backlog() <= BACKING_UP;
        Health.Builder health = (good ? Health.up() : Health.down())
                .withDetail("alive", state.alive())
                .withDetail("secondsSinceTick", Math.round(state.secondsSinceTick()))
                .withDetail("backlog", state.backlog())
                .withDetail("dropped", state.dropped());
        if (state.error() != null) {
            health.withDetail("error", state.error());
        }
        return health.build();
    }
}
