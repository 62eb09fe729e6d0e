package io.hfeco2ai.metering.sampler;

import io.hfeco2ai.experiments.Experiments;
import io.hfeco2ai.experiments.Experiments.Claim;
import io.hfeco2ai.experiments.MemberEnded;
import io.hfeco2ai.experiments.MemberStarted;
import io.hfeco2ai.metering.Ingest;
import io.hfeco2ai.metering.Metering.Batch;
import io.hfeco2ai.metering.Metering.Recorded;
import io.hfeco2ai.metering.Metering.Sensing;
import io.hfeco2ai.metering.NodeRegistry;
import io.hfeco2ai.metering.live.LiveView;
import io.hfeco2ai.sensor.Calibration;
import io.hfeco2ai.sensor.Host;
import io.hfeco2ai.sensor.ReplaySensor;
import io.hfeco2ai.sensor.Sensors;
import io.hfeco2ai.sensor.Sensors.Selection;
import io.hfeco2ai.sensor.members.MemberSensors;
import io.hfeco2ai.sensor.members.MemberSensors.Gone;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;
import org.springframework.transaction.event.TransactionalEventListener;

/** The sampler of the machine this server runs on: switched by {@link SamplerProperties}, follows the members that run here. */
@Component
public class EmbeddedSampler implements SmartLifecycle {

    private final SamplerProperties properties;
    private final Ingest ingest;
    private final NodeRegistry nodes;
    private final LiveView live;
    private final Experiments experiments;
    private final Clock clock;
    private final MeterRegistry metrics;
    private final LocalConnections connections;
    private volatile @Nullable SamplerLoop loop;
    private volatile boolean registered;

    EmbeddedSampler(
            SamplerProperties properties,
            Ingest ingest,
            NodeRegistry nodes,
            LiveView live,
            Experiments experiments,
            Clock clock,
            MeterRegistry metrics) {
        this.properties = properties;
        this.ingest = ingest;
        this.nodes = nodes;
        this.live = live;
        this.experiments = experiments;
        this.clock = clock;
        this.metrics = metrics;
        this.connections = new LocalConnections(Path.of(properties.root()).resolve("proc"));
    }

    Optional<SamplerLoop> loop() {
        return Optional.ofNullable(loop);
    }

    @Override
    public void start() {
        if (properties.enabled() && loop == null) {
            SamplerLoop fresh = new SamplerLoop(
                    this::open, live, new SamplerBacklog(this::record), synthetic(), System::nanoTime, this::gone);
            loop = fresh;
            fresh.start();
            fresh.later(() -> register(fresh));
            fresh.later(() -> trackOpenMembers(fresh));
            bindMetrics(fresh);
        }
    }

    @Override
    public void stop() {
        SamplerLoop running = loop;
        if (running != null) {
            running.close();
            loop = null;
        }
    }

    @Override
    public boolean isRunning() {
        return loop != null;
    }

    private boolean synthetic() {
        return !properties.replay().isEmpty();
    }

    private MemberSensors open() {
        Path root = Path.of(properties.root());
        Selection selection = synthetic() ? replay(Host.of(root)) : Sensors.discover(root, calibration(root));
        return new MemberSensors(selection, root, clock, System::nanoTime);
    }

    private @Nullable Calibration calibration(Path root) {
        return nodes.calibration(Host.of(root).nodeId());
    }

    /** A recording plays on a node of its own: real and synthetic data never meet on one. */
    private Selection replay(Host host) {
        Host stage = new Host(
                host.nodeId() + "-replay",
                host.bootId(),
                host.name() + " (replay)",
                host.cpuModel(),
                host.sockets(),
                host.logicalCpus(),
                host.allottedCpus(),
                host.memoryBytes(),
                host.allottedMemoryBytes(),
                host.virtualMachine(),
                host.container());
        return new Selection(stage, List.of(ReplaySensor.ofResource(properties.replay(), System::nanoTime)), List.of());
    }

    private Recorded record(Batch batch) {
        loop().ifPresent(this::register);
        return ingest.record(batch);
    }

    private void register(SamplerLoop running) {
        Host host = running.host();
        if (!registered && host != null) {
            ingest.exclusively(() -> nodes.describe(host, synthetic()));
            registered = true;
        }
    }

    private void trackOpenMembers(SamplerLoop running) {
        Host host = running.host();
        if (host != null) {
            long nowMs = clock.millis();
            for (Claim claim : experiments.claims(host.nodeId(), nowMs, nowMs + 1)) {
                Long pid = claim.pid();
                Instant lastSeen = claim.tracked() ? lastSeen(claim) : null;
                if (pid != null && claim.bootId().equals(host.bootId())) {
                    track(running, claim.memberId(), pid, lastSeen);
                } else if (lastSeen != null) {
                    experiments.lost(claim.memberId(), lastSeen); // no process outlives its boot
                }
            }
        }
    }

    private Instant lastSeen(Claim claim) {
        Long usedMs = nodes.lastUse(claim.memberId());
        return Instant.ofEpochMilli(usedMs == null ? claim.startMs() : Math.max(usedMs, claim.startMs()));
    }

    /** A process that cannot be seen from here has no share of its own: its member counts as not tracked. */
    private void track(SamplerLoop running, String memberId, long pid, @Nullable Instant lastSeen) {
        if (running.track(memberId, pid, lastSeen)) {
            experiments.tracked(memberId);
        }
    }

    private void gone(Gone member) {
        experiments.lost(member.memberId(), member.lastSeen());
    }

    @TransactionalEventListener(fallbackExecution = true)
    void on(MemberStarted member) {
        Long pid = member.pid();
        if (pid != null) {
            loop().filter(running -> running.measures(member.nodeId(), member.bootId()))
                    .ifPresent(running -> running.later(() -> track(running, member.memberId(), pid, null)));
        }
    }

    @TransactionalEventListener(fallbackExecution = true)
    void on(MemberEnded member) {
        loop().ifPresent(running -> running.later(() -> running.untrack(member.memberId())));
    }

    /** Whether it measures that node and boot. */
    public boolean measures(String nodeId, String bootId) {
        return loop().filter(running -> running.measures(nodeId, bootId)).isPresent();
    }

    /** Whether that address is one of this machine. */
    public boolean isHere(InetAddress address) {
        return LocalConnections.isOwn(address);
    }

    /** The process of this machine at the other end of a connection to this server, where it can be seen. */
    public Optional<Long> pidOf(InetSocketAddress peer) {
        return connections.pidOf(peer);
    }

    /** Records the open intervals now, before this returns. */
    public void flush() {
        loop().ifPresent(SamplerLoop::flush);
    }

    /** Null when nothing is measured here. */
    public @Nullable Sensing sensing() {
        return loop().map(running -> new Sensing(
                        running.findings(), running.counts(), running.state().dropped(), running.cost()))
                .orElse(null);
    }

    /** The node's calibration was changed: what is measured from now on is another series. */
    public void calibrated(String nodeId) {
        loop().filter(running -> nodeId.equals(nodeId(running))).ifPresent(SamplerLoop::reopen);
    }

    /** Empty when nothing is measured here. */
    public String nodeId() {
        return loop().map(EmbeddedSampler::nodeId).orElse("");
    }

    private static String nodeId(SamplerLoop running) {
        Host host = running.host();
        return host == null ? "" : host.nodeId();
    }

    private void bindMetrics(SamplerLoop running) {
        Map<String, ToDoubleFunction<SamplerLoop>> counters = Map.of(
                "counter.resets", one -> one.counts().counterResets(),
                "implausible", one -> one.counts().implausible() + one.counts().negative(),
                "clock.jumps", one -> one.counts().clockJumps(),
                "suspends", one -> one.counts().suspends(),
                "missed.readings", one -> one.counts().missedReadings(),
                "dropped", one -> one.state().dropped(),
                "cpu.seconds", SamplerLoop::cpuSeconds);
        counters.forEach((name, count) -> FunctionCounter.builder("hfeco2ai.sampler." + name, running, count)
                .register(metrics));
    }
}
