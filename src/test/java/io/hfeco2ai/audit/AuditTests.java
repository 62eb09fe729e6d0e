package io.hfeco2ai.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hfeco2ai.audit.Audit.Check;
import io.hfeco2ai.audit.Audit.Filter;
import io.hfeco2ai.platform.BadInput;
import io.hfeco2ai.platform.Changed;
import io.hfeco2ai.platform.Settings;
import io.hfeco2ai.teams.Access;
import io.hfeco2ai.teams.Names;
import io.hfeco2ai.testing.TestDatabases.Database;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.annotation.EnableTransactionManagement;
import org.springframework.transaction.support.TransactionTemplate;

/** The trail on both databases, with whoever can write to the database as its enemy. */
class AuditTests {

    private static final String BOTH = "io.hfeco2ai.testing.TestDatabases#both";
    private static final Filter ALL = Filter.ALL;

    private final AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext();

    @Configuration
    @EnableTransactionManagement(proxyTargetClass = true)
    static class Transactions {}

    private Audit on(Database database) {
        context.registerBean(JdbcClient.class, () -> JdbcClient.create(database.dataSource()));
        context.registerBean(PlatformTransactionManager.class, () -> new JdbcTransactionManager(database.dataSource()));
        context.registerBean(Clock.class, () -> Clock.fixed(Instant.parse("2026-03-01T12:00:00Z"), ZoneOffset.UTC));
        context.register(Transactions.class, Settings.class, Access.class, AuditTrail.class, Audit.class, Names.class);
        context.refresh();
        return context.getBean(Audit.class);
    }

    @AfterEach
    void close() {
        SecurityContextHolder.clearContext();
        context.close();
    }

    private void change(String action, String team) {
        context.publishEvent(new Changed(action, "budget", "b1", team, Map.of("limit_after", "2", "a", "1")));
    }

    private JdbcClient jdbc() {
        return context.getBean(JdbcClient.class);
    }

    @ParameterizedTest
    @MethodSource(BOTH)
    void aChangeIsARowWithItsActorAndSortedDetails(Database database) {
        Audit audit = on(database);
        jdbc().sql("INSERT INTO app_user (id, username, role, created_at) VALUES ('u1', 'ann', 'USER', NOW())")
                .update();
        change("budget.made", "t1");
        SecurityContextHolder.getContext()
                .setAuthentication(UsernamePasswordAuthenticationToken.authenticated("ann", "", List.of()));
        change("budget.changed", "t1");
        List<Event> events = audit.events(0, ALL).events();
        assertThat(events).extracting(Event::no).containsExactly(2L, 1L);
        assertThat(events).extracting(Event::actorKind).containsExactly("USER", "SYSTEM");
        assertThat(events.get(0).actorId()).isEqualTo("u1");
        assertThat(events.get(0).details()).isEqualTo("{\"a\":\"1\",\"limit_after\":\"2\"}");
        assertThat(audit.verify()).isEqualTo(new Check(2, List.of(), List.of()));
    }

    @ParameterizedTest
    @MethodSource(BOTH)
    void onlyWhatSomebodySetIsARow(Database database) {
        Audit audit = on(database);
        Settings settings = context.getBean(Settings.class);
        settings.remember("ledger.swept", "5");
        settings.put("country", "DE");
        settings.put("country", "FR");
        List<Event> events = audit.events(0, ALL).events();
        assertThat(events).extracting(Event::subjectId).containsExactly("country", "country");
        assertThat(events)
                .extracting(Event::details)
                .containsExactly("{\"after\":\"FR\",\"before\":\"DE\"}", "{\"after\":\"DE\"}");
    }

    @ParameterizedTest
    @MethodSource(BOTH)
    void aChangeThatIsTakenBackLeavesNoRowAndNoHole(Database database) {
        Audit audit = on(database);
        change("first", "");
        new TransactionTemplate(context.getBean(PlatformTransactionManager.class)).executeWithoutResult(status -> {
            change("taken-back", "");
            status.setRollbackOnly();
        });
        change("second", "");
        assertThat(audit.events(0, ALL).events()).extracting(Event::action).containsExactly("second", "first");
        assertThat(audit.verify().whole()).isTrue();
    }

    @ParameterizedTest
    @MethodSource(BOTH)
    void manyAtOnceMakeOneChainWithoutHoles(Database database) {
        Audit audit = on(database);
        CompletableFuture.allOf(IntStream.range(0, 40)
                        .mapToObj(i -> CompletableFuture.runAsync(() -> change("many", "t" + i % 2)))
                        .toArray(CompletableFuture[]::new))
                .join();
        assertThat(audit.events(0, ALL).events().stream().map(Event::no).sorted())
                .containsExactlyElementsOf(LongStream.rangeClosed(1, 40).boxed().toList());
        assertThat(audit.events(0, Filter.of("t1", "many")).events()).hasSize(20);
        assertThat(audit.verify()).isEqualTo(new Check(40, List.of(), List.of()));
    }

    @ParameterizedTest
    @MethodSource(BOTH)
    void whoeverChangesOrRemovesRowsIsFound(Database database) {
        Audit audit = on(database);
        for (int i = 0; i < 8; i++) {
            change("made", "");
        }
        jdbc().sql("UPDATE audit_event SET actor_id = 'somebody' WHERE no = 2").update();
        jdbc().sql("DELETE FROM audit_event WHERE no IN (5, 8)").update();
        assertThat(audit.verify()).isEqualTo(new Check(6, List.of(2L), List.of(5L, 8L)));
        change("made", "");
        assertThat(audit.verify()).isEqualTo(new Check(7, List.of(2L), List.of(5L, 8L)));
    }

    @ParameterizedTest
    @MethodSource(BOTH)
    void aRowWrittenAnewWithAFittingHashIsFound(Database database) {
        Audit audit = on(database);
        for (int i = 0; i < 4; i++) {
            change("made", "");
        }
        for (long no : List.of(2L, 4L)) {
            Event row = audit.events(0, ALL).events().get((int) (4 - no));
            Event forged = new Event(no, row.atMs(), "SYSTEM", "", "forged", "x", "y", "", "{}", row.prevHash(), "");
            jdbc().sql("UPDATE audit_event SET action = 'forged', subject_kind = 'x', subject_id = 'y', details = '{}',"
                            + " hash = ? WHERE no = ?")
                    .params(forged.expectedHash(), no)
                    .update();
        }
        assertThat(audit.verify()).isEqualTo(new Check(4, List.of(2L, 4L), List.of()));
    }

    @ParameterizedTest
    @MethodSource(BOTH)
    void longDetailsAreCutToWhatFits(Database database) {
        Audit audit = on(database);
        context.publishEvent(
                new Changed("long", "x", "y", null, Map.of("a", "\u0001\"".repeat(3000), "b", "ö".repeat(5000))));
        assertThat(audit.events(0, ALL).events().get(0).details().length()).isBetween(500, 4000);
        assertThat(audit.verify().whole()).isTrue();
    }

    @ParameterizedTest
    @MethodSource(BOTH)
    void rowsAreChosenByPersonAndDaysAndTakenAwayWithTheirHashes(Database database) throws IOException {
        Audit audit = on(database);
        jdbc().sql("INSERT INTO app_user (id, username, role, created_at) VALUES ('u1', 'Ann', 'USER', NOW())")
                .update();
        change("by the server", "t1");
        context.publishEvent(new Changed("user.disabled", "user", "u1", null, Map.of("why", "a \"quote\"")));
        SecurityContextHolder.getContext()
                .setAuthentication(UsernamePasswordAuthenticationToken.authenticated("Ann", "", List.of()));
        context.publishEvent(new Changed("named", "setting", "=1+1", null, Map.of()));
        TrailChoice choice = new TrailChoice(context.getBean(Names.class));
        Filter hers = choice.of(Map.of("person", " ann ", "from", "2026-03-01", "to", "2026-03-01"));
        assertThat(audit.events(0, hers).events()).extracting(Event::no).containsExactly(3L, 2L);
        assertThat(audit.events(0, choice.of(Map.of("from", "2026-03-02"))).events())
                .isEmpty();
        ByteArrayOutputStream file = new ByteArrayOutputStream();
        TrailFile.write(audit, hers, file);
        Event row = audit.events(0, hers).events().get(1);
        assertThat(file.toString(StandardCharsets.UTF_8).split("\r\n"))
                .hasSize(3)
                .contains("2,2026-03-01T12:00:00Z," + row.atMs() + ",SYSTEM,,user.disabled,user,u1,,"
                        + "\"{\"\"why\"\":\"\"a \\\"\"quote\\\"\"\"\"}\"," + row.prevHash() + "," + row.hash())
                .anyMatch(line -> line.contains(",'=1+1,"));
        assertThatThrownBy(() -> choice.of(Map.of("person", "nobody"))).isInstanceOf(BadInput.class);
        assertThatThrownBy(() -> choice.of(Map.of("from", "1.2.2026"))).isInstanceOf(BadInput.class);
        assertThatThrownBy(() -> choice.of(Map.of("from", "2026-03-02", "to", "2026-03-01")))
                .isInstanceOf(BadInput.class);
        assertThat(TrailChoice.query(Map.of("person", "a&b", "page", "3"))).isEqualTo("?person=a%26b&");
    }
}
