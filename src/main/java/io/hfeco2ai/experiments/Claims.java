package io.hfeco2ai.experiments;

import io.hfeco2ai.experiments.Experiments.Claim;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Reads members as metering sees them. Asked for each hour that is recomputed, so it is plain SQL on two indexes. */
@Repository
class Claims {

    private static final String SELECT = "SELECT m.id, m.run_id, m.boot_id, m.devices, m.pid, m.tracked, r.synthetic,"
            + " m.start_ms, m.end_ms FROM member m JOIN run r ON r.id = m.run_id ";

    private final JdbcClient jdbc;

    Claims(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    List<Claim> overlapping(String nodeId, long fromMs, long toMs) {
        return jdbc.sql(SELECT + "WHERE m.node_id = :node AND m.end_ms IS NULL AND m.start_ms < :to UNION ALL " + SELECT
                        + "WHERE m.node_id = :node AND m.end_ms > :from AND m.start_ms < :to ORDER BY 8, 1")
                .param("node", nodeId)
                .param("from", fromMs)
                .param("to", toMs)
                .query(Claims::claim)
                .list();
    }

    List<Claim> open() {
        return jdbc.sql(SELECT + "WHERE m.end_ms IS NULL ORDER BY m.start_ms, m.id")
                .query(Claims::claim)
                .list();
    }

    List<Claim> ofRun(String runId) {
        return jdbc.sql(SELECT + "WHERE m.run_id = ? ORDER BY m.start_ms, m.id")
                .param(runId)
                .query(Claims::claim)
                .list();
    }

    Optional<Claim> tracked(String memberId) {
        int changed = jdbc.sql("UPDATE member SET tracked = TRUE WHERE id = ? AND tracked = FALSE")
                .param(memberId)
                .update();
        return changed == 0
                ? Optional.empty()
                : jdbc.sql(SELECT + "WHERE m.id = ?")
                        .param(memberId)
                        .query(Claims::claim)
                        .optional();
    }

    Set<String> owned(String teamId, Set<String> memberIds) {
        return memberIds.isEmpty()
                ? Set.of()
                : jdbc.sql("SELECT m.id FROM member m JOIN run r ON r.id = m.run_id WHERE r.team_id = :team"
                                + " AND m.id IN (:members)")
                        .param("team", teamId)
                        .param("members", memberIds)
                        .query(String.class)
                        .set();
    }

    private static Claim claim(ResultSet row, int number) throws SQLException {
        return new Claim(
                row.getString(1),
                row.getString(2),
                row.getString(3),
                devices(row.getString(4)),
                row.getObject(5, Long.class),
                row.getBoolean(6),
                row.getBoolean(7),
                row.getLong(8),
                row.getObject(9, Long.class));
    }

    /** Device keys are kept one per line; none means the whole node. */
    static Set<String> devices(String lines) {
        return lines.isEmpty() ? Set.of() : new LinkedHashSet<>(Arrays.asList(lines.split("\n")));
    }
}
