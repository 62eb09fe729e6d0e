package io.hfeco2ai.edge.codecarbon;

import io.hfeco2ai.experiments.Experiments;
import io.hfeco2ai.experiments.Experiments.Claim;
import io.hfeco2ai.experiments.Experiments.Run;
import io.hfeco2ai.experiments.Experiments.Status;
import io.hfeco2ai.experiments.RunFinished;
import io.hfeco2ai.ledger.Ledger;
import io.hfeco2ai.platform.Conflict;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.event.EventListener;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/**
 * CodeCarbon never says that a run ends, nor how. A run of which nothing came for a while ends as FINISHED at its last
 * emission: KILLED would call every run a failure. An emission that comes later opens it again ({@link TrackedRuns}).
 */
@Component
class SilentRuns {

    private static final Logger LOG = LoggerFactory.getLogger(SilentRuns.class);

    /** Marks a run that the server ended. */
    private static final String BY_SERVER = "hfeco2ai.ended";

    private final Experiments experiments;
    private final Ledger ledger;
    private final TrackedRuns runs;
    private final Clock clock;
    private final Duration silence;
    /** Silence is counted from here at the earliest: while the server was down nothing could come. */
    private final Instant serverStarted;

    SilentRuns(Experiments experiments, Ledger ledger, TrackedRuns runs, Clock clock, CodeCarbonProperties properties) {
        this.experiments = experiments;
        this.ledger = ledger;
        this.runs = runs;
        this.clock = clock;
        this.silence = properties.silence();
        this.serverStarted = clock.instant();
    }

    @Scheduled(fixedDelay = 1, initialDelay = 1, timeUnit = TimeUnit.MINUTES)
    void endSilent() {
        Set<String> open = experiments.openClaims().stream().map(Claim::runId).collect(Collectors.toSet());
        runs.forgetAllBut(open);
        open.stream()
                .flatMap(id -> experiments.find(id).stream())
                .filter(run -> TrackedRuns.of(run).isPresent() && silent(run))
                .forEach(this::end);
    }

    private boolean silent(Run run) {
        Instant last = runs.heard(run.id()).orElse(serverStarted);
        return last.plus(silence).isBefore(clock.instant());
    }

    private void end(Run run) {
        Instant last =
                ledger.lastReported(run.id()).filter(run.startedAt()::isBefore).orElse(run.startedAt());
        try {
            experiments.finish(run.teamId(), run.id(), Status.FINISHED.name(), last);
        } catch (Conflict endedMeanwhile) {
            LOG.debug("Run {} has ended by itself", run.id(), endedMeanwhile);
        }
    }

    /** On this server's own machine the sampler sees that the process is gone, which is no sign of a failure here. */
    @EventListener
    void on(RunFinished ended) {
        experiments
                .find(ended.runId())
                .filter(run -> TrackedRuns.of(run).isPresent() && run.status().equals(Status.KILLED.name()))
                .filter(run -> experiments.detail(run.id()).tags().containsKey(BY_SERVER))
                .ifPresent(run -> experiments.finish(run.teamId(), run.id(), Status.FINISHED.name(), null));
    }
}
