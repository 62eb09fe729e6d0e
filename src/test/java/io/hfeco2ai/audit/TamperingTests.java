package io.hfeco2ai.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hfeco2ai.audit.Audit.Check;
import io.hfeco2ai.audit.Audit.Head;
import io.hfeco2ai.audit.Audit.Kept;
import io.hfeco2ai.platform.BadInput;
import io.hfeco2ai.platform.Changed;
import io.hfeco2ai.platform.Settings;
import io.hfeco2ai.teams.Access;
import io.hfeco2ai.testing.TestDatabases.Database;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.annotation.EnableTransactionManagement;
import org.springframework.transaction.support.TransactionTemplate;

/** Somebody who can write to the database and knows how hashes are made, against the chain and a checkpoint kept elsewhere. */
class TamperingTests {

    private static final int ROWS = 24;

    private enum Kind {
        EDIT,
        DELETE,
        SWAP,
        INSERT,
        CUT,
        REWRITE,
        RESTORE
    }

    private final AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext();

    @Configuration
    @EnableTransactionManagement(proxyTargetClass = true)
    static class Transactions {}

    private Audit on(Database database) {
        context.registerBean(JdbcClient.class, () -> JdbcClient.create(database.dataSource()));
        context.registerBean(PlatformTransactionManager.class, () -> new JdbcTransactionManager(database.dataSource()));
        context.registerBean(Clock.class, () -> Clock.fixed(Instant.parse("2026-03-01T12:00:00Z"), ZoneOffset.UTC));
        context.register(Transactions.class, Settings.class, Access.class, AuditTrail.class, Audit.class);
        context.refresh();
        for (int i = 1; i <= ROWS; i++) {
            change(i);
        }
        return context.getBean(Audit.class);
    }

    @AfterEach
    void close() {
        context.close();
    }

    private void change(int i) {
        context.publishEvent(new Changed("budget.made", "budget", "b" + i, "t", Map.of("limit", "" + i)));
    }

    private JdbcClient jdbc() {
        return context.getBean(JdbcClient.class);
    }

    @ParameterizedTest
    @MethodSource("io.hfeco2ai.testing.TestDatabases#both")
    void aCheckpointIsKeptWhileTheTrailGrowsAndNothingElseIsOne(Database database) {
        Audit audit = on(database);
        String noted = audit.checkpoint().stored();
        change(ROWS + 1);
        assertThat(audit.against(" " + noted + "\n").kept()).isEqualTo(Kept.SAME);
        assertThat(audit.against(Head.NONE.stored()).kept()).isEqualTo(Kept.SAME);
        assertThat(audit.against("0 " + "1".repeat(64)).kept()).isEqualTo(Kept.REWRITTEN);
        for (String bad : List.of("24", "24 abc", "-1 " + Event.NO_HASH, "9".repeat(19) + " " + Event.NO_HASH)) {
            assertThatThrownBy(() -> audit.against(bad)).isInstanceOf(BadInput.class);
        }
    }

    @Tag("long")
    @ParameterizedTest
    @MethodSource("io.hfeco2ai.testing.TestDatabases#both")
    void eachOfAThousandTouchesIsFoundAtItsPlace(Database database) {
        Audit audit = on(database);
        String noted = audit.checkpoint().stored();
        Random random = new Random(7);
        Map<Kind, Integer> done = new EnumMap<>(Kind.class);
        var transaction = new TransactionTemplate(context.getBean(PlatformTransactionManager.class));
        for (int i = 0; i < 1000; i++) {
            Kind kind = Kind.values()[i % Kind.values().length];
            transaction.executeWithoutResult(status -> {
                touchAndFind(audit, kind, noted, random);
                status.setRollbackOnly();
            });
            done.merge(kind, 1, Integer::sum);
            assertThat(audit.verify()).isEqualTo(new Check(ROWS, List.of(), List.of()));
            assertThat(audit.against(noted).kept()).isEqualTo(Kept.SAME);
        }
        assertThat(done.values()).allMatch(times -> times >= 142);
    }

    private void touchAndFind(Audit audit, Kind kind, String noted, Random random) {
        long no = 1 + random.nextInt(ROWS);
        switch (kind) {
            case EDIT -> {
                edit(no, random);
                // An edited prev_hash could also mean that the row before was written anew: both are named.
                assertThat(audit.verify().changed())
                        .as("edited %s", no)
                        .contains(no)
                        .isSubsetOf(no - 1, no);
            }
            case DELETE -> {
                jdbc().sql("DELETE FROM audit_event WHERE no = ?").param(no).update();
                assertThat(audit.verify().missing()).containsExactly(no);
            }
            case SWAP -> {
                long other = 1 + (no + random.nextInt(ROWS - 1)) % ROWS;
                renumber(no, -1);
                renumber(other, no);
                renumber(-1, other);
                assertThat(audit.verify().changed()).contains(no, other);
            }
            case INSERT -> {
                for (long later = ROWS; later >= no; later--) {
                    renumber(later, later + 1);
                }
                insert(row(no + 1), no);
                assertThat(audit.verify().changed()).as("inserted %s", no).contains(no);
            }
            case CUT -> {
                jdbc().sql("DELETE FROM audit_event WHERE no >= ?").param(no).update();
                assertThat(audit.verify().missing())
                        .containsExactlyElementsOf(
                                LongStream.rangeClosed(no, ROWS).boxed().toList());
            }
            case REWRITE -> {
                rewriteFrom(no);
                assertThat(audit.verify().whole())
                        .as("nobody sees it in the trail alone")
                        .isTrue();
                assertThat(audit.against(noted).kept()).isEqualTo(Kept.REWRITTEN);
            }
            case RESTORE -> {
                jdbc().sql("DELETE FROM audit_event WHERE no >= ?").param(no).update();
                head(no == 1 ? Head.NONE : new Head(no - 1, row(no - 1).hash()));
                assertThat(audit.verify().whole()).as("an old backup is whole").isTrue();
                assertThat(audit.against(noted).kept()).isEqualTo(Kept.GONE);
            }
        }
    }

    private void edit(long no, Random random) {
        List<String> texts = new ArrayList<>(
                List.of("actor_kind", "actor_id", "action", "subject_kind", "subject_id", "team_id", "details"));
        texts.addAll(List.of("prev_hash", "hash"));
        int column = random.nextInt(texts.size() + 1);
        String change = column == texts.size() ? "at_ms = at_ms + 1" : texts.get(column) + " = 'x'";
        jdbc().sql("UPDATE audit_event SET " + change + " WHERE no = ?")
                .param(no)
                .update();
    }

    private void rewriteFrom(long from) {
        String before = from == 1 ? Event.NO_HASH : row(from - 1).hash();
        for (long no = from; no <= ROWS; no++) {
            Event old = row(no);
            String subject = no == from ? "forged" : old.subjectId();
            Event made = new Event(
                            no,
                            old.atMs(),
                            old.actorKind(),
                            old.actorId(),
                            old.action(),
                            old.subjectKind(),
                            subject,
                            old.teamId(),
                            old.details(),
                            before,
                            "")
                    .signed();
            jdbc().sql("UPDATE audit_event SET subject_id = ?, prev_hash = ?, hash = ? WHERE no = ?")
                    .params(subject, before, made.hash(), no)
                    .update();
            before = made.hash();
        }
        head(new Head(ROWS, before));
    }

    private Event row(long no) {
        return jdbc().sql("SELECT * FROM audit_event WHERE no = ?")
                .param(no)
                .query(Event.class)
                .single();
    }

    private void insert(Event like, long no) {
        jdbc().sql(
                        "INSERT INTO audit_event (no, at_ms, actor_kind, actor_id, action, subject_kind, subject_id,"
                                + " team_id, details, prev_hash, hash) VALUES (?, ?, 'SYSTEM', '', 'forged', 'x', 'y', '', '{}', ?, ?)")
                .params(no, like.atMs(), like.prevHash(), like.hash())
                .update();
    }

    private void renumber(long from, long to) {
        jdbc().sql("UPDATE audit_event SET no = ? WHERE no = ?")
                .params(to, from)
                .update();
    }

    private void head(Head head) {
        context.getBean(Settings.class).remember(Audit.HEAD, head.stored());
    }
}
