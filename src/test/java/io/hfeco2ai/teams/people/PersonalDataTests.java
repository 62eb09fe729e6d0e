package io.hfeco2ai.teams.people;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hfeco2ai.platform.Conflict;
import io.hfeco2ai.platform.Settings;
import io.hfeco2ai.teams.people.PersonalData.Preview;
import io.hfeco2ai.testing.TestDatabases.Database;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.annotation.EnableTransactionManagement;

/** Erasing and exporting a person on both databases. */
class PersonalDataTests {

    private static final String BOTH = "io.hfeco2ai.testing.TestDatabases#both";
    private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");
    private static final String ANN = "01ANNANNANNANNANNANNANN1";
    private static final List<String> NAMES = List.of("ann.lee", "Ann Lee", "ann@example.org", "alee7");

    private final AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext();

    @Configuration
    @EnableTransactionManagement(proxyTargetClass = true)
    static class Transactions {}

    private PersonalData on(Database database) {
        context.registerBean(JdbcClient.class, () -> JdbcClient.create(database.dataSource()));
        context.registerBean(PlatformTransactionManager.class, () -> new JdbcTransactionManager(database.dataSource()));
        context.registerBean(Clock.class, () -> Clock.fixed(NOW, ZoneOffset.UTC));
        context.register(Transactions.class, Settings.class, People.class, Texts.class);
        context.register(PersonalData.class, PersonalExport.class);
        context.refresh();
        run(
                "INSERT INTO app_user (id, username, display_name, email, password_hash, role, created_at, issuer, subject)"
                        + " VALUES ('" + ANN + "', 'ann.lee', 'Ann Lee', 'ann@example.org', 'x', 'USER', NOW(),"
                        + " 'https://id.example.org', 'ann-lee-7')",
                "INSERT INTO app_user (id, username, password_hash, role, created_at) VALUES ('u2', 'root', 'x', 'ADMIN', NOW())",
                "INSERT INTO team (id, name, created_at) VALUES ('t1', 'Ann Lee and friends', NOW())",
                "INSERT INTO membership (team_id, user_id, role, since) VALUES ('t1', '" + ANN + "', 'LEAD', NOW())",
                "INSERT INTO invitation (id, user_id, secret_hash, created_at, expires_at) VALUES ('i1', '" + ANN
                        + "', 'h', NOW(), NOW())",
                "INSERT INTO api_token (id, team_id, name, token_hash, created_at, created_by) VALUES ('k1', 't1',"
                        + " 'ANN.LEE''s laptop', 'th', NOW(), '" + ANN + "')",
                "INSERT INTO project (id, team_id, name, created_at) VALUES ('p1', 't1', 'ann.lee', NOW())",
                "INSERT INTO experiment (id, project_id, name, created_at) VALUES ('e1', 'p1', 'channel of alee7', NOW())",
                "INSERT INTO run (id, team_id, experiment_id, external_id, name, status, synthetic, started_at, created_at)"
                        + " VALUES ('r1', 't1', 'e1', 'alee7/1', 'bert', 'FINISHED', FALSE, NOW(), NOW())",
                "INSERT INTO run_tag (run_id, name, content) VALUES ('r1', 'mlflow.user', 'alee7'),"
                        + " ('r1', 'planned', 'annlee plans an annual channel')",
                "INSERT INTO run_param (run_id, name, content) VALUES ('r1', 'out', '/home/alee7/out')",
                "INSERT INTO mlflow_run (run_id, user_id, lifecycle) VALUES ('r1', 'alee7', 'active')",
                "INSERT INTO audit_event (no, at_ms, actor_kind, actor_id, action, subject_kind, subject_id, team_id,"
                        + " details, prev_hash, hash) VALUES (1, 1, 'USER', '" + ANN
                        + "', 'x', 'user', 'u2', '', '{}', '0', '1')");
        return context.getBean(PersonalData.class);
    }

    @AfterEach
    void close() {
        context.close();
    }

    private void run(String... statements) {
        JdbcClient jdbc = context.getBean(JdbcClient.class);
        for (String statement : statements) {
            jdbc.sql(statement).update();
        }
    }

    /** All rows of all tables, as texts. */
    private Map<String, String> dump() {
        JdbcClient jdbc = context.getBean(JdbcClient.class);
        Map<String, String> dump = new TreeMap<>();
        jdbc.sql("SELECT table_name FROM information_schema.tables WHERE table_schema = CURRENT_SCHEMA"
                        + " AND table_type = 'BASE TABLE'")
                .query(String.class)
                .list()
                .forEach(table -> dump.put(
                        table,
                        jdbc.sql("SELECT * FROM \"" + table + "\"")
                                .query()
                                .listOfRows()
                                .toString()));
        return dump;
    }

    @ParameterizedTest
    @MethodSource(BOTH)
    void afterAnErasureNoTableHoldsAnyName(Database database) {
        PersonalData data = on(database);
        Map<String, String> before = dump();
        Preview preview = data.preview(ANN, NAMES);
        assertThat(preview.obstacles()).isEmpty();
        assertThat(preview.texts())
                .containsOnlyKeys(
                        "api_token.name",
                        "experiment.name",
                        "mlflow_run.user_id",
                        "project.name",
                        "run.external_id",
                        "run_param.content",
                        "run_tag.content",
                        "team.name");
        assertThat(data.erase(ANN, NAMES)).isEqualTo("ann.lee");
        Map<String, String> after = dump();
        for (String name : NAMES) {
            assertThat(after.toString().toLowerCase(Locale.ROOT)).doesNotContain(name.toLowerCase(Locale.ROOT));
        }
        assertThat(after.toString()).doesNotContain("ann-lee-7").contains("annlee plans an annual channel");
        for (String kept : List.of("audit_event", "entry", "interval", "share")) {
            assertThat(after.get(kept)).as(kept).isEqualTo(before.get(kept));
        }
        assertThat(after.get("membership")).doesNotContain(ANN);
        assertThat(after.get("api_token")).contains(ANN);
        assertThat(data.preview(ANN, NAMES).texts()).isEmpty();
        assertThat(data.isErased(context.getBean(People.class).person(ANN))).isTrue();
    }

    @ParameterizedTest
    @MethodSource(BOTH)
    void whatStillNeedsTheNameIsToldFirst(Database database) {
        PersonalData data = on(database);
        run(
                "INSERT INTO node (id, name, boot_id, synthetic, first_seen_ms, last_seen_ms) VALUES ('n1', 'alee7-box', 'b',"
                        + " FALSE, 0, " + NOW.minusSeconds(60).toEpochMilli() + ")",
                "INSERT INTO alert_channel (id, name, kind, shown, least_severity, critical_passes, escalations_only,"
                        + " created_ms) VALUES ('c1', 'mail', 'EMAIL', 'ann@example.org', 'INFO', TRUE, FALSE, 0)");
        Map<String, String> before = dump();
        assertThatThrownBy(() -> data.erase(ANN, NAMES))
                .isInstanceOf(Conflict.class)
                .hasMessageContaining("alee7-box")
                .hasMessageContaining("\"mail\"");
        assertThat(dump()).as("nothing is half done").isEqualTo(before);
        assertThatThrownBy(() -> data.erase("u2", List.of()))
                .isInstanceOf(Conflict.class)
                .hasMessageContaining("last admin");
    }

    @ParameterizedTest
    @MethodSource(BOTH)
    void twoNamesThatWouldBecomeOneAreRefusedAndNothingChanges(Database database) {
        PersonalData data = on(database);
        run("INSERT INTO project (id, team_id, name, created_at) VALUES ('p2', 't1', 'Ann.Lee', NOW())");
        Map<String, String> before = dump();
        assertThatThrownBy(() -> data.erase(ANN, NAMES))
                .isInstanceOf(Conflict.class)
                .hasMessageContaining("rename one first");
        assertThat(dump()).isEqualTo(before);
    }

    @ParameterizedTest
    @MethodSource(BOTH)
    void anExportHoldsAllRowsOfThePersonAndNoSecret(Database database) {
        on(database);
        String export = new String(context.getBean(PersonalExport.class).of(ANN), StandardCharsets.UTF_8);
        assertThat(export)
                .contains("ann@example.org", "membership.user_id", "api_token.created_by", "audit_event.actor_id")
                .doesNotContain("password_hash", "token_hash", "secret_hash", "\"root\"");
    }
}
