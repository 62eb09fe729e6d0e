package io.hfeco2ai.budgets.alerts;

import io.hfeco2ai.budgets.delivery.Severity;
import io.hfeco2ai.experiments.Experiments;
import io.hfeco2ai.experiments.Experiments.Claim;
import io.hfeco2ai.experiments.Experiments.Run;
import io.hfeco2ai.metering.Metering;
import io.hfeco2ai.metering.Metering.GpuLoad;
import io.hfeco2ai.metering.Metering.Node;
import io.hfeco2ai.metering.Metering.Power;
import io.hfeco2ai.metering.Metering.Watched;
import io.hfeco2ai.units.DeviceKind;
import io.hfeco2ai.units.Figures;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;
import org.springframework.web.util.UriUtils;

/** Looks after the machines: silent nodes, idle GPUs, unusual power. */
@Component
class NodeChecks {

    static final String SILENT = "silent-node";
    static final String IDLE = "idle-gpu";
    static final String POWER = "abnormal-power";

    private static final Duration GONE = Duration.ofDays(7);
    private static final Duration IDLE_FOR = Duration.ofMinutes(30);
    private static final double NEAR_IDLE = 1.3;
    /** Where a GPU's idle power is unknown: none that works draws so little of what it may. */
    private static final double IDLE_CAP_RATIO = 0.2;

    private static final double MOSTLY = 0.9;
    private static final Duration HABIT = Duration.ofDays(14);
    private static final double ENOUGH_RATIO = 3.0 / 14;
    private static final Set<DeviceKind> JUDGED = Set.of(DeviceKind.CPU, DeviceKind.GPU, DeviceKind.NODE);

    private final Metering metering;
    private final Experiments experiments;
    private final Alerts alerts;
    private final Clock clock;
    private final Duration silentAfter;
    private final Instant startedAt;
    private final Figures figures = new Figures();

    NodeChecks(
            Metering metering,
            Experiments experiments,
            Alerts alerts,
            Clock clock,
            @Value("${hfeco2ai.alerts.silent-after:15m}") Duration silentAfter) {
        this.metering = metering;
        this.experiments = experiments;
        this.alerts = alerts;
        this.clock = clock;
        this.silentAfter = silentAfter;
        this.startedAt = clock.instant();
    }

    /** Agents that kept their data while this server was away get the time to send it. */
    void silentNodes() {
        Instant now = clock.instant();
        if (now.isBefore(startedAt.plus(silentAfter))) {
            return;
        }
        Set<String> lasting = alerts.lasting(SILENT);
        List<NewAlert> found = new ArrayList<>();
        for (Watched node : metering.watched()) {
            Instant newest = Instant.ofEpochMilli(node.newestMs());
            boolean silent = newest.plus(silentAfter).isBefore(now);
            boolean news = newest.plus(GONE).isAfter(now);
            if (silent && (news || lasting.contains(SILENT + "/" + node.id()))) {
                found.add(silent(node, newest, now));
            }
        }
        alerts.found(SILENT, found);
    }

    private NewAlert silent(Watched node, Instant newest, Instant now) {
        return new NewAlert(
                SILENT,
                node.id(),
                AlertKind.SILENT_NODE,
                Severity.WARNING,
                null,
                false,
                "Node “" + node.name() + "” is silent",
                "no data for " + figures.duration(Duration.between(newest, now).toMillis()),
                "Its sensor sends nothing since " + figures.time(newest) + " UTC; its energy is missing from then on."
                        + " See whether the machine and its agent run, or declare its devices off.",
                nodePath(node.id()),
                newest);
    }

    /** A GPU is idle when none of its intervals of the last half hour drew more than a little over its idle power. */
    void idleGpus() {
        Instant now = clock.instant();
        Instant from = now.minus(IDLE_FOR);
        Set<String> lasting = alerts.lasting(IDLE);
        List<NewAlert> found = new ArrayList<>();
        for (GpuLoad gpu : metering.gpuLoads(from.toEpochMilli(), now.toEpochMilli())) {
            if (idles(gpu)) {
                NewAlert alert = idle(gpu, from);
                boolean watched = gpu.observedMs() >= MOSTLY * IDLE_FOR.toMillis();
                if (watched || lasting.contains(alert.key())) {
                    found.add(alert);
                }
            }
        }
        alerts.found(IDLE, found);
    }

    private static boolean idles(GpuLoad gpu) {
        if (gpu.idleWatts() != null) {
            return gpu.mostWatts() <= gpu.idleWatts() * NEAR_IDLE;
        }
        return gpu.capWatts() != null && gpu.mostWatts() <= gpu.capWatts() * IDLE_CAP_RATIO;
    }

    /** Whoever claims it is not named, only the run: people are not watched. */
    private NewAlert idle(GpuLoad gpu, Instant from) {
        Optional<Run> run = experiments.claims(gpu.nodeId(), from.toEpochMilli(), clock.millis()).stream()
                .filter(claim -> claims(claim, gpu, from))
                .findFirst()
                .flatMap(claim -> experiments.find(claim.runId()));
        String runId = run.map(Run::id).orElse("");
        String name = UUID.nameUUIDFromBytes(
                        (gpu.nodeId() + "\n" + gpu.deviceKey() + "\n" + runId).getBytes(StandardCharsets.UTF_8))
                .toString();
        return new NewAlert(
                IDLE,
                name,
                AlertKind.IDLE_GPU,
                run.isPresent() ? Severity.WARNING : Severity.INFO,
                run.map(Run::teamId).orElse(null),
                run.isPresent(),
                "GPU “" + gpu.deviceName() + "” of node “" + gpu.nodeName() + "” idles"
                        + run.map(each -> " while run “" + each.name() + "” holds it")
                                .orElse(""),
                "at most " + figures.power(gpu.mostWatts()) + " in " + IDLE_FOR.toMinutes() + " min",
                run.isPresent()
                        ? "The run claims the GPU and does not use it. If it waits for data or hangs, mend or end it."
                        : "No run claims the GPU. It can take work, or be switched off.",
                run.map(each -> "/runs/" + each.id()).orElseGet(() -> nodePath(gpu.nodeId())),
                from);
    }

    private static boolean claims(Claim claim, GpuLoad gpu, Instant from) {
        return claim.endMs() == null
                && !claim.synthetic()
                && claim.startMs() <= from.toEpochMilli()
                && (claim.devices().isEmpty() || claim.devices().contains(gpu.deviceKey()));
    }

    /** The last hour against the two weeks before it, of which three days must be known. */
    void unusualPower() {
        Instant now = clock.instant();
        long hourAgoMs = now.minus(Duration.ofHours(1)).toEpochMilli();
        long fromMs = now.minus(HABIT).toEpochMilli();
        List<NewAlert> found = new ArrayList<>();
        for (Node node : metering.nodes()) {
            if (node.synthetic() || node.reported() || node.newestMs() < hourAgoMs) {
                continue;
            }
            List<Power> past = metering.powerOfNode(node.id(), fromMs, hourAgoMs);
            for (Power last : metering.powerOfNode(node.id(), hourAgoMs, now.toEpochMilli())) {
                past.stream()
                        .filter(power -> power.kind() == last.kind() && JUDGED.contains(power.kind()))
                        .forEach(power -> judge(node, last, power, found));
            }
        }
        alerts.found(POWER, found);
    }

    private void judge(Node node, Power last, Power past, List<NewAlert> found) {
        double watts = last.points().stream()
                .mapToDouble(point -> point[1])
                .filter(Double::isFinite)
                .average()
                .orElse(Double.NaN);
        double[] before = past.points().stream().mapToDouble(point -> point[1]).toArray();
        PowerHabit.Unusual unusual = PowerHabit.judge(before, (int) Math.ceil(before.length * ENOUGH_RATIO), watts);
        if (unusual == null) {
            return;
        }
        String kind = last.kind() == DeviceKind.NODE ? "the whole node" : "its " + last.kind() + "s";
        found.add(new NewAlert(
                POWER,
                node.id() + "/" + last.kind().name().toLowerCase(Locale.ROOT),
                AlertKind.ABNORMAL_POWER,
                unusual.high() ? Severity.WARNING : Severity.INFO,
                null,
                false,
                "Node “" + node.name() + "” draws unusually " + (unusual.high() ? "much" : "little"),
                figures.power(watts) + " (" + kind + "), usually " + figures.power(unusual.medianWatts()) + " ± "
                        + figures.power(unusual.spreadWatts()),
                "The mean of the last hour is more than six robust standard deviations from the median of the 14 days"
                        + " before.",
                nodePath(node.id()),
                clock.instant().minus(Duration.ofHours(1))));
    }

    private static String nodePath(String nodeId) {
        return "/nodes/" + UriUtils.encodePathSegment(nodeId, StandardCharsets.UTF_8);
    }
}
