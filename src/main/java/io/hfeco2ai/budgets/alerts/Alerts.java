package io.hfeco2ai.budgets.alerts;

import io.hfeco2ai.budgets.delivery.Outbox;
import io.hfeco2ai.budgets.delivery.Severity;
import io.hfeco2ai.platform.Ids;
import java.time.Clock;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/**
 * Raises an alert once as long as its condition lasts: the key of what lasts is unique in the database, so that repeated
 * events, restarts and a second instance find it there. What is to be told is put into the outbox in the same transaction.
 */
@Service
class Alerts {

    private final JdbcClient jdbc;
    private final Outbox outbox;
    private final Clock clock;

    Alerts(JdbcClient jdbc, Outbox outbox, Clock clock) {
        this.jdbc = jdbc;
        this.outbox = outbox;
        this.clock = clock;
    }

    /** The keys in that scope whose condition lasts. */
    Set<String> lasting(String scope) {
        return new HashSet<>(jdbc.sql("SELECT open_key FROM alert WHERE scope = ? AND open_key IS NOT NULL")
                .param(scope)
                .query(String.class)
                .list());
    }

    Set<String> lastingScopes() {
        return jdbc.sql("SELECT DISTINCT scope FROM alert WHERE open_key IS NOT NULL")
                .query(String.class)
                .set();
    }

    /** Raises and tells it, unless it is raised already; its id, or null. */
    @Transactional
    public @Nullable String raise(NewAlert alert) {
        String id = add(alert, null);
        if (id != null) {
            outbox.raised(id, alert.teamId(), alert.severity(), alert.leadsOnly());
        }
        return id;
    }

    /** Raises it without telling it: another alert, raised just now, names it. */
    @Transactional
    public void cover(NewAlert alert, @Nullable String byId) {
        add(alert, byId);
    }

    private @Nullable String add(NewAlert alert, @Nullable String coveredBy) {
        String id = Ids.next();
        int added = jdbc.sql(
                        "INSERT INTO alert (id, open_key, scope, kind, severity, team_id, leads_only, title, amount,"
                                + " detail, path, covered_by, since_ms, raised_ms, snoozes) VALUES (:id, :key, :scope, :kind,"
                                + " :severity, :team, :leads, :title, :amount, :detail, :path, :covered, :since, :now, 0)"
                                + " ON CONFLICT DO NOTHING")
                .param("id", id)
                .param("key", alert.key())
                .param("scope", alert.scope())
                .param("kind", alert.kind().name())
                .param("severity", alert.severity().name())
                .param("team", alert.teamId())
                .param("leads", alert.leadsOnly())
                .param("title", alert.title())
                .param("amount", alert.amount())
                .param("detail", alert.detail())
                .param("path", alert.path())
                .param("covered", coveredBy)
                .param("since", alert.since().toEpochMilli())
                .param("now", clock.millis())
                .update();
        return added == 1 ? id : null;
    }

    /** The condition is over: its alert is resolved, and may be raised again. */
    @Transactional
    public void over(String key) {
        record Open(
                String id,
                Severity severity,
                @Nullable Long resolvedMs,
                @Nullable String coveredBy) {}
        List<Open> open = jdbc.sql("SELECT id, severity, resolved_ms, covered_by FROM alert WHERE open_key = ?")
                .param(key)
                .query((row, number) -> new Open(
                        row.getString(1),
                        Severity.valueOf(row.getString(2)),
                        row.getObject(3, Long.class),
                        row.getString(4)))
                .list();
        for (Open alert : open) {
            int ended = jdbc.sql("UPDATE alert SET open_key = NULL, resolved_ms = COALESCE(resolved_ms, ?)"
                            + " WHERE id = ? AND open_key IS NOT NULL")
                    .params(clock.millis(), alert.id())
                    .update();
            if (ended == 1 && alert.resolvedMs() == null && alert.coveredBy() == null) {
                outbox.resolved(alert.id(), alert.severity());
            }
        }
    }

    /** What a check found is raised, what it no longer finds in that scope is over. */
    @Transactional
    public void found(String scope, List<NewAlert> found) {
        Set<String> lasting = lasting(scope);
        for (NewAlert alert : found) {
            if (!lasting.remove(alert.key())) {
                raise(alert);
            }
        }
        lasting.forEach(this::over);
    }
}
