package io.hfeco2ai.experiments;

import io.hfeco2ai.experiments.Experiments.Attempt;
import io.hfeco2ai.experiments.Experiments.ExperimentSummary;
import io.hfeco2ai.experiments.Experiments.Member;
import io.hfeco2ai.experiments.Experiments.Page;
import io.hfeco2ai.experiments.Experiments.Project;
import io.hfeco2ai.experiments.Experiments.Run;
import io.hfeco2ai.experiments.Experiments.RunSearch;
import io.hfeco2ai.platform.BadInput;
import io.hfeco2ai.platform.Inputs;
import io.hfeco2ai.platform.rows.Records;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Reads runs and experiments as the door hands them out. */
@Repository
class RunQueries {

    private static final int LARGEST_PAGE = 200;
    private static final int EXPERIMENTS_PER_PAGE = 50;
    private static final String FROM = " FROM run r JOIN experiment e ON e.id = r.experiment_id"
            + " JOIN project p ON p.id = e.project_id JOIN team t ON t.id = r.team_id";
    private static final String RUN =
            "SELECT r.id, r.team_id, t.name AS team_name, e.project_id, p.name AS project_name,"
                    + " r.experiment_id, e.name AS experiment_name, r.parent_id, r.external_id, r.name, r.status,"
                    + " r.started_at, r.ended_at, r.synthetic, r.client" + FROM;

    private final JdbcClient jdbc;

    RunQueries(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    Optional<Run> find(String runId) {
        return jdbc.sql(RUN + " WHERE r.id = ?")
                .param(runId)
                .query(RunQueries::run)
                .optional();
    }

    Page<Run> search(RunSearch search) {
        if (search.size() < 1 || search.size() > LARGEST_PAGE) {
            throw new BadInput("size", "Field size is " + search.size() + "; ask for 1 to " + LARGEST_PAGE + ".");
        }
        if (search.page() < 0) {
            throw new BadInput("page", "Field page is " + search.page() + "; pages count from 0.");
        }
        Inputs.plain("text", search.text());
        Inputs.plain("status", search.status());
        Map<String, Object> params = new LinkedHashMap<>();
        String where = where(search, params);
        long total = jdbc.sql("SELECT COUNT(*)" + FROM + where)
                .params(params)
                .query(Long.class)
                .single();
        params.put("size", search.size());
        params.put("skip", (long) search.page() * search.size());
        List<Run> found = jdbc.sql(RUN + where + " ORDER BY r.started_at DESC, r.id LIMIT :size OFFSET :skip")
                .params(params)
                .query(RunQueries::run)
                .list();
        return new Page<>(found, search.page(), search.size(), total);
    }

    /** The newest first; one that was joined into another is that one's. */
    List<Run> finished(String experimentId, Map<String, String> tags, int most) {
        Map<String, Object> params = new LinkedHashMap<>(Map.of("experiment", experimentId, "most", most));
        StringBuilder where = new StringBuilder(
                " WHERE r.joined_id IS NULL AND r.parent_id IS NULL AND NOT r.synthetic AND r.status = 'FINISHED'"
                        + " AND r.experiment_id = :experiment");
        int number = 0;
        for (Map.Entry<String, String> tag : tags.entrySet()) {
            where.append(" AND EXISTS (SELECT 1 FROM run_tag g WHERE g.run_id = r.id AND g.name = :name")
                    .append(number)
                    .append(" AND g.content = :content")
                    .append(number)
                    .append(')');
            params.put("name" + number, tag.getKey());
            params.put("content" + number++, tag.getValue());
        }
        return jdbc.sql(RUN + where + " ORDER BY r.started_at DESC, r.id LIMIT :most")
                .params(params)
                .query(RunQueries::run)
                .list();
    }

    private static String where(RunSearch search, Map<String, Object> params) {
        StringBuilder where = new StringBuilder(" WHERE r.joined_id IS NULL");
        among(where, params, "r.team_id", search.teamIds());
        equal(where, params, "e.project_id", "project", search.projectId());
        equal(where, params, "r.experiment_id", "experiment", search.experimentId());
        String status = search.status();
        equal(where, params, "r.status", "status", status == null ? null : status.toUpperCase(Locale.ROOT));
        contains(where, params, search.text(), "r.name", "r.id", "r.external_id", "e.name", "e.id", "p.name", "p.id");
        return where.toString();
    }

    private static void equal(
            StringBuilder where, Map<String, Object> params, String column, String param, @Nullable String wanted) {
        if (wanted != null && !wanted.isBlank()) {
            where.append(" AND ").append(column).append(" = :").append(param);
            params.put(param, wanted);
        }
    }

    private static void among(
            StringBuilder where, Map<String, Object> params, String column, @Nullable Set<String> teamIds) {
        if (teamIds != null && teamIds.isEmpty()) {
            where.append(" AND 1 = 0");
        } else if (teamIds != null) {
            where.append(" AND ").append(column).append(" IN (:teams)");
            params.put("teams", teamIds);
        }
    }

    private static void contains(
            StringBuilder where, Map<String, Object> params, @Nullable String text, String... columns) {
        if (text == null || text.isBlank()) {
            return;
        }
        String escaped = text.strip().replace("!", "!!").replace("%", "!%").replace("_", "!_");
        params.put("text", "%" + escaped.toLowerCase(Locale.ROOT) + "%");
        where.append(" AND (LOWER(")
                .append(String.join(") LIKE :text ESCAPE '!' OR LOWER(", columns))
                .append(") LIKE :text ESCAPE '!')");
    }

    Page<ExperimentSummary> experiments(@Nullable Set<String> teamIds, @Nullable String text, int page) {
        Inputs.plain("text", text);
        Map<String, Object> params = new LinkedHashMap<>();
        StringBuilder where = new StringBuilder(" WHERE 1 = 1");
        among(where, params, "p.team_id", teamIds);
        contains(where, params, text, "e.name", "e.id", "p.name", "p.id");
        long total = jdbc.sql("SELECT COUNT(*) FROM experiment e JOIN project p ON p.id = e.project_id" + where)
                .params(params)
                .query(Long.class)
                .single();
        params.put("size", EXPERIMENTS_PER_PAGE);
        params.put("skip", (long) Math.max(0, page) * EXPERIMENTS_PER_PAGE);
        List<ExperimentSummary> found = jdbc.sql("SELECT e.id, e.name, p.id, p.name, t.id, t.name, COUNT(r.id),"
                        + " SUM(CASE WHEN r.status = 'RUNNING' THEN 1 ELSE 0 END), MAX(r.started_at) AS last_start"
                        + " FROM experiment e JOIN project p ON p.id = e.project_id JOIN team t ON t.id = p.team_id"
                        + " LEFT JOIN run r ON r.experiment_id = e.id" + where
                        + " GROUP BY e.id, e.name, p.id, p.name, t.id, t.name"
                        + " ORDER BY last_start DESC, e.id LIMIT :size OFFSET :skip")
                .params(params)
                .query((row, number) -> new ExperimentSummary(
                        row.getString(1),
                        row.getString(2),
                        row.getString(3),
                        row.getString(4),
                        row.getString(5),
                        row.getString(6),
                        row.getLong(7),
                        row.getLong(8),
                        time(row, 9)))
                .list();
        return new Page<>(found, Math.max(0, page), EXPERIMENTS_PER_PAGE, total);
    }

    List<Project> projects(String teamId) {
        return jdbc.sql("SELECT id, name FROM project WHERE team_id = ? ORDER BY name, id")
                .param(teamId)
                .query(Records.of(Project.class))
                .list();
    }

    Optional<String> projectId(String teamId, String nameOrId) {
        Inputs.plain("project", nameOrId);
        return jdbc.sql("SELECT id FROM project WHERE team_id = ? AND (name = ? OR id = ?) FETCH FIRST 1 ROW ONLY")
                .params(teamId, nameOrId, nameOrId)
                .query(String.class)
                .optional();
    }

    List<String> experimentIds(String teamId, @Nullable String projectId, String nameOrId) {
        Inputs.plain("experiment", nameOrId);
        Map<String, Object> params = new LinkedHashMap<>(Map.of("team", teamId, "wanted", nameOrId));
        StringBuilder where = new StringBuilder();
        equal(where, params, "e.project_id", "project", projectId);
        return jdbc.sql("SELECT e.id FROM experiment e JOIN project p ON p.id = e.project_id WHERE p.team_id = :team"
                        + " AND (e.name = :wanted OR e.id = :wanted)" + where)
                .params(params)
                .query(String.class)
                .list();
    }

    List<Attempt> attempts(String runId) {
        return jdbc.sql("SELECT number, status, started_at, ended_at FROM attempt WHERE run_id = ? ORDER BY number")
                .param(runId)
                .query((row, number) -> new Attempt(row.getInt(1), row.getString(2), known(row, 3), time(row, 4)))
                .list();
    }

    List<Member> members(String runId) {
        return jdbc.sql("SELECT m.id, a.number, m.node_id, m.boot_id, m.rank_no, m.pid, m.devices, m.tracked,"
                        + " m.start_ms, m.end_ms FROM member m JOIN attempt a ON a.id = m.attempt_id"
                        + " WHERE m.run_id = ? ORDER BY a.number, m.rank_no, m.id")
                .param(runId)
                .query((row, number) -> member(row))
                .list();
    }

    private static Member member(ResultSet row) throws SQLException {
        Long endMs = row.getObject(10, Long.class);
        return new Member(
                row.getString(1),
                row.getInt(2),
                row.getString(3),
                row.getString(4),
                row.getInt(5),
                row.getObject(6, Long.class),
                Claims.devices(row.getString(7)),
                row.getBoolean(8),
                Instant.ofEpochMilli(row.getLong(9)),
                endMs == null ? null : Instant.ofEpochMilli(endMs));
    }

    private static Run run(ResultSet row, int number) throws SQLException {
        return new Run(
                row.getString(1),
                row.getString(2),
                row.getString(3),
                row.getString(4),
                row.getString(5),
                row.getString(6),
                row.getString(7),
                row.getString(8),
                row.getString(9),
                row.getString(10),
                row.getString(11),
                known(row, 12),
                time(row, 13),
                row.getBoolean(14),
                row.getString(15));
    }

    private static Instant known(ResultSet row, int column) throws SQLException {
        return row.getObject(column, OffsetDateTime.class).toInstant();
    }

    private static @Nullable Instant time(ResultSet row, int column) throws SQLException {
        OffsetDateTime time = row.getObject(column, OffsetDateTime.class);
        return time == null ? null : time.toInstant();
    }
}
