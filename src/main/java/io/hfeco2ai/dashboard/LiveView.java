package io.hfeco2ai.dashboard;

import io.hfeco2ai.metering.Metering.Live;
import io.hfeco2ai.metering.Metering.Node;
import io.hfeco2ai.metering.Metering.NodeDevice;
import io.hfeco2ai.units.DeviceKind;
import io.hfeco2ai.units.Quality;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The power of a node at this moment, and its last five minutes.
 *
 * @param at of the newest reading; null: none
 * @param fresh it is at most a minute old
 */
record LiveView(
        String nodeId,
        String name,
        @Nullable Instant at,
        boolean fresh,
        @Nullable Double watts,
        List<Device> devices,
        ChartView chart) {

    private static final Duration FRESH = Duration.ofMinutes(1);

    record Device(
            String key,
            String name,
            DeviceKind kind,
            Quality quality,
            String source,
            @Nullable Double uncertaintyRatio,
            @Nullable Double watts) {

        public String style() {
            return kind.name().toLowerCase(Locale.ROOT);
        }
    }

    static LiveView of(Node node, Live live, Instant now) {
        var devices = live.devices().stream()
                .map(device -> new Device(
                        device.key(),
                        device.name(),
                        device.kind(),
                        device.quality(),
                        device.source(),
                        node.devices().stream()
                                .filter(known -> known.key().equals(device.key()))
                                .map(NodeDevice::uncertaintyRatio)
                                .findFirst()
                                .orElse(null),
                        device.watts()))
                .toList();
        Instant at = live.at();
        boolean fresh = at != null && !at.plus(FRESH).isBefore(now);
        return new LiveView(node.id(), node.name(), at, fresh, live.watts(), devices, ChartView.live(live.recent()));
    }

    /** Two nested domains are never summed, so a part of the total may be hidden inside an outer meter. */
    public boolean hasMeter() {
        return devices.stream().anyMatch(device -> device.kind() == DeviceKind.NODE);
    }
}
