package io.hfeco2ai.budgets.delivery;

import io.hfeco2ai.budgets.delivery.Outbox.Attempt;
import io.hfeco2ai.budgets.delivery.Outbox.Delivery;
import io.hfeco2ai.platform.Ids;
import io.hfeco2ai.platform.rows.Records;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.annotation.Transactional;

/** The rows of the outbox: what is to be told, who sends it just now, and how each attempt went. */
@Repository
class DeliveryStore {

    /** @param attempts that were made before */
    record Due(String id, @Nullable String alertId, String channelId, Event event, int attempts, long firstDueMs) {}

    private final JdbcClient jdbc;
    private final Clock clock;
    private final String publicUrl;

    DeliveryStore(JdbcClient jdbc, Clock clock, @Value("${hfeco2ai.public-url:}") String publicUrl) {
        this.jdbc = jdbc;
        this.clock = clock;
        this.publicUrl = publicUrl.replaceAll("/+$", "");
    }

    /** Once for each (alert, channel, event, round). */
    void add(String id, @Nullable String alertId, String channelId, Event event, int round, Instant due) {
        jdbc.sql("INSERT INTO alert_delivery (id, alert_id, channel_id, event, round_no, state, created_ms,"
                        + " first_due_ms, due_ms, attempts, lease_until_ms) VALUES (:id, :alert, :channel, :event,"
                        + " :round, 'WAITING', :now, :due, :due, 0, 0) ON CONFLICT DO NOTHING")
                .param("id", id)
                .param("alert", alertId)
                .param("channel", channelId)
                .param("event", event.name())
                .param("round", round)
                .param("now", clock.millis())
                .param("due", due.toEpochMilli())
                .update();
    }

    /** What is due and nobody sends just now, the oldest first. */
    List<Due> due(int limit) {
        return jdbc.sql("SELECT id, alert_id, channel_id, event, attempts, first_due_ms FROM alert_delivery"
                        + " WHERE state = 'WAITING' AND due_ms <= :now AND lease_until_ms <= :now"
                        + " ORDER BY due_ms, id LIMIT :limit")
                .param("now", clock.millis())
                .param("limit", limit)
                .query((row, number) -> new Due(
                        row.getString(1),
                        row.getString(2),
                        row.getString(3),
                        Event.valueOf(row.getString(4)),
                        row.getInt(5),
                        row.getLong(6)))
                .list();
    }

    /** Takes it for so long; false: another instance was faster. */
    boolean lease(Due due, long forMs) {
        long nowMs = clock.millis();
        return jdbc.sql("UPDATE alert_delivery SET lease_until_ms = ? WHERE id = ? AND state = 'WAITING'"
                                + " AND lease_until_ms <= ? AND attempts = ?")
                        .params(nowMs + forMs, due.id(), nowMs, due.attempts())
                        .update()
                == 1;
    }

    /**
     * Notes how an attempt went, unless somebody else has noted one meanwhile.
     *
     * @param nextDueMs when it is tried again; null: never, it was delivered or is given up
     */
    @Transactional
    public void attempted(Due due, Attempt attempt, @Nullable Long nextDueMs) {
        boolean waits = nextDueMs != null;
        int changed = jdbc.sql("UPDATE alert_delivery SET state = :state, attempts = :number, due_ms = :due,"
                        + " lease_until_ms = 0, ended_ms = :ended"
                        + " WHERE id = :id AND attempts = :before AND state = 'WAITING'")
                .param("state", attempt.succeeded() ? "DELIVERED" : waits ? "WAITING" : "FAILED")
                .param("number", attempt.number())
                .param("due", nextDueMs == null ? attempt.at().toEpochMilli() : nextDueMs)
                .param("ended", waits ? null : clock.millis(), Types.BIGINT)
                .param("id", due.id())
                .param("before", due.attempts())
                .update();
        if (changed == 1) {
            jdbc.sql("INSERT INTO alert_attempt (delivery_id, number, at_ms, took_ms, succeeded, outcome)"
                            + " VALUES (?, ?, ?, ?, ?, ?)")
                    .params(
                            due.id(),
                            attempt.number(),
                            attempt.at().toEpochMilli(),
                            attempt.tookMs(),
                            attempt.succeeded(),
                            attempt.outcome())
                    .update();
        }
    }

    /** What is to be said; its state as it is now, so that a late message does not tell of a past one. */
    Optional<Message> message(Due due) {
        return jdbc.sql("SELECT a.id, a.kind, a.severity, t.name, a.title, a.amount, a.detail, a.since_ms,"
                        + " a.resolved_ms, a.leads_only FROM alert a LEFT JOIN team t ON t.id = a.team_id"
                        + " WHERE a.id = ?")
                .param(due.alertId())
                .query((row, number) -> message(due, row))
                .optional();
    }

    private Message message(Due due, ResultSet row) throws SQLException {
        String team = row.getString(4);
        Long resolvedMs = row.getObject(9, Long.class);
        return new Message(
                due.id(),
                due.event(),
                row.getString(1),
                row.getString(2).toLowerCase(Locale.ROOT),
                Severity.valueOf(row.getString(3)),
                team,
                row.getString(5),
                row.getString(6),
                row.getString(7),
                Instant.ofEpochMilli(row.getLong(8)),
                resolvedMs == null ? null : Instant.ofEpochMilli(resolvedMs),
                publicUrl.isEmpty() ? null : publicUrl + "/alerts/" + row.getString(1),
                team == null
                        ? "an admin"
                        : (row.getBoolean(10) ? "a lead" : "a member or lead") + " of team " + team + ", or an admin");
    }

    /** Alerts that nobody acknowledged in time go to the next channel; how many. */
    @Transactional
    public int escalate(Channels channels) {
        long nowMs = clock.millis();
        record Late(String alertId, String channelId, Severity severity) {}
        List<Late> late = jdbc.sql("SELECT DISTINCT a.id, c.escalate_to, a.severity FROM alert_delivery d"
                        + " JOIN alert a ON a.id = d.alert_id JOIN alert_channel c ON c.id = d.channel_id"
                        + " WHERE d.event = 'FIRING' AND a.resolved_ms IS NULL AND a.acknowledged_ms IS NULL"
                        + " AND (a.snoozed_until_ms IS NULL OR a.snoozed_until_ms <= :now)"
                        + " AND c.escalate_to IS NOT NULL AND d.first_due_ms + c.escalate_minutes * 60000 <= :now"
                        + " AND NOT EXISTS (SELECT 1 FROM alert_delivery e WHERE e.alert_id = a.id"
                        + " AND e.channel_id = c.escalate_to AND e.event = 'ESCALATED')")
                .param("now", nowMs)
                .query((row, number) ->
                        new Late(row.getString(1), row.getString(2), Severity.valueOf(row.getString(3))))
                .list();
        for (Late each : late) {
            channels.find(each.channelId())
                    .ifPresent(channel -> add(
                            Ids.next(),
                            each.alertId(),
                            channel.id(),
                            Event.ESCALATED,
                            0,
                            channel.opens(each.severity(), Instant.ofEpochMilli(nowMs))));
        }
        return late.size();
    }

    List<Delivery> ofAlert(String alertId) {
        return deliveries("d.alert_id = ? ORDER BY d.created_ms, d.id", alertId);
    }

    /** The newest delivery of a channel, of whatever alert; empty: none yet. */
    Optional<Delivery> lastOf(String channelId) {
        return deliveries("d.channel_id = ? ORDER BY d.created_ms DESC, d.id DESC LIMIT 1", channelId).stream()
                .findFirst();
    }

    private List<Delivery> deliveries(String which, String id) {
        record Row(String id, String channel, String kind, String event, String state, long dueMs) {}
        List<Row> rows = jdbc.sql("SELECT d.id, c.name AS channel, c.kind, d.event, d.state, d.due_ms FROM"
                        + " alert_delivery d JOIN alert_channel c ON c.id = d.channel_id WHERE " + which)
                .param(id)
                .query(Records.of(Row.class))
                .list();
        Map<String, List<Attempt>> attempts =
                attempts(rows.stream().map(Row::id).toList());
        return rows.stream()
                .map(row -> new Delivery(
                        row.id(),
                        row.channel(),
                        row.kind(),
                        row.event(),
                        row.state(),
                        Instant.ofEpochMilli(row.dueMs()),
                        attempts.getOrDefault(row.id(), List.of())))
                .toList();
    }

    private Map<String, List<Attempt>> attempts(List<String> deliveryIds) {
        record Row(String deliveryId, Attempt attempt) {}
        return deliveryIds.isEmpty()
                ? Map.of()
                : jdbc
                        .sql("SELECT delivery_id, number, at_ms, took_ms, succeeded, outcome FROM alert_attempt"
                                + " WHERE delivery_id IN (:ids) ORDER BY number")
                        .param("ids", deliveryIds)
                        .query((row, number) -> new Row(
                                row.getString(1),
                                new Attempt(
                                        row.getInt(2),
                                        Instant.ofEpochMilli(row.getLong(3)),
                                        row.getLong(4),
                                        row.getBoolean(5),
                                        row.getString(6))))
                        .list()
                        .stream()
                        .collect(Collectors.groupingBy(
                                Row::deliveryId, Collectors.mapping(Row::attempt, Collectors.toList())));
    }
}
