package io.hfeco2ai.ledger;

import io.hfeco2ai.experiments.ExperimentMoved;
import io.hfeco2ai.ledger.periods.PeriodLocks;
import io.hfeco2ai.platform.Ids;
import io.hfeco2ai.platform.Settings;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.event.EventListener;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * What each project spent in each hour: derived from the entries alone, and replaced whole wherever whoever books left a
 * mark. Marks are rows of their own, so one made while others are summed is not lost with them.
 */
@Component
class SpendRollup {

    private static final String LOCK = "ledger.spend";
    private static final int AT_ONCE = 2000;
    private static final List<String> PARTS =
            List.of("uj", "facility_uj", "facility_part_uj", "ug", "priced_uj", "observed_ms");
    private static final String SUMMED = "e.energy_uj; COALESCE(e.facility_uj, 0);"
            + " CASE WHEN e.facility_uj IS NULL THEN 0 ELSE e.energy_uj END; COALESCE(e.location_ug, 0); e.priced_uj;"
            + " e.observed_ms";
    private static final String OF_PROJECT =
            " FROM entry e JOIN run r ON r.id = e.run_id" + " JOIN experiment x ON x.id = r.experiment_id WHERE ";

    private record Mark(String id, String projectId, long hourMs) {}

    private final JdbcTemplate jdbc;
    private final Settings settings;
    private final TransactionTemplate transaction;
    private final ApplicationEventPublisher events;

    SpendRollup(
            JdbcTemplate jdbc,
            Settings settings,
            PlatformTransactionManager transactions,
            ApplicationEventPublisher events) {
        this.jdbc = jdbc;
        this.settings = settings;
        this.transaction = new TransactionTemplate(transactions);
        this.events = events;
    }

    /** Whose entries are in that hour of that node now; asked before and after they are replaced. */
    Set<String> projectsIn(String nodeId, long hourMs) {
        return new TreeSet<>(jdbc.queryForList(
                "SELECT DISTINCT x.project_id" + OF_PROJECT + "e.node_id = ? AND e.hour_ms = ?",
                String.class,
                nodeId,
                hourMs));
    }

    /** In the transaction that books: the mark is as durable as what it is about. */
    void mark(Set<String> projectIds, long hourMs) {
        insert(projectIds.stream()
                .map(project -> new Mark(Ids.next(), project, hourMs))
                .toList());
    }

    /** The same for hours of a node whose entries were adjusted without moving between projects. */
    void mark(String nodeId, Collection<Long> hours) {
        if (hours.isEmpty()) {
            return;
        }
        List<Mark> marks = new ArrayList<>();
        jdbc.query(
                "SELECT DISTINCT x.project_id, e.hour_ms" + OF_PROJECT
                        + "e.node_id = ? AND e.hour_ms >= ? AND e.hour_ms <= ?",
                row -> {
                    if (hours.contains(row.getLong(2))) {
                        marks.add(new Mark(Ids.next(), row.getString(1), row.getLong(2)));
                    }
                },
                nodeId,
                Collections.min(hours),
                Collections.max(hours));
        insert(marks);
    }

    @EventListener
    void on(ExperimentMoved moved) {
        // Whoever books waits: an hour that is booked now is marked for the new project, or is read here.
        settings.lock(PeriodLocks.BOOKING, "");
        List<Mark> marks = new ArrayList<>();
        jdbc.queryForList(
                        "SELECT DISTINCT e.hour_ms FROM entry e JOIN run r ON r.id = e.run_id WHERE r.experiment_id = ?",
                        Long.class,
                        moved.experimentId())
                .forEach(hourMs -> {
                    marks.add(new Mark(Ids.next(), moved.fromProjectId(), hourMs));
                    marks.add(new Mark(Ids.next(), moved.toProjectId(), hourMs));
                });
        insert(marks);
    }

    private void insert(List<Mark> marks) {
        if (!marks.isEmpty()) {
            jdbc.batchUpdate(
                    "INSERT INTO spend_dirty (id, project_id, hour_ms) VALUES (?, ?, ?)",
                    marks.stream()
                            .map(mark -> new Object[] {mark.id(), mark.projectId(), mark.hourMs()})
                            .toList());
            events.publishEvent(new SpendMarked());
        }
    }

    /** Sums what is marked, in bites. */
    void drain() {
        while (Boolean.TRUE.equals(transaction.execute(status -> bite()))) {
            // Until nothing is marked.
        }
    }

    /** Until the caller's transaction ends nothing that is marked is summed. */
    void hold() {
        settings.lock(LOCK, "");
    }

    private boolean bite() {
        hold();
        List<Mark> marks = jdbc.query(
                "SELECT id, project_id, hour_ms FROM spend_dirty ORDER BY id LIMIT " + AT_ONCE,
                (row, number) -> new Mark(row.getString(1), row.getString(2), row.getLong(3)));
        Map<Long, Set<String>> byHour = new TreeMap<>();
        Set<String> projects = new TreeSet<>();
        for (Mark mark : marks) {
            byHour.computeIfAbsent(mark.hourMs(), hour -> new TreeSet<>()).add(mark.projectId());
            projects.add(mark.projectId());
        }
        byHour.forEach(this::replace);
        jdbc.batchUpdate(
                "DELETE FROM spend_dirty WHERE id = ?",
                marks.stream().map(mark -> new Object[] {mark.id()}).toList());
        if (!projects.isEmpty()) {
            events.publishEvent(new SpendChanged(projects));
        }
        return marks.size() == AT_ONCE;
    }

    private void replace(long hourMs, Set<String> projects) {
        JdbcClient client = JdbcClient.create(jdbc);
        client.sql("DELETE FROM spend_hour WHERE hour_ms = :hour AND project_id IN (:projects)")
                .param("hour", hourMs)
                .param("projects", projects)
                .update();
        client.sql("INSERT INTO spend_hour (project_id, hour_ms, " + columns("posted") + ", " + columns("provisional")
                        + ") SELECT x.project_id, e.hour_ms, " + sums("<>") + ", " + sums("=") + OF_PROJECT
                        + "e.hour_ms = :hour AND x.project_id IN (:projects) AND NOT e.synthetic"
                        + " GROUP BY x.project_id, e.hour_ms")
                .param("hour", hourMs)
                .param("projects", projects)
                .update();
    }

    /** By project; those that spent nothing are left out. */
    Map<String, Spend> byProject(@Nullable String teamId, @Nullable String projectId, long fromMs, long toMs) {
        return grouped("s.project_id", teamId, projectId, fromMs, toMs);
    }

    /** By the start of the hour; hours without anything booked are left out. */
    TreeMap<Long, Spend> byHour(@Nullable String teamId, @Nullable String projectId, long fromMs, long toMs) {
        TreeMap<Long, Spend> hours = new TreeMap<>();
        grouped("s.hour_ms", teamId, projectId, fromMs, toMs)
                .forEach((hour, spend) -> hours.put(Long.parseLong(hour), spend));
        return hours;
    }

    private Map<String, Spend> grouped(
            String key, @Nullable String teamId, @Nullable String projectId, long fromMs, long toMs) {
        String one = projectId != null ? "p.id = ?" : teamId != null ? "p.team_id = ?" : "? = ''";
        String which = projectId != null ? projectId : teamId != null ? teamId : "";
        Map<String, Spend> sums = new TreeMap<>();
        jdbc.query(
                "SELECT " + key + ", SUM("
                        + (columns("posted") + ", " + columns("provisional")).replace(", ", "), SUM(")
                        + ") FROM project p JOIN spend_hour s ON s.project_id = p.id WHERE " + one
                        + " AND s.hour_ms >= ? AND s.hour_ms < ? GROUP BY " + key,
                row -> {
                    sums.put(row.getString(1), new Spend(part(row, 2), part(row, 2 + PARTS.size())));
                },
                which,
                fromMs,
                toMs);
        return sums;
    }

    private static Spend.Part part(ResultSet row, int first) throws SQLException {
        return new Spend.Part(
                row.getBigDecimal(first),
                row.getBigDecimal(first + 1),
                row.getBigDecimal(first + 2),
                row.getBigDecimal(first + 3),
                row.getBigDecimal(first + 4),
                row.getBigDecimal(first + 5));
    }

    private static String columns(String state) {
        return state + "_" + String.join(", " + state + "_", PARTS);
    }

    private static String sums(String comparison) {
        List<String> sums = new ArrayList<>();
        for (String amount : SUMMED.split("; ?")) {
            sums.add("SUM(CASE WHEN e.state " + comparison + " 'PROVISIONAL' THEN " + amount + " ELSE 0 END)");
        }
        return String.join(", ", sums);
    }
}
