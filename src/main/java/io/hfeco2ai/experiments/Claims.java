package io.hfeco2ai.experiments;

import io.hfeco2ai.experiments.ClaimCuts.Stored;
import io.hfeco2ai.experiments.Experiments.Claim;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
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

    private static final String FOR_CUTS = "SELECT m.id, m.run_id, m.boot_id, m.devices, m.pid, m.tracked,"
            + " r.synthetic, m.start_ms, m.end_ms, r.joined_id, COALESCE(r.parent_id, j.parent_id)"
            + " FROM member m JOIN run r ON r.id = m.run_id LEFT JOIN run j ON j.id = r.joined_id ";

    private final JdbcClient jdbc;

    Claims(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** What is left of the claims after those that give way to others. */
    List<Claim> overlapping(String nodeId, long fromMs, long toMs) {
        List<Stored> stored = new ArrayList<>(
                jdbc.sql(FOR_CUTS + "WHERE m.node_id = :node AND m.end_ms IS NULL AND m.start_ms < :to UNION ALL "
                                + FOR_CUTS + "WHERE m.node_id = :node AND m.end_ms > :from AND m.start_ms < :to"
                                + " ORDER BY 8, 1")
                        .param("node", nodeId)
                        .param("from", fromMs)
                        .param("to", toMs)
                        .query((row, number) -> new Stored(claim(row, number), row.getString(10), parents(row)))
                        .list());
        if (stored.stream()
                .noneMatch(each -> each.joinedId() != null || !each.ancestors().isEmpty())) {
            return stored.stream().map(Stored::claim).toList();
        }
        stored.replaceAll(each -> new Stored(each.claim(), each.joinedId(), ancestors(each.ancestors())));
        return ClaimCuts.cut(stored).stream()
                .filter(left -> left.startMs() < toMs && (left.endMs() == null || left.endMs() > fromMs))
                .toList();
    }

    private static Set<String> parents(ResultSet row) throws SQLException {
        String parentId = row.getString(11);
        return parentId == null ? Set.of() : Set.of(parentId);
    }

    /** Up to the top, each parent replaced by the run that it is joined into. */
    private Set<String> ancestors(Set<String> parents) {
        Set<String> above = new LinkedHashSet<>();
        Deque<String> next = new ArrayDeque<>(parents);
        while (!next.isEmpty()) {
            String id = next.removeFirst();
            if (above.add(id)) {
                jdbc.sql("SELECT parent_id FROM run WHERE id = :id AND parent_id IS NOT NULL"
                                + " UNION SELECT joined_id FROM run WHERE id = :id AND joined_id IS NOT NULL")
                        .param("id", id)
                        .query(String.class)
                        .list()
                        .forEach(next::addLast);
            }
        }
        return above;
    }

    List<Claim> open() {
        return jdbc.sql(SELECT + "WHERE m.end_ms IS NULL ORDER BY m.start_ms, m.id")
                .query(Claims::claim)
                .list();
    }

    List<Claim> ofRun(String runId) {
        return jdbc.sql(SELECT + "WHERE m.run_id = ? OR r.joined_id = ? ORDER BY m.start_ms, m.id")
                .params(runId, runId)
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
