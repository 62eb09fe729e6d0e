package io.hfeco2ai.dashboard;

import io.hfeco2ai.experiments.Experiments.Run;
import io.hfeco2ai.ledger.Ledger.Footprint;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** A run in a table. */
record RunRow(Run run, FootprintView footprint, long durationMs) {

    static List<RunRow> of(List<Run> runs, Map<String, Footprint> footprints, Clock clock) {
        return runs.stream()
                .map(run ->
                        new RunRow(run, FootprintView.of(footprints.get(run.id())), durationMs(run, clock.instant())))
                .toList();
    }

    static long durationMs(Run run, Instant now) {
        Instant end = run.endedAt() == null ? now : run.endedAt();
        return Math.max(0, Duration.between(run.startedAt(), end).toMillis());
    }

    public boolean isRunning() {
        return run.status().equals("RUNNING");
    }
}
