package io.hfeco2ai.metering;

import io.hfeco2ai.experiments.MemberEnded;
import io.hfeco2ai.experiments.MemberStarted;
import io.hfeco2ai.experiments.RunJoined;
import io.hfeco2ai.metering.Metering.DirtyHour;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.springframework.context.event.EventListener;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;

/** The durable queue of hours to compute again: one row per (node, hour), written with the facts that changed it. */
@Component
class DirtyHours implements MeterBinder {

    static final long HOUR_MS = 3_600_000;
    /** Waits until the batches of one moment are all in… */
    private static final long QUIET_MS = 2_000;
    /** …but not for ever when they never stop. */
    private static final long PATIENCE_MS = 60_000;

    private static final String COLUMNS = "SELECT node_id, hour_ms, version FROM dirty_hour ";

    private final JdbcTemplate jdbc;
    private final Clock clock;

    DirtyHours(JdbcTemplate jdbc, Clock clock) {
        this.jdbc = jdbc;
        this.clock = clock;
    }

    @Override
    public void bindTo(MeterRegistry metrics) {
        Gauge.builder("hfeco2ai.dirty.hours", this, DirtyHours::count)
                .description("Hours of nodes that wait for being computed again")
                .register(metrics);
    }

    private double count() {
        Long count = jdbc.queryForObject("SELECT COUNT(*) FROM dirty_hour", Long.class);
        return count == null ? 0 : count;
    }

    static long hourOf(long ms) {
        return Math.floorDiv(ms, HOUR_MS) * HOUR_MS;
    }

    void mark(String nodeId, long fromMs, long toMs) {
        SortedSet<Long> hours = new TreeSet<>();
        for (long hourMs = hourOf(fromMs); hourMs < toMs; hourMs += HOUR_MS) {
            hours.add(hourMs);
        }
        mark(nodeId, hours);
    }

    /** Ascending, so that two transactions never wait for each other crosswise. */
    void mark(String nodeId, SortedSet<Long> hoursMs) {
        // The first version is the time: an hour that was cleaned and marked anew never looks like the cleaned one.
        long nowMs = clock.millis();
        List<Long> unmarked = markAgain(nodeId, nowMs, List.copyOf(hoursMs));
        List<Long> lost = without(
                jdbc.batchUpdate(
                        "INSERT INTO dirty_hour (node_id, hour_ms, version, first_marked_ms, last_marked_ms)"
                                + " VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
                        unmarked.stream()
                                .map(hourMs -> new Object[] {nodeId, hourMs, nowMs, nowMs, nowMs})
                                .toList()),
                unmarked);
        markAgain(nodeId, nowMs, lost);
    }

    /** @return those that were not marked before */
    private List<Long> markAgain(String nodeId, long nowMs, List<Long> hoursMs) {
        return without(
                jdbc.batchUpdate(
                        "UPDATE dirty_hour SET version = version + 1, last_marked_ms = ? WHERE node_id = ? AND hour_ms = ?",
                        hoursMs.stream()
                                .map(hourMs -> new Object[] {nowMs, nodeId, hourMs})
                                .toList()),
                hoursMs);
    }

    /** The hours whose statement changed nothing, or may have: inserts sent as one do not tell how many rows each made. */
    private static List<Long> without(int[] changed, List<Long> hoursMs) {
        return IntStream.range(0, hoursMs.size())
                .filter(i -> changed[i] <= 0)
                .mapToObj(hoursMs::get)
                .toList();
    }

    /** From its start on the member claims a part of what is stored already. */
    @EventListener
    void on(MemberStarted member) {
        markKnown(member.nodeId(), member.startMs());
    }

    /** After its end the member no longer claims anything. */
    @EventListener
    void on(MemberEnded member) {
        markKnown(member.nodeId(), member.endMs());
    }

    @EventListener
    void on(RunJoined run) {
        run.claimed().forEach(each -> markKnown(each.nodeId(), each.startMs()));
    }

    /** Marks from then until now, but nothing from before the node was first seen: there are no facts to claim. */
    private void markKnown(String nodeId, long fromMs) {
        jdbc.queryForList("SELECT first_seen_ms FROM node WHERE id = ?", Long.class, nodeId)
                .forEach(firstSeenMs -> mark(nodeId, Math.max(firstSeenMs, fromMs), clock.millis() + 1));
    }

    void postpone(DirtyHour hour) {
        jdbc.update(
                "UPDATE dirty_hour SET first_marked_ms = ?, last_marked_ms = ? WHERE node_id = ? AND hour_ms = ?",
                clock.millis(),
                clock.millis(),
                hour.nodeId(),
                hour.hourMs());
    }

    /**
     * The present comes first: whoever brings in a year of old data must not keep the others from seeing the last hours. The
     * rest follows in the order in which it was marked.
     */
    List<DirtyHour> due(long nowMs, int limit) {
        List<DirtyHour> present = due(nowMs, "hour_ms >= " + (hourOf(nowMs) - HOUR_MS), limit);
        if (present.size() == limit) {
            return present;
        }
        List<DirtyHour> all = new ArrayList<>(present);
        all.addAll(due(nowMs, "hour_ms < " + (hourOf(nowMs) - HOUR_MS), limit - present.size()));
        return all;
    }

    private List<DirtyHour> due(long nowMs, String which, int limit) {
        return jdbc.query(
                COLUMNS + "WHERE " + which + " AND (last_marked_ms <= ? OR first_marked_ms <= ?)"
                        + " ORDER BY first_marked_ms, node_id, hour_ms LIMIT ?",
                DirtyHours::row,
                nowMs - QUIET_MS,
                nowMs - PATIENCE_MS,
                limit);
    }

    List<DirtyHour> of(String nodeId, long fromMs, long toMs) {
        return jdbc.query(
                COLUMNS + "WHERE node_id = ? AND hour_ms >= ? AND hour_ms < ? ORDER BY hour_ms",
                DirtyHours::row,
                nodeId,
                hourOf(fromMs),
                toMs);
    }

    /** An hour that was marked again stays, and its patience starts anew: it has just been computed. */
    void clean(DirtyHour hour) {
        int cleaned = jdbc.update(
                "DELETE FROM dirty_hour WHERE node_id = ? AND hour_ms = ? AND version = ?",
                hour.nodeId(),
                hour.hourMs(),
                hour.version());
        if (cleaned == 0) {
            jdbc.update(
                    "UPDATE dirty_hour SET first_marked_ms = last_marked_ms WHERE node_id = ? AND hour_ms = ?",
                    hour.nodeId(),
                    hour.hourMs());
        }
    }

    private static DirtyHour row(ResultSet row, int number) throws SQLException {
        return new DirtyHour(row.getString(1), row.getLong(2), row.getLong(3));
    }
}
