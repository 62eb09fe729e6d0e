package io.hfeco2ai.edge.codecarbon;

import io.hfeco2ai.experiments.Experiments;
import io.hfeco2ai.experiments.Experiments.Member;
import io.hfeco2ai.experiments.Experiments.NewMember;
import io.hfeco2ai.experiments.Experiments.Run;
import io.hfeco2ai.experiments.Experiments.RunDetail;
import io.hfeco2ai.experiments.Experiments.StartRun;
import io.hfeco2ai.ledger.Ledger;
import io.hfeco2ai.ledger.Ledger.ReportedCarbon;
import io.hfeco2ai.metering.Metering;
import io.hfeco2ai.metering.Metering.Batch;
import io.hfeco2ai.metering.Metering.IntervalReport;
import io.hfeco2ai.metering.Metering.Place;
import io.hfeco2ai.metering.Metering.Recorded;
import io.hfeco2ai.metering.RunMoved;
import io.hfeco2ai.platform.BadInput;
import io.hfeco2ai.platform.Conflict;
import io.hfeco2ai.platform.NotFound;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;

/** Trackers' messages become runs, intervals and reported carbon. */
@Component
class TrackedRuns {

    /** The part of a run's client before the version. */
    static final String CLIENT = "codecarbon/";

    private static final int MOST_REMEMBERED = 10_000;
    private static final DateTimeFormatter STAMP =
            DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss").withZone(ZoneOffset.UTC);

    private final Experiments experiments;
    private final Metering metering;
    private final Ledger ledger;
    private final ExperimentNames names;
    private final Clock clock;
    /** By run id; only what never changes, and the node until the run is moved. */
    private final Map<String, Tracker> trackers = new ConcurrentHashMap<>();
    /** When each run was last heard of here, by our own clock. */
    private final Map<String, Instant> heard = new ConcurrentHashMap<>();

    TrackedRuns(Experiments experiments, Metering metering, Ledger ledger, ExperimentNames names, Clock clock) {
        this.experiments = experiments;
        this.metering = metering;
        this.ledger = ledger;
        this.names = names;
        this.clock = clock;
    }

    /** The same message again (a proxy's doing: the client never repeats one) is the same run. */
    Run start(Caller caller, RunBody body) {
        ExperimentNames.Name experiment = names.of(caller.teamId(), body.experimentId());
        Instant at = body.at();
        Place place = caller.place(metering);
        NewMember member = new NewMember(place.nodeId(), place.bootId(), 0, place.pid(), List.of(), at);
        Run run = experiments
                .start(new StartRun(
                        caller.teamId(),
                        experiment.project(),
                        experiment.experiment(),
                        "codecarbon-" + STAMP.format(at),
                        "codecarbon-" + digest(caller.node() + "\n" + body),
                        null,
                        at,
                        notices(body),
                        body.params(),
                        false,
                        member,
                        CLIENT + body.version()))
                .run();
        heard.put(run.id(), clock.instant());
        return run;
    }

    /** Shown on the run's page by the tags' names; their content is for whoever reads them elsewhere. */
    private static Map<String, String> notices(RunBody body) {
        Map<String, String> tags = new LinkedHashMap<>();
        tags.put(
                Experiments.NOTICE + "codecarbon-end",
                "CodeCarbon never says that a run ends: it counts as finished when nothing comes any more.");
        if (body.placeIsFallback()) {
            tags.put(
                    Experiments.NOTICE + "codecarbon-location",
                    "CodeCarbon did not find out where it runs and took Quebec, Canada, silently.");
        }
        if ("process".equals(body.trackingMode())) {
            tags.put(
                    Experiments.NOTICE + "codecarbon-process",
                    "CodeCarbon tracked one process, but counters of processors and GPUs are those of the machine.");
        }
        return tags;
    }

    /** @return false when it was known */
    boolean emission(Caller caller, EmissionBody body) {
        Tracker tracker = tracker(caller.teamId(), body.run());
        long energyUj = body.totalUj();
        long emissionsUg = body.emissionsUg();
        List<IntervalReport> intervals = EmissionEnergy.of(body, tracker);
        String nodeId = tracker.nodeId();
        boolean isNew = nodeId != null && record(caller, tracker, nodeId, intervals);
        experiments.lasted(tracker.teamId(), tracker.runId(), body.start(), body.end());
        ledger.keepReported(
                tracker.runId(),
                List.of(new ReportedCarbon(tracker.client(), body.end().toEpochMilli(), energyUj, emissionsUg)));
        heard.put(tracker.runId(), clock.instant());
        return isNew;
    }

    private boolean record(Caller caller, Tracker tracker, String nodeId, List<IntervalReport> intervals) {
        if (intervals.isEmpty()) {
            return false;
        }
        String nodeName = metering.node(nodeId).isPresent()
                ? null
                : caller.place(metering).nodeName();
        Recorded recorded = metering.record(
                new Batch(nodeId, tracker.runId(), nodeName, tracker.origin(), false, intervals, List.of()));
        if (!recorded.rejected().isEmpty()) {
            String reason = recorded.rejected().get(0).reason();
            throw reason.startsWith("conflict") ? new Conflict(reason) : new BadInput("timestamp", reason);
        }
        return recorded.accepted() > 0;
    }

    /** @throws NotFound no such run in the team, or none of a tracker's */
    private Tracker tracker(String teamId, String runId) {
        Tracker known = trackers.get(runId);
        if (known == null) {
            known = load(runId);
            if (trackers.size() >= MOST_REMEMBERED) {
                trackers.clear();
            }
            trackers.put(runId, known);
        }
        if (!known.teamId().equals(teamId)) {
            throw unknown(runId);
        }
        return known;
    }

    private Tracker load(String runId) {
        Run run = experiments.find(runId).filter(each -> of(each).isPresent()).orElseThrow(() -> unknown(runId));
        RunDetail detail = experiments.detail(run.id());
        return Tracker.of(
                run,
                detail.params(),
                detail.members().stream().map(Member::nodeId).findFirst().orElse(null));
    }

    private static NotFound unknown(String runId) {
        return new NotFound("run " + (runId.length() > 64 ? "of that id" : runId));
    }

    /** The client of a run that a tracker reported. */
    static Optional<String> of(Run run) {
        return Optional.ofNullable(run.client()).filter(client -> client.startsWith(CLIENT));
    }

    /** When the run was last heard of since this server started; empty: not yet. */
    Optional<Instant> heard(String runId) {
        return Optional.ofNullable(heard.get(runId));
    }

    @EventListener
    void on(RunMoved moved) {
        trackers.remove(moved.runId());
    }

    /** What is remembered of ended runs is read again if it is needed. */
    void forgetAllBut(Set<String> open) {
        trackers.keySet().retainAll(open);
        heard.keySet().retainAll(open);
    }

    private static String digest(String text) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(hash, 0, 16);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
