package io.hfeco2ai.experiments;

import io.hfeco2ai.experiments.Experiments.NewMember;
import io.hfeco2ai.platform.Ids;
import io.hfeco2ai.platform.rows.Records;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Writes the claims of runs on nodes and says so in the same transaction. The caller holds the run's lock. */
@Repository
class Members {

    private record Open(String id, String nodeId, long startMs) {

        long endMs(long atMs) {
            return Math.max(atMs, startMs);
        }
    }

    private final JdbcClient jdbc;
    private final ApplicationEventPublisher events;

    Members(JdbcClient jdbc, ApplicationEventPublisher events) {
        this.jdbc = jdbc;
        this.events = events;
    }

    /** The member's id; the same process told twice is one member. */
    String start(String runId, AttemptEntity attempt, NewMember member, Instant startedAt) {
        long startMs = startedAt.toEpochMilli();
        return known(runId, attempt, member, startMs).orElseGet(() -> insert(runId, attempt, member, startMs));
    }

    private String insert(String runId, AttemptEntity attempt, NewMember member, long startMs) {
        endLostBoots(runId, member, startMs);
        String id = Ids.next();
        jdbc.sql("INSERT INTO member (id, run_id, attempt_id, node_id, boot_id, rank_no, pid, devices, tracked,"
                        + " start_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?, FALSE, ?)")
                .param(id)
                .param(runId)
                .param(attempt.id())
                .param(member.nodeId())
                .param(member.bootId())
                .param(member.rank())
                .param(member.pid())
                .param(String.join("\n", member.devices()))
                .param(startMs)
                .update();
        events.publishEvent(new MemberStarted(id, runId, member.nodeId(), member.bootId(), member.pid(), startMs));
        return id;
    }

    private Optional<String> known(String runId, AttemptEntity attempt, NewMember member, long startMs) {
        String whose = "SELECT id FROM member WHERE run_id = :run AND node_id = :node AND boot_id = :boot"
                + " AND rank_no = :rank AND COALESCE(pid, 0) = :pid AND (:told OR devices = :devices)";
        Long pid = member.pid();
        boolean told = pid != null || member.rank() != 0; // Else only its devices tell it from another one.
        return jdbc.sql(whose + " AND (start_ms = :start OR (attempt_id = :attempt AND end_ms IS NULL))"
                        + " ORDER BY id FETCH FIRST 1 ROW ONLY")
                .param("run", runId)
                .param("node", member.nodeId())
                .param("boot", member.bootId())
                .param("rank", member.rank())
                .param("pid", pid == null ? 0L : pid)
                .param("told", told)
                .param("devices", String.join("\n", member.devices()))
                .param("start", startMs)
                .param("attempt", attempt.id())
                .query(String.class)
                .optional();
    }

    /** A node that was started anew no longer runs the processes of its earlier boot. */
    private void endLostBoots(String runId, NewMember member, long atMs) {
        List<Open> lost = jdbc.sql("SELECT id, node_id, start_ms FROM member WHERE run_id = ? AND node_id = ?"
                        + " AND boot_id <> ? AND end_ms IS NULL")
                .params(runId, member.nodeId(), member.bootId())
                .query(Records.of(Open.class))
                .list();
        lost.forEach(each -> end(runId, each, atMs));
    }

    void endAll(String runId, Instant at) {
        List<Open> open = jdbc.sql("SELECT id, node_id, start_ms FROM member WHERE run_id = ? AND end_ms IS NULL")
                .param(runId)
                .query(Records.of(Open.class))
                .list();
        open.forEach(each -> write(each, at.toEpochMilli()));
        // Marks of several nodes are always made in the order of their ids, so that nobody waits crosswise.
        open.stream()
                .sorted(Comparator.comparing(Open::nodeId)
                        .thenComparing(each -> each.endMs(at.toEpochMilli()))
                        .thenComparing(Open::id))
                .forEach(each -> tell(runId, each, at.toEpochMilli()));
    }

    Optional<String> runOf(String memberId) {
        return jdbc.sql("SELECT run_id FROM member WHERE id = ?")
                .param(memberId)
                .query(String.class)
                .optional();
    }

    /** @return false when it had ended already */
    boolean end(String runId, String memberId, Instant at) {
        Optional<Open> open = jdbc.sql("SELECT id, node_id, start_ms FROM member WHERE id = ? AND end_ms IS NULL")
                .param(memberId)
                .query(Records.of(Open.class))
                .optional();
        open.ifPresent(each -> end(runId, each, at.toEpochMilli()));
        return open.isPresent();
    }

    boolean anyOpen(String runId) {
        return jdbc.sql("SELECT COUNT(*) FROM member WHERE run_id = ? AND end_ms IS NULL")
                        .param(runId)
                        .query(Integer.class)
                        .single()
                > 0;
    }

    /** When the last member of the attempt ended; the attempt has one. */
    Instant lastEnd(String attemptId) {
        return Instant.ofEpochMilli(jdbc.sql("SELECT MAX(end_ms) FROM member WHERE attempt_id = ?")
                .param(attemptId)
                .query(Long.class)
                .single());
    }

    private void end(String runId, Open member, long atMs) {
        write(member, atMs);
        tell(runId, member, atMs);
    }

    private void write(Open member, long atMs) {
        jdbc.sql("UPDATE member SET end_ms = ? WHERE id = ?")
                .params(member.endMs(atMs), member.id())
                .update();
    }

    private void tell(String runId, Open member, long atMs) {
        events.publishEvent(new MemberEnded(member.id(), runId, member.nodeId(), member.startMs(), member.endMs(atMs)));
    }
}
