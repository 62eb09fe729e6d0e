package io.hfeco2ai.budgets.alerts;

import io.hfeco2ai.budgets.delivery.Outbox;
import io.hfeco2ai.budgets.delivery.Severity;
import io.hfeco2ai.platform.BadInput;
import io.hfeco2ai.platform.Changed;
import io.hfeco2ai.platform.Forbidden;
import io.hfeco2ai.platform.NotFound;
import io.hfeco2ai.teams.TeamRole;
import io.hfeco2ai.teams.Viewer;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/** The alerts that a person may see, and what they do about them. */
@Service
class Inbox {

    static final int PAGE_SIZE = 50;
    private static final String SELECT = "SELECT a.id, a.open_key, a.kind, a.severity, a.team_id, t.name AS team,"
            + " a.leads_only, a.title, a.amount, a.detail, a.path, a.covered_by, a.since_ms, a.raised_ms,"
            + " a.acknowledged_ms, COALESCE(k.display_name, k.username) AS acknowledger, a.snoozed_until_ms,"
            + " a.resolved_ms, COALESCE(r.display_name, r.username) AS resolver FROM alert a"
            + " LEFT JOIN team t ON t.id = a.team_id LEFT JOIN app_user k ON k.id = a.acknowledged_by"
            + " LEFT JOIN app_user r ON r.id = a.resolved_by WHERE ";
    private static final String SEEN = "(:all = TRUE OR a.team_id IN (:teams))"
            + " AND (a.leads_only = FALSE OR :admin = TRUE OR a.team_id IN (:led))";
    private static final String NEW = " AND a.resolved_ms IS NULL AND a.acknowledged_ms IS NULL"
            + " AND (a.snoozed_until_ms IS NULL OR a.snoozed_until_ms <= :now)";

    /**
     * An alert as it is shown.
     *
     * @param lasts its condition is not over, even if a person resolved it
     * @param team its name; null: the organisation
     * @param coveredBy the alert with which it was told; null: it was told itself
     */
    record Row(
            String id,
            boolean lasts,
            AlertKind kind,
            Severity severity,
            @Nullable String teamId,
            @Nullable String team,
            boolean leadsOnly,
            String title,
            String amount,
            String detail,
            String path,
            @Nullable String coveredBy,
            Instant since,
            Instant raised,
            @Nullable Instant acknowledged,
            @Nullable String acknowledgedBy,
            @Nullable Instant snoozedUntil,
            @Nullable Instant resolved,
            @Nullable String resolvedBy) {}

    static final List<Integer> SNOOZE_HOURS = List.of(1, 4, 24, 168);

    private final JdbcClient jdbc;
    private final Outbox outbox;
    private final ApplicationEventPublisher events;
    private final Clock clock;

    Inbox(JdbcClient jdbc, Outbox outbox, ApplicationEventPublisher events, Clock clock) {
        this.jdbc = jdbc;
        this.outbox = outbox;
        this.events = events;
        this.clock = clock;
    }

    /** Open ones first, then the newest; one more than a page has, if there are more. */
    List<Row> list(Viewer viewer, boolean openOnly, int page) {
        return seen(
                        viewer,
                        SELECT + SEEN + (openOnly ? " AND a.resolved_ms IS NULL" : "")
                                + " ORDER BY CASE WHEN a.resolved_ms IS NULL THEN 0 ELSE 1 END,"
                                + " a.raised_ms DESC, a.id DESC LIMIT :limit OFFSET :offset")
                .param("limit", PAGE_SIZE + 1)
                .param("offset", (long) page * PAGE_SIZE)
                .query(Inbox::row)
                .list();
    }

    /** Open, and neither acknowledged nor asleep. */
    long waiting(Viewer viewer) {
        return seen(viewer, "SELECT COUNT(*) FROM alert a WHERE " + SEEN + NEW)
                .param("now", clock.millis())
                .query(Long.class)
                .single();
    }

    private JdbcClient.StatementSpec seen(Viewer viewer, String sql) {
        List<String> led = viewer.roles().entrySet().stream()
                .filter(entry -> entry.getValue() == TeamRole.LEAD)
                .map(Map.Entry::getKey)
                .toList();
        return jdbc.sql(sql)
                .param("all", viewer.seesAll())
                .param("admin", viewer.admin())
                .param("teams", orNone(List.copyOf(viewer.roles().keySet())))
                .param("led", orNone(led));
    }

    private static List<String> orNone(List<String> ids) {
        return ids.isEmpty() ? List.of("") : ids;
    }

    /** @throws NotFound there is none, or it is not for these eyes */
    Row get(Viewer viewer, String id) {
        return seen(viewer, SELECT + SEEN + " AND a.id = :id")
                .param("id", id)
                .query(Inbox::row)
                .optional()
                .orElseThrow(() -> new NotFound("alert " + id));
    }

    boolean mayAct(Viewer viewer, Row alert) {
        return alert.teamId() == null
                ? viewer.admin()
                : viewer.has(alert.leadsOnly() ? TeamRole.LEAD : TeamRole.MEMBER, alert.teamId());
    }

    private Row require(Viewer viewer, String id) {
        Row alert = get(viewer, id);
        if (!mayAct(viewer, alert)) {
            throw new Forbidden("Your role does not allow this for alert " + id + "; ask "
                    + (alert.teamId() == null ? "an admin." : "a member or lead of the team, or an admin."));
        }
        return alert;
    }

    /** Somebody cares: nobody else is called for it. */
    @Transactional
    public void acknowledge(Viewer viewer, String id) {
        Row alert = require(viewer, id);
        int changed = jdbc.sql("UPDATE alert SET acknowledged_ms = :now, acknowledged_by = :by"
                        + " WHERE id = :id AND acknowledged_ms IS NULL AND resolved_ms IS NULL")
                .param("now", clock.millis())
                .param("by", viewer.userId())
                .param("id", id)
                .update();
        if (changed == 1) {
            publish("alert.acknowledged", alert, Map.of());
        }
    }

    /**
     * Not now: it is told again after that time, if it still lasts.
     *
     * @param hours one of {@link #SNOOZE_HOURS}
     */
    @Transactional
    public void snooze(Viewer viewer, String id, int hours) {
        Row alert = require(viewer, id);
        if (!SNOOZE_HOURS.contains(hours)) {
            throw new BadInput("hours", "Snooze for 1, 4, 24 or 168 hours.");
        }
        Instant until = clock.instant().plus(Duration.ofHours(hours));
        int changed = jdbc.sql("UPDATE alert SET snoozed_until_ms = ?, snoozes = snoozes + 1"
                        + " WHERE id = ? AND resolved_ms IS NULL")
                .params(until.toEpochMilli(), id)
                .update();
        if (changed == 1) {
            publish("alert.snoozed", alert, Map.of("until", until.toString()));
        }
    }

    /** Done; it is raised again when its condition has ended and begins anew. */
    @Transactional
    public void resolve(Viewer viewer, String id) {
        Row alert = require(viewer, id);
        int changed = jdbc.sql("UPDATE alert SET resolved_ms = :now, resolved_by = :by"
                        + " WHERE id = :id AND resolved_ms IS NULL")
                .param("now", clock.millis())
                .param("by", viewer.userId())
                .param("id", id)
                .update();
        if (changed == 1) {
            if (alert.coveredBy() == null) {
                outbox.resolved(id, alert.severity());
            }
            publish("alert.resolved", alert, Map.of());
        }
    }

    /** Alerts whose snooze is over are told again. */
    @Transactional
    public void wake() {
        long nowMs = clock.millis();
        record Awake(String id, Severity severity, int snoozes) {}
        List<Awake> awake = jdbc.sql("SELECT id, severity, snoozes FROM alert"
                        + " WHERE snoozed_until_ms <= ? AND resolved_ms IS NULL")
                .param(nowMs)
                .query((row, number) -> new Awake(row.getString(1), Severity.valueOf(row.getString(2)), row.getInt(3)))
                .list();
        for (Awake alert : awake) {
            int changed = jdbc.sql("UPDATE alert SET snoozed_until_ms = NULL WHERE id = ? AND snoozed_until_ms <= ?")
                    .params(alert.id(), nowMs)
                    .update();
            if (changed == 1) {
                outbox.reminded(alert.id(), alert.severity(), alert.snoozes());
            }
        }
    }

    private void publish(String action, Row alert, Map<String, String> details) {
        events.publishEvent(new Changed(action, "alert", alert.id(), alert.teamId(), details));
    }

    private static Row row(ResultSet row, int number) throws SQLException {
        return new Row(
                row.getString("id"),
                row.getString("open_key") != null,
                AlertKind.valueOf(row.getString("kind")),
                Severity.valueOf(row.getString("severity")),
                row.getString("team_id"),
                row.getString("team"),
                row.getBoolean("leads_only"),
                row.getString("title"),
                row.getString("amount"),
                row.getString("detail"),
                row.getString("path"),
                row.getString("covered_by"),
                Instant.ofEpochMilli(row.getLong("since_ms")),
                Instant.ofEpochMilli(row.getLong("raised_ms")),
                time(row, "acknowledged_ms"),
                row.getString("acknowledger"),
                time(row, "snoozed_until_ms"),
                time(row, "resolved_ms"),
                row.getString("resolver"));
    }

    private static @Nullable Instant time(ResultSet row, String column) throws SQLException {
        Long ms = row.getObject(column, Long.class);
        return ms == null ? null : Instant.ofEpochMilli(ms);
    }
}
