package io.hfeco2ai.metering;

import io.hfeco2ai.experiments.Experiments;
import io.hfeco2ai.experiments.Experiments.Member;
import io.hfeco2ai.experiments.Experiments.RunDetail;
import io.hfeco2ai.metering.Metering.Overlap;
import io.hfeco2ai.platform.Conflict;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;

/**
 * Runs that may have been on one machine, because nothing said where they were: who overlaps whom, and how a person gives
 * one a node of its own. What a run reported is told by its series, whose boot id is the run's id.
 */
@Component
class Separation {

    private static final String GUESSED = "guessed-";
    private static final int LONGEST_NAME = 200;

    private static final String OVERLAPS = "SELECT d.node_id, n.name, x.boot_id, SUM(s.reported_uj), SUM(s.counted_uj)"
            + " FROM hour_source s JOIN series x ON x.id = s.series_id JOIN device d ON d.id = x.device_id"
            + " JOIN node n ON n.id = d.node_id WHERE n.reported = TRUE AND n.id LIKE 'guessed-%'"
            + " GROUP BY d.node_id, n.name, x.boot_id ORDER BY n.name, d.node_id, x.boot_id";
    private static final String SPAN = "SELECT MIN(i.start_ms), MAX(i.end_ms) FROM"
            + " (SELECT series_id, start_ms, end_ms FROM energy_interval"
            + " UNION ALL SELECT series_id, first_start_ms, last_end_ms FROM interval_seal) i"
            + " JOIN series s ON s.id = i.series_id JOIN device d ON d.id = s.device_id"
            + " WHERE d.node_id = ? AND s.boot_id = ? HAVING COUNT(*) > 0";

    private record Span(long fromMs, long toMs) {}

    private record MovedDevice(long id, String key, String kind, String name) {}

    private final JdbcTemplate jdbc;
    private final Experiments experiments;
    private final Ingest ingest;
    private final DirtyHours dirtyHours;
    private final ApplicationEventPublisher events;

    Separation(
            JdbcTemplate jdbc,
            Experiments experiments,
            Ingest ingest,
            DirtyHours dirtyHours,
            ApplicationEventPublisher events) {
        this.jdbc = jdbc;
        this.experiments = experiments;
        this.ingest = ingest;
        this.dirtyHours = dirtyHours;
        this.events = events;
    }

    /** Those of guessed nodes on which something that was reported does not count. */
    List<Overlap> overlaps() {
        List<Overlap> all = jdbc.query(
                OVERLAPS,
                (row, number) -> new Overlap(
                        row.getString(1),
                        row.getString(2),
                        row.getString(3),
                        row.getBigDecimal(4).longValueExact(),
                        row.getBigDecimal(5).longValueExact()));
        return all.stream()
                .filter(one -> all.stream()
                        .anyMatch(
                                other -> other.nodeId().equals(one.nodeId()) && other.countedUj() < other.reportedUj()))
                .toList();
    }

    /** @return the run's own node */
    String separate(String runId) {
        RunDetail run = experiments.detail(runId);
        String from = run.members().stream()
                .map(Member::nodeId)
                .filter(node -> node.startsWith(GUESSED))
                .findFirst()
                .orElseThrow(() -> new Conflict(
                        "Run " + runId + " is on no node that was only guessed; nothing needs to be separated."));
        String to = "apart-" + runId;
        ingest.exclusively(() -> move(runId, run.run().name(), from, to));
        events.publishEvent(new RunMoved(runId, to));
        return to;
    }

    private void move(String runId, String runName, String from, String to) {
        Optional<Span> span =
                jdbc.query(SPAN, Separation::span, from, runId).stream().findFirst();
        experiments.moved(runId, from, to);
        span.ifPresent(moved -> {
            makeNode(from, to, runName, moved);
            jdbc.query(
                            "SELECT DISTINCT d.id, d.device_key, d.kind, d.name FROM device d"
                                    + " JOIN series s ON s.device_id = d.id WHERE d.node_id = ? AND s.boot_id = ?",
                            (row, number) -> new MovedDevice(
                                    row.getLong(1), row.getString(2), row.getString(3), row.getString(4)),
                            from,
                            runId)
                    .forEach(device -> moveDevice(device, runId, to, moved));
            List.of(from, to).stream().sorted().forEach(node -> dirtyHours.mark(node, moved.fromMs(), moved.toMs()));
        });
    }

    private static Span span(ResultSet row, int number) throws SQLException {
        return new Span(row.getLong(1), row.getLong(2));
    }

    private void makeNode(String from, String to, String runName, Span span) {
        String name = jdbc.queryForObject("SELECT name FROM node WHERE id = ?", String.class, from) + ", " + runName;
        jdbc.update(
                "INSERT INTO node (id, name, boot_id, synthetic, reported, first_seen_ms, last_seen_ms)"
                        + " VALUES (?, ?, ?, FALSE, TRUE, ?, ?) ON CONFLICT DO NOTHING",
                to,
                name.substring(0, Math.min(LONGEST_NAME, name.length())),
                to,
                span.fromMs(),
                span.toMs());
    }

    private void moveDevice(MovedDevice device, String runId, String to, Span span) {
        Long id = jdbc.queryForObject("SELECT MAX(id) + 1 FROM device", Long.class);
        jdbc.update(
                "INSERT INTO device (id, node_id, device_key, kind, name, first_seen_ms, last_seen_ms)"
                        + " VALUES (?, ?, ?, ?, ?, ?, ?)",
                id,
                to,
                device.key(),
                device.kind(),
                device.name(),
                span.fromMs(),
                span.toMs());
        jdbc.update("UPDATE series SET device_id = ? WHERE device_id = ? AND boot_id = ?", id, device.id(), runId);
    }
}
