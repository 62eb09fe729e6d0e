package io.hfeco2ai.metering.live;

import io.hfeco2ai.metering.Metering.Batch;
import io.hfeco2ai.metering.Metering.IntervalReport;
import io.hfeco2ai.metering.Metering.Live;
import io.hfeco2ai.metering.Metering.LiveDevice;
import io.hfeco2ai.units.DeviceKind;
import io.hfeco2ai.units.Quality;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** The last power of each device and the last five minutes of each node, in memory; tells {@link LiveStream} of each change. */
@Component
public class LiveView {

    private static final long RECENT_MS = 300_000;
    /** A device that was silent for longer than this no longer counts as what the node draws now. */
    private static final long STALE_MS = 60_000;

    private final LiveStream stream;
    private final MeterRegistry metrics;
    private final Clock clock;
    private final Map<String, NodePower> nodes = new ConcurrentHashMap<>();
    private final Set<List<String>> gauges = ConcurrentHashMap.newKeySet();

    public LiveView(LiveStream stream, MeterRegistry metrics, Clock clock) {
        this.stream = stream;
        this.metrics = metrics;
        this.clock = clock;
    }

    private record Shown(LiveDevice device, long atMs) {}

    /** One node's state; its lock is held for microseconds only. */
    private static final class NodePower {
        final Map<String, Shown> devices = new HashMap<>();
        final Deque<double[]> recent = new ArrayDeque<>();
        long atMs = Long.MIN_VALUE;
    }

    /** Takes in one reading of several devices of a node; what is older than what is shown is left out. */
    public void show(String nodeId, Instant at, List<LiveDevice> devices) {
        List<Shown> shown = devices.stream()
                .map(device -> new Shown(device, at.toEpochMilli()))
                .toList();
        show(nodeId, shown);
    }

    private void show(String nodeId, List<Shown> shown) {
        NodePower node = nodes.computeIfAbsent(nodeId, id -> new NodePower());
        Live live;
        synchronized (node) {
            shown.forEach(one -> put(node, one));
            live = snapshot(nodeId, node);
            if (live.at() == null || !remember(node, live.watts())) {
                return;
            }
        }
        shown.forEach(one -> gauge(nodeId, one.device()));
        stream.publish(live);
    }

    private static void put(NodePower node, Shown one) {
        Shown before = node.devices.get(one.device().key());
        if (before == null || before.atMs() <= one.atMs()) {
            node.devices.put(one.device().key(), one);
            node.atMs = Math.max(node.atMs, one.atMs());
        }
    }

    /** @return false when nothing newer came */
    private static boolean remember(NodePower node, @Nullable Double watts) {
        double[] last = node.recent.peekLast();
        if (last != null && last[0] >= node.atMs) {
            return false;
        }
        node.recent.addLast(new double[] {node.atMs, watts == null ? Double.NaN : watts});
        while (node.recent.getFirst()[0] < node.atMs - RECENT_MS) {
            node.recent.removeFirst();
        }
        return true;
    }

    /** Nodes that this server does not measure itself show the mean power of their newest intervals. */
    public void received(Batch batch) {
        if (batch.origin().equals("sampler")) {
            return;
        }
        Map<String, IntervalReport> newest = new HashMap<>();
        for (IntervalReport report : batch.intervals()) {
            newest.merge(report.device(), report, (one, other) -> one.endMs() >= other.endMs() ? one : other);
        }
        List<Shown> shown = new ArrayList<>();
        for (IntervalReport report : newest.values()) {
            shown.add(new Shown(device(report), report.endMs()));
        }
        if (!shown.isEmpty()) {
            show(batch.nodeId(), shown);
        }
    }

    private static LiveDevice device(IntervalReport report) {
        Long observedMs = report.observedMs();
        double ms = observedMs == null ? report.endMs() - report.startMs() : observedMs;
        return new LiveDevice(
                report.device(),
                Objects.requireNonNullElse(report.deviceName(), report.device()),
                report.kind(),
                report.quality() == Quality.MISSING || ms == 0 ? null : report.energyUj() / 1e3 / ms,
                report.quality(),
                report.source());
    }

    public Live of(String nodeId) {
        NodePower node = nodes.get(nodeId);
        if (node == null) {
            return new Live(nodeId, null, null, List.of(), List.of());
        }
        Live live;
        synchronized (node) {
            live = snapshot(nodeId, node);
        }
        Instant at = live.at();
        return at == null || clock.millis() - at.toEpochMilli() <= STALE_MS ? live : silent(live);
    }

    /** What a node drew minutes ago is not what it draws now. */
    private static Live silent(Live live) {
        List<LiveDevice> devices = live.devices().stream()
                .map(device -> new LiveDevice(
                        device.key(), device.name(), device.kind(), null, device.quality(), device.source()))
                .toList();
        return new Live(live.nodeId(), live.at(), null, devices, live.recent());
    }

    private static Live snapshot(String nodeId, NodePower node) {
        List<LiveDevice> devices = node.devices.values().stream()
                .filter(shown -> shown.atMs() >= node.atMs - STALE_MS)
                .map(Shown::device)
                .sorted(Comparator.comparing(LiveDevice::kind).thenComparing(LiveDevice::key))
                .toList();
        return new Live(
                nodeId,
                node.atMs == Long.MIN_VALUE ? null : Instant.ofEpochMilli(node.atMs),
                totalWatts(devices),
                devices,
                List.copyOf(node.recent));
    }

    /** Nested devices are never summed: a whole-node meter holds all the others. Its gap is not filled with less. */
    static @Nullable Double totalWatts(List<LiveDevice> devices) {
        boolean metered = devices.stream().anyMatch(device -> device.kind() == DeviceKind.NODE);
        Double total = null;
        for (LiveDevice device : devices) {
            Double watts = device.watts();
            if (watts != null && metered == (device.kind() == DeviceKind.NODE)) {
                total = total == null ? watts : metered ? Math.max(total, watts) : total + watts;
            }
        }
        return total;
    }

    private void gauge(String nodeId, LiveDevice device) {
        if (gauges.add(
                List.of(nodeId, device.key(), device.source(), device.quality().name()))) {
            Gauge.builder("hfeco2ai.power", this, view -> view.watts(nodeId, device))
                    .baseUnit("watts")
                    .description("Power of a device now; a device of kind NODE holds the node's others")
                    .tag("node", nodeId)
                    .tag("device", device.key())
                    .tag("kind", device.kind().name())
                    .tag("source", device.source())
                    .tag("quality", device.quality().name())
                    .register(metrics);
        }
    }

    /** NaN when the device is silent, or is now read from another source. */
    private double watts(String nodeId, LiveDevice like) {
        NodePower node = nodes.get(nodeId);
        if (node == null) {
            return Double.NaN;
        }
        synchronized (node) {
            Shown shown = node.devices.get(like.key());
            if (shown == null
                    || shown.atMs() < clock.millis() - STALE_MS
                    || shown.device().quality() != like.quality()
                    || !shown.device().source().equals(like.source())) {
                return Double.NaN;
            }
            Double watts = shown.device().watts();
            return watts == null ? Double.NaN : watts;
        }
    }
}
