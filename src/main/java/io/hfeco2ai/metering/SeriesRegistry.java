package io.hfeco2ai.metering;

import io.hfeco2ai.metering.Metering.Batch;
import io.hfeco2ai.metering.Metering.IntervalReport;
import io.hfeco2ai.units.Boundary;
import io.hfeco2ai.units.DeviceKind;
import io.hfeco2ai.units.Quality;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;

/**
 * The devices and series of each node, remembered as they are in the database and made on first use. One thread at a time
 * may use it (the writer of {@link Ingest}), and must {@link #forget()} when its transaction was rolled back.
 */
@Component
class SeriesRegistry {

    private static final Map<String, Double> OF_COUNTER =
            Map.of("rapl", 0.05, "rapl-mmio", 0.05, "nvml", 0.05, "hwmon", 0.1, "nvml-power", 0.4);

    /** What identifies a series within its device. */
    record SeriesKey(
            String bootId,
            String source,
            Quality quality,
            Boundary boundary,
            String origin,
            int uncertaintyPpm,
            @Nullable Double idleWatts) {}

    /** A series and what its next interval has to be compared with. */
    static final class Series {
        final long id;
        final SeenDevice device;
        /** Nothing is stored that starts after this. */
        long highestStartMs;

        long maxLengthMs;

        Series(long id, SeenDevice device, long highestStartMs, long maxLengthMs) {
            this.id = id;
            this.device = device;
            this.highestStartMs = highestStartMs;
            this.maxLengthMs = maxLengthMs;
        }
    }

    private final JdbcTemplate jdbc;
    private final Map<String, Map<String, SeenDevice>> devicesOfNode = new HashMap<>();
    private long lastDeviceId = -1;
    private long lastSeriesId = -1;

    SeriesRegistry(JdbcTemplate jdbc) {
        this.jdbc = jdbc;
    }

    void forget() {
        devicesOfNode.clear();
        lastDeviceId = -1;
        lastSeriesId = -1;
    }

    @Nullable SeenDevice device(String nodeId, String key) {
        return devices(nodeId).get(key);
    }

    /** The device's row, made when it is new; its kind is that of the first report. */
    SeenDevice device(String nodeId, IntervalReport report) {
        Map<String, SeenDevice> devices = devices(nodeId);
        SeenDevice device = devices.get(report.device());
        if (device == null) {
            device = insertDevice(nodeId, report);
            devices.put(report.device(), device);
        }
        return device;
    }

    /** Writes what changed, and at most each 10 s that a device was seen again. */
    void writeSeen(long nowMs) {
        for (Map<String, SeenDevice> devices : devicesOfNode.values()) {
            for (SeenDevice device : devices.values()) {
                if (device.due(nowMs)) {
                    update(device);
                    device.written(nowMs);
                }
            }
        }
    }

    private void update(SeenDevice device) {
        jdbc.update(
                "UPDATE device SET name = ?, idle_watts = ?, cap_watts = ?, first_seen_ms = ?, last_seen_ms = ?,"
                        + " declared_off_ms = ? WHERE id = ?",
                device.name,
                device.idleWatts,
                device.capWatts,
                device.firstSeenMs,
                device.lastSeenMs,
                device.declaredOffMs,
                device.id);
    }

    Series series(Batch batch, SeenDevice device, IntervalReport report) {
        SeriesKey key = new SeriesKey(
                batch.bootId(),
                report.source(),
                report.quality(),
                boundary(report),
                batch.origin(),
                uncertaintyPpm(report),
                report.idleWatts());
        Series series = device.series.get(key);
        if (series == null) {
            series = find(device, key);
            if (series == null) {
                series = insert(device, key, batch.synthetic());
            }
            device.series.put(key, series);
        }
        return series;
    }

    private static Boundary boundary(IntervalReport report) {
        boolean meter = report.kind() == DeviceKind.NODE || report.kind() == DeviceKind.REST;
        return Objects.requireNonNullElse(report.boundary(), meter ? Boundary.NODE : Boundary.CHIP);
    }

    /**
     * An uncertainty that nobody states is that of the kind of counter (docs/method.md), the same as for our own sensors;
     * for anything else it counts as ±100 %.
     */
    private static int uncertaintyPpm(IntervalReport report) {
        Double ratio = report.uncertaintyRatio();
        if (ratio == null) {
            double ofCounter =
                    report.quality() == Quality.MEASURED ? OF_COUNTER.getOrDefault(report.source(), 1.0) : 1.0;
            return (int) Math.round(ofCounter * Plausibility.WHOLE_PPM);
        }
        return (int) Math.round(ratio * Plausibility.WHOLE_PPM);
    }

    private Map<String, SeenDevice> devices(String nodeId) {
        return devicesOfNode.computeIfAbsent(nodeId, id -> {
            Map<String, SeenDevice> devices = new HashMap<>();
            jdbc.query(
                    "SELECT id, device_key, kind, name, idle_watts, cap_watts, first_seen_ms, last_seen_ms, declared_off_ms"
                            + " FROM device WHERE node_id = ?",
                    row -> {
                        SeenDevice device = SeenDevice.of(id, row);
                        devices.put(device.key, device);
                    },
                    id);
            return devices;
        });
    }

    private SeenDevice insertDevice(String nodeId, IntervalReport report) {
        if (lastDeviceId < 0) {
            lastDeviceId = max("SELECT COALESCE(MAX(id), 0) FROM device");
        }
        SeenDevice device = SeenDevice.of(++lastDeviceId, nodeId, report);
        jdbc.update(
                "INSERT INTO device (id, node_id, device_key, kind, name, idle_watts, cap_watts, first_seen_ms, last_seen_ms)"
                        + " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                device.id,
                nodeId,
                device.key,
                device.kind.name(),
                device.name,
                device.idleWatts,
                device.capWatts,
                device.firstSeenMs,
                device.lastSeenMs);
        return device;
    }

    private @Nullable Series find(SeenDevice device, SeriesKey key) {
        List<Series> found = jdbc.query(
                "SELECT id, max_length_ms FROM series WHERE device_id = ? AND boot_id = ? AND source = ? AND quality = ?"
                        + " AND boundary = ? AND origin = ? AND uncertainty_ppm = ?"
                        + " AND idle_watts IS NOT DISTINCT FROM CAST(? AS DOUBLE PRECISION)",
                (row, number) -> new Series(row.getLong(1), device, Long.MIN_VALUE, row.getLong(2)),
                device.id,
                key.bootId(),
                key.source(),
                key.quality().name(),
                key.boundary().name(),
                key.origin(),
                key.uncertaintyPpm(),
                key.idleWatts());
        if (found.isEmpty()) {
            return null;
        }
        Series series = found.get(0);
        // In this order: what is sealed in between is then in both, and not in neither.
        Long highest = jdbc.queryForObject(
                "SELECT MAX(start_ms) FROM energy_interval WHERE series_id = ?", Long.class, series.id);
        Long sealed = jdbc.queryForObject("SELECT sealed_start_ms FROM series WHERE id = ?", Long.class, series.id);
        series.highestStartMs =
                Math.max(highest == null ? Long.MIN_VALUE : highest, sealed == null ? Long.MIN_VALUE : sealed);
        return series;
    }

    private Series insert(SeenDevice device, SeriesKey key, boolean synthetic) {
        if (lastSeriesId < 0) {
            lastSeriesId = max("SELECT COALESCE(MAX(id), 0) FROM series");
        }
        Series series = new Series(++lastSeriesId, device, Long.MIN_VALUE, 0);
        jdbc.update(
                "INSERT INTO series (id, device_id, boot_id, source, quality, boundary, origin, uncertainty_ppm,"
                        + " idle_watts, max_length_ms, synthetic) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 0, ?)",
                series.id,
                device.id,
                key.bootId(),
                key.source(),
                key.quality().name(),
                key.boundary().name(),
                key.origin(),
                key.uncertaintyPpm(),
                key.idleWatts(),
                synthetic);
        return series;
    }

    private long max(String sql) {
        Long highest = jdbc.queryForObject(sql, Long.class);
        return highest == null ? 0 : highest;
    }
}
