package io.hfeco2ai.metering;

import io.hfeco2ai.metering.Metering.IntervalReport;
import io.hfeco2ai.metering.SeriesRegistry.Series;
import io.hfeco2ai.metering.SeriesRegistry.SeriesKey;
import io.hfeco2ai.units.DeviceKind;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A device's row as the writer remembers it, with what has changed since it was written. */
final class SeenDevice {

    final long id;
    final String nodeId;
    final String key;
    final DeviceKind kind;
    final Map<SeriesKey, Series> series = new HashMap<>();
    String name;

    @Nullable Double idleWatts;

    @Nullable Double capWatts;

    long firstSeenMs;
    /** From then on the hours were marked that expect it; an earlier first sight makes more hours expect it. */
    long expectedSinceMs;

    long lastSeenMs;
    /** Not expected from then on; null: it is. */
    @Nullable Long declaredOffMs;
    /** It reported again though it was declared off then, so it was expected all the while; null: nothing to mark. */
    private @Nullable Long backSinceMs;

    /** Must be written with this transaction. */
    private boolean changed;
    /** May be written later: only the last time it was seen. */
    private boolean seenAgain;

    private long writtenAtMs;

    private SeenDevice(long id, String nodeId, String key, DeviceKind kind, String name) {
        this.id = id;
        this.nodeId = nodeId;
        this.key = key;
        this.kind = kind;
        this.name = name;
    }

    static SeenDevice of(long id, String nodeId, IntervalReport report) {
        SeenDevice device = new SeenDevice(
                id,
                nodeId,
                report.device(),
                report.kind(),
                Objects.requireNonNullElse(report.deviceName(), report.device()));
        device.idleWatts = report.idleWatts();
        device.capWatts = report.capWatts();
        device.firstSeenMs = report.startMs();
        device.expectedSinceMs = Long.MAX_VALUE;
        device.lastSeenMs = report.endMs();
        return device;
    }

    static SeenDevice of(String nodeId, ResultSet row) throws SQLException {
        SeenDevice device = new SeenDevice(
                row.getLong("id"),
                nodeId,
                row.getString("device_key"),
                DeviceKind.valueOf(row.getString("kind")),
                row.getString("name"));
        device.idleWatts = row.getObject("idle_watts", Double.class);
        device.capWatts = row.getObject("cap_watts", Double.class);
        device.firstSeenMs = row.getLong("first_seen_ms");
        device.expectedSinceMs = device.firstSeenMs;
        device.lastSeenMs = row.getLong("last_seen_ms");
        device.declaredOffMs = row.getObject("declared_off_ms", Long.class);
        return device;
    }

    /** Takes over what a stored interval says about its device; the newest report describes it. */
    void saw(IntervalReport report) {
        if (report.startMs() < firstSeenMs) {
            firstSeenMs = report.startMs();
            changed = true;
        }
        if (declaredOffMs != null && report.endMs() > declaredOffMs) {
            backSinceMs = declaredOffMs;
            declaredOffMs = null;
            changed = true;
        }
        if (report.endMs() > lastSeenMs) {
            lastSeenMs = report.endMs();
            seenAgain = true;
            describe(report);
        }
    }

    /** When it was declared off although it reported later, told once; null: nothing new. */
    @Nullable Long takeBackSinceMs() {
        Long sinceMs = backSinceMs;
        backSinceMs = null;
        return sinceMs;
    }

    private void describe(IntervalReport report) {
        String newName = Objects.requireNonNullElse(report.deviceName(), name);
        Double newIdle = report.idleWatts() == null ? idleWatts : report.idleWatts();
        Double newCap = report.capWatts() == null ? capWatts : report.capWatts();
        changed |= !newName.equals(name) || !Objects.equals(newIdle, idleWatts) || !Objects.equals(newCap, capWatts);
        name = newName;
        idleWatts = newIdle;
        capWatts = newCap;
    }

    boolean due(long nowMs) {
        return changed || (seenAgain && nowMs - writtenAtMs >= NodeRegistry.SEEN_EVERY_MS);
    }

    void written(long nowMs) {
        changed = false;
        seenAgain = false;
        writtenAtMs = nowMs;
    }
}
