package io.hfeco2ai.reports;

import io.hfeco2ai.platform.Ids;
import io.hfeco2ai.platform.NotFound;
import io.hfeco2ai.platform.rows.Records;
import io.hfeco2ai.reports.Reports.Listed;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import tools.jackson.core.StreamWriteFeature;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.json.JsonMapper;

/** The rows of report. The content is written once. */
@Component
class ReportStore {

    /** As a report is stored and handed out: snake_case, amounts in plain digits. */
    static final JsonMapper JSON = JsonMapper.builder()
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .enable(StreamWriteFeature.WRITE_BIGDECIMAL_AS_PLAIN)
            .build();

    private static final TypeReference<TreeMap<String, String>> OPTIONS = new TypeReference<>() {};
    private static final String LISTED = "SELECT id, standard, team_id, project_id, from_ms, to_ms, state, done_ppm,"
            + " outcome, asked_by, asked_ms, sha256 FROM report";

    private final JdbcClient jdbc;
    private final Clock clock;

    ReportStore(JdbcClient jdbc, Clock clock) {
        this.jdbc = jdbc;
        this.clock = clock;
    }

    String insert(ReportRequest request, String askedBy) {
        String id = Ids.next();
        jdbc.sql("INSERT INTO report (id, standard, team_id, project_id, from_ms, to_ms, options, state, done_ppm,"
                        + " asked_by, asked_ms, touched_ms) VALUES (?, ?, ?, ?, ?, ?, ?, 'WAITING', 0, ?, ?, ?)")
                .param(id)
                .param(request.standard().name())
                .param(request.teamId())
                .param(request.projectId())
                .param(request.fromMs())
                .param(request.toMs())
                .param(JSON.writeValueAsString(new TreeMap<>(request.options())))
                .param(askedBy)
                .param(clock.millis())
                .param(clock.millis())
                .update();
        return id;
    }

    /** The same question, asked and not made yet. */
    Optional<String> waiting(ReportRequest request) {
        return jdbc.sql("SELECT id FROM report WHERE state IN ('WAITING', 'MAKING') AND standard = ?"
                        + " AND COALESCE(team_id, '') = ? AND COALESCE(project_id, '') = ? AND from_ms = ? AND to_ms = ?"
                        + " AND options = ?")
                .params(
                        request.standard().name(),
                        orEmpty(request.teamId()),
                        orEmpty(request.projectId()),
                        request.fromMs(),
                        request.toMs(),
                        JSON.writeValueAsString(new TreeMap<>(request.options())))
                .query(String.class)
                .optional();
    }

    private static String orEmpty(@Nullable String id) {
        return id == null ? "" : id;
    }

    /**
     * The next to be made, marked as being made.
     *
     * @param deadMs what is being made and was not worked on since is begun again
     */
    Optional<String> take(long deadMs) {
        Optional<String> next = jdbc.sql("SELECT id FROM report WHERE state = 'WAITING'"
                        + " OR (state = 'MAKING' AND touched_ms < ?) ORDER BY asked_ms LIMIT 1")
                .param(deadMs)
                .query(String.class)
                .optional();
        return next.filter(
                id -> jdbc.sql("UPDATE report SET state = 'MAKING', done_ppm = 0, touched_ms = ? WHERE id = ?"
                                        + " AND (state = 'WAITING' OR (state = 'MAKING' AND touched_ms < ?))")
                                .params(clock.millis(), id, deadMs)
                                .update()
                        == 1);
    }

    /** False: somebody cancelled it. */
    boolean touch(String id, int donePpm) {
        return jdbc.sql("UPDATE report SET done_ppm = ?, touched_ms = ? WHERE id = ? AND state = 'MAKING'")
                        .params(donePpm, clock.millis(), id)
                        .update()
                == 1;
    }

    void again(String id) {
        jdbc.sql("UPDATE report SET state = 'WAITING', done_ppm = 0 WHERE id = ? AND state = 'MAKING'")
                .param(id)
                .update();
    }

    boolean ready(String id, String content, String sha256) {
        return jdbc.sql("UPDATE report SET state = 'READY', done_ppm = 1000000, content = ?, sha256 = ?, touched_ms = ?"
                                + " WHERE id = ? AND state = 'MAKING'")
                        .params(content, sha256, clock.millis(), id)
                        .update()
                == 1;
    }

    void failed(String id, String outcome) {
        jdbc.sql("UPDATE report SET state = 'FAILED', outcome = ? WHERE id = ? AND state = 'MAKING'")
                .params(outcome, id)
                .update();
    }

    boolean cancel(String id) {
        return jdbc.sql("UPDATE report SET state = 'CANCELLED' WHERE id = ? AND state IN ('WAITING', 'MAKING')")
                        .param(id)
                        .update()
                == 1;
    }

    ReportRequest request(String id) {
        return jdbc.sql(
                        "SELECT standard, team_id, project_id, from_ms, to_ms, options, asked_ms FROM report WHERE id = ?")
                .param(id)
                .query((row, number) -> new ReportRequest(
                        Standard.valueOf(row.getString(1)),
                        row.getString(2),
                        row.getString(3),
                        row.getLong(4),
                        row.getLong(5),
                        options(row.getString(6)),
                        row.getLong(7)))
                .optional()
                .orElseThrow(() -> new NotFound("report " + id));
    }

    private static Map<String, String> options(String json) {
        return JSON.readValue(json, OPTIONS);
    }

    Optional<Listed> listed(String id) {
        return jdbc.sql(LISTED + " WHERE id = ?")
                .param(id)
                .query(Records.of(Listed.class))
                .optional();
    }

    /** The newest first. @param teams null: of all; else those of these teams and none of the organisation */
    List<Listed> list(@Nullable Set<String> teams, int most, long skip) {
        if (teams != null && teams.isEmpty()) {
            return List.of();
        }
        JdbcClient.StatementSpec sql = jdbc.sql(LISTED + (teams == null ? "" : " WHERE team_id IN (:teams)")
                + " ORDER BY asked_ms DESC, id DESC LIMIT :most OFFSET :skip");
        return (teams == null ? sql : sql.param("teams", teams))
                .param("most", most)
                .param("skip", skip)
                .query(Records.of(Listed.class))
                .list();
    }

    long count(Set<String> teams) {
        return jdbc.sql("SELECT COUNT(*) FROM report WHERE team_id IN (:teams)")
                .param("teams", teams)
                .query(Long.class)
                .single();
    }

    Optional<String> content(String id) {
        return jdbc.sql("SELECT content FROM report WHERE id = ? AND state = 'READY'")
                .param(id)
                .query(String.class)
                .optional();
    }
}
