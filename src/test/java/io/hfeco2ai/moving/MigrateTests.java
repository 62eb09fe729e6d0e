package io.hfeco2ai.moving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hfeco2ai.testing.TestDatabases;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** From an H2 file to a PostgreSQL schema of its own. */
class MigrateTests {

    private static final int INTERVALS = 3500;

    @TempDir
    Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private String to = "";

    @BeforeEach
    void anEmptyTarget() {
        to = TestDatabases.emptyPostgres();
    }

    @Test
    void everyTableIsCopiedToTheLastColumn() throws Exception {
        fill(folder);
        assertThat(migrate()).as(err.toString()).isEqualTo(MigrateCommand.DONE);
        String fresh = TestDatabases.emptyPostgres();
        Flyway.configure().dataSource(fresh, "postgres", null).load().migrate();
        List<String> tables = query(fresh, TABLES);
        assertThat(tables).hasSizeGreaterThan(40);
        for (String table : tables) {
            if (!table.equals(Schema.HISTORY)) {
                assertThat(out.toString())
                        .containsPattern("(?m)^" + table + " +[0-9,]+ rows equal, SHA-256 [0-9a-f]{64}");
            }
        }
        assertThat(query(to, TABLES)).isEqualTo(tables);
        assertThat(query(to, CONSTRAINTS)).isEqualTo(query(fresh, CONSTRAINTS));
        assertThat(query(to, "SELECT nextval('mlflow_number')"))
                .as("numbers go on where they were")
                .first()
                .satisfies(number -> assertThat(Long.parseLong(number)).isGreaterThanOrEqualTo(4));
        assertThat(query(to, "SELECT count(*) FROM energy_interval")).containsExactly("" + INTERVALS);
        assertThat(query(to, "SELECT content FROM run_tag WHERE name = '\uD83D\uDE00'"))
                .containsExactly("grin");
        assertThat(query(to, "SELECT created_at AT TIME ZONE 'UTC' FROM team"))
                .containsExactly("2026-01-04 22:15:30.123456");
        assertThat(query(to, "SELECT encode(watts, 'hex') FROM hour_profile")).containsExactly("00ff7f");
    }

    @Test
    void aCopyThatWasCutOffGoesOnAfterItsLastBite() throws Exception {
        fill(folder);
        cutOff(2);
        assertThat(query(to, "SELECT count(*) FROM energy_interval")).containsExactly("2000");
        assertThat(migrate()).as(err.toString()).isEqualTo(MigrateCommand.DONE);
        assertThat(out.toString()).containsPattern("energy_interval +1,500 rows copied");
        assertThat(query(to, TABLES)).doesNotContain(Progress.TABLE);
    }

    @Test
    void noServerStartsOnAnUnfinishedCopy() throws Exception {
        fill(folder);
        cutOff(1);
        Flyway flyway = Flyway.configure().dataSource(to, "postgres", null).load();
        assertThatThrownBy(() -> new Unfinished().migrate(flyway))
                .isInstanceOf(Refused.class)
                .hasMessageContaining("not finished")
                .hasMessageContaining("migrate");
    }

    @Test
    void aSourceThatWasUsedMeanwhileIsNotMixedWithWhatWasCopied() throws Exception {
        fill(folder);
        cutOff(1);
        change(h2(folder), "sa", "INSERT INTO alert_check VALUES ('silent', 1)");
        assertThat(migrate()).isEqualTo(MigrateCommand.REFUSED);
        assertThat(err.toString()).contains("table alert_check has 1 rows, had 0", "Begin again");
    }

    @Test
    void anUnfinishedCopyOfAnotherInstallationIsRefused() throws Exception {
        fill(folder);
        cutOff(1);
        Path other = Files.createDirectory(folder.resolve("other"));
        fill(other);
        assertThat(migrate("--from", other.toString())).isEqualTo(MigrateCommand.REFUSED);
        assertThat(err.toString()).contains("unfinished copy of another installation");
    }

    @Test
    void aTargetThatHoldsSomethingElseIsRefusedUntouched() throws Exception {
        fill(folder);
        change(to, "postgres", "CREATE TABLE theirs (id INTEGER PRIMARY KEY)", "INSERT INTO theirs VALUES (7)");
        assertThat(migrate()).isEqualTo(MigrateCommand.REFUSED);
        assertThat(err.toString()).contains("holds something else: theirs", "CREATE DATABASE", "Nothing was changed");
        assertThat(query(to, TABLES)).containsExactly("theirs");
        assertThat(query(to, "SELECT id FROM theirs")).containsExactly("7");
    }

    @Test
    void aTargetThatAServerAlreadyUsesIsRefusedUntouched() throws Exception {
        fill(folder);
        Flyway.configure().dataSource(to, "postgres", null).load().migrate();
        change(to, "postgres", "INSERT INTO alert_check VALUES ('theirs', 1)");
        assertThat(migrate()).isEqualTo(MigrateCommand.REFUSED);
        assertThat(err.toString()).contains("its table alert_check has rows");
        assertThat(query(to, "SELECT name FROM alert_check")).containsExactly("theirs");
    }

    @Test
    void checkTellsTableAndKeyOfEachRowThatIsNotTheSame() throws Exception {
        fill(folder);
        assertThat(migrate()).isEqualTo(MigrateCommand.DONE);
        assertThat(migrate("--check")).isEqualTo(MigrateCommand.DONE);
        change(
                to,
                "postgres",
                "UPDATE energy_interval SET energy_uj = energy_uj + 1 WHERE series_id = 2 AND start_ms = 10000",
                "DELETE FROM run_tag WHERE name = 'ｆ'",
                "INSERT INTO alert_check VALUES ('made up', 1)");
        assertThat(migrate("--check")).isEqualTo(MigrateCommand.DIFFERENT);
        assertThat(out.toString())
                .contains(
                        "table energy_interval, row series_id=2, start_ms=10000: differs in energy_uj",
                        "table run_tag, row run_id=r1, name=ｆ: is missing on the target",
                        "table alert_check, row name=made up: is on the target only",
                        "NOT EQUAL");
    }

    @Test
    void aChainThatWasBrokenInTheSourceIsMovedAndTold() throws Exception {
        fill(folder);
        change(
                h2(folder),
                "sa",
                "INSERT INTO audit_event VALUES (1, 0, 'USER', 'u', 'made.up', 'team', 't', '', '{}', REPEAT('0', 64), 'x')",
                "INSERT INTO setting VALUES ('audit.chain', '1 x', CURRENT_TIMESTAMP)");
        assertThat(migrate()).isEqualTo(MigrateCommand.DIFFERENT);
        assertThat(out.toString())
                .contains("audit trail, 1 rows: BROKEN", "changed rows: [1]", "was broken in the source already");
        assertThat(query(to, TABLES))
                .as("the copy is whole, a server may start")
                .doesNotContain(Progress.TABLE);
    }

    @Test
    void twoCopiesAtOnceAreRefused() throws Exception {
        fill(folder);
        try (Target first = Target.open(to, "postgres", null)) {
            first.lock();
            assertThat(migrate()).isEqualTo(MigrateCommand.REFUSED);
        }
        assertThat(err.toString()).contains("Another copy to", "is running");
        assertThat(migrate()).isEqualTo(MigrateCommand.DONE);
    }

    @Test
    void whatTheTargetRefusesIsToldWithItsTableAndTheNextCopyGoesOn() throws Exception {
        fill(folder);
        change(
                h2(folder),
                "sa",
                "ALTER TABLE write_probe DROP PRIMARY KEY",
                "INSERT INTO write_probe VALUES (1, 1), (1, 2)",
                "ALTER TABLE write_probe ADD PRIMARY KEY (at_ms)");
        assertThat(migrate()).as("a row that the target refuses").isEqualTo(MigrateCommand.STOPPED);
        assertThat(err.toString()).contains("table write_probe: ", "duplicate key", "Give the same command again");
        change(h2(folder), "sa", "UPDATE write_probe SET id = 2 WHERE at_ms = 2");
        assertThat(migrate()).isEqualTo(MigrateCommand.DONE);
        assertThat(out.toString()).containsPattern("energy_interval +0 rows copied");
    }

    @Test
    void checkWithoutACopyChangesNothing() throws Exception {
        fill(folder);
        assertThat(migrate("--check")).isEqualTo(MigrateCommand.REFUSED);
        assertThat(err.toString()).contains("holds no finished copy");
        assertThat(query(to, TABLES)).isEmpty();
    }

    @Test
    void anOlderSourceIsRefusedWithTheCure() throws Exception {
        Flyway.configure().dataSource(h2(folder), "sa", "").target("7").load().migrate();
        assertThat(migrate()).isEqualTo(MigrateCommand.REFUSED);
        assertThat(err.toString()).contains("older version (7", "start this version's server on it once");
        assertThat(query(to, TABLES)).isEmpty();
    }

    @Test
    void aTextThatPostgresCannotStoreIsToldWithItsPlace() throws Exception {
        fill(folder);
        change(h2(folder), "sa", "UPDATE run_tag SET content = 'a' || CHAR(0) WHERE name = 'plain'");
        assertThat(migrate()).isEqualTo(MigrateCommand.STOPPED);
        assertThat(err.toString())
                .contains("table run_tag, row run_id=r1, name=plain: column content holds the character U+0000");
        change(h2(folder), "sa", "UPDATE run_tag SET content = 'a' WHERE name = 'plain'");
        assertThat(migrate()).as("once it is mended").isEqualTo(MigrateCommand.DONE);
        assertThat(Kind.unstorable("a\uD83D\uDE00b")).isNull();
        assertThat(Kind.unstorable("a\uDE00")).isEqualTo("half of a character (U+DE00)");
    }

    @Test
    void whatCannotBeRightIsSaidBeforeAnythingIsOpened() {
        assertThat(migrate("--from", folder.resolve("none").toString())).isEqualTo(MigrateCommand.REFUSED);
        assertThat(err.toString()).contains("is not an H2 database in a file");
        assertThat(migrate("--from", "jdbc:h2:file:" + folder + "/none")).isEqualTo(MigrateCommand.REFUSED);
        assertThat(err.toString()).contains("There is no database " + folder + "/none.mv.db");
        to = "jdbc:postgresql://127.0.0.1/x?password=geheim";
        assertThat(migrate()).isEqualTo(2);
        assertThat(err.toString()).contains("HFECO2AI_TO_PASSWORD").doesNotContain("geheim");
    }

    @Test
    void aTableComesAfterThoseItRefersTo() {
        Map<String, List<String>> references =
                Map.of("a", List.of("c", "a"), "b", List.of("a"), "x", List.of("y"), "y", List.of("x"));
        assertThat(Schema.ordered(Set.of("a", "b", "c", "x", "y"), references))
                .containsExactly("c", "a", "b", "x", "y");
    }

    private static final String TABLES = "SELECT table_name FROM information_schema.tables WHERE table_schema ="
            + " current_schema() ORDER BY table_name";
    private static final String CONSTRAINTS = "SELECT conrelid::regclass || ' ' || conname || ' ' ||"
            + " pg_get_constraintdef(oid) FROM pg_constraint WHERE connamespace = current_schema()::regnamespace ORDER BY 1";

    private int migrate(String... more) {
        List<String> args = new ArrayList<>(List.of("--to", to, "--user", "postgres"));
        if (!List.of(more).contains("--from")) {
            args.addAll(List.of("--from", folder.toString()));
        }
        args.addAll(List.of(more));
        return new CommandLine(new MigrateCommand(Map.of()))
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err, true))
                .setExecutionExceptionHandler((e, command, result) -> {
                    err.write(e.toString());
                    return 2;
                })
                .execute(args.toArray(String[]::new));
    }

    /** As if the process had ended after so many bites of energy_interval. */
    private void cutOff(int bites) throws SQLException {
        int[] left = {bites};
        try (Source source = Source.open(folder.toString(), "sa", "");
                Target target = Target.open(to, "postgres", null)) {
            Schema schema = source.schema();
            target.lock();
            Progress progress = target.prepare(source, schema);
            for (Table table : schema.tables()) {
                try {
                    new TableCopy(table, source, target, progress).run(rows -> {
                        if (table.name().equals("energy_interval") && --left[0] == 0) {
                            throw new IllegalStateException("killed");
                        }
                    });
                } catch (IllegalStateException killed) {
                    return;
                }
            }
        }
    }

    private static String h2(Path folder) {
        return "jdbc:h2:file:" + folder + "/hf-eco2ai;MODE=PostgreSQL;DATABASE_TO_LOWER=TRUE";
    }

    /** Rows that the two databases would like to tell differently: keys that sort differently, forward references, NaN. */
    private static void fill(Path folder) throws SQLException {
        Flyway.configure().dataSource(h2(folder), "sa", "").load().migrate();
        String at = "TIMESTAMP WITH TIME ZONE '2026-01-05 00:15:30.123456+02:00'";
        change(
                h2(folder),
                "sa",
                "INSERT INTO team VALUES ('t', 'Größe 测试', " + at + ")",
                "INSERT INTO project VALUES ('p', 't', 'p', " + at + ")",
                "INSERT INTO experiment VALUES ('e', 'p', 'e', " + at + ")",
                run("r1", "NULL", at),
                run("a-child", "'r1'", at),
                "UPDATE run SET parent_id = 'r1', joined_id = 'a-child' WHERE id = 'a-child'",
                "INSERT INTO run_tag VALUES ('r1', '\uD83D\uDE00', 'grin'), ('r1', 'ｆ', ''), ('r1', 'plain', 'x')",
                "INSERT INTO metric_chunk VALUES ('r1', 'h', REPEAT('ä', 900000))",
                "INSERT INTO metric_last VALUES ('r1', 'loss', 1, 2, CAST('NaN' AS DOUBLE PRECISION)),"
                        + " ('r1', 'acc', 1, 2, 0.1)",
                "INSERT INTO hour_profile VALUES ('n', 0, '', 'gpu', X'00ff7f')",
                "INSERT INTO site VALUES ('s', 's', 'own', " + at + ")",
                "INSERT INTO site_pue VALUES ('s', 0, 1.2000), ('s', 1, NULL)",
                "INSERT INTO node_embodied VALUES ('n', DATE '2024-02-29', 48, 5, 'maker', 1)");
        try (Connection connection = DriverManager.getConnection(h2(folder), "sa", "");
                PreparedStatement insert =
                        connection.prepareStatement("INSERT INTO energy_interval VALUES (?, ?, ?, ?, ?, ?)");
                Statement sequence = connection.createStatement()) {
            for (int i = 0; i < INTERVALS; i++) {
                insert.setLong(1, i % 3);
                for (int column = 2; column <= 6; column++) {
                    insert.setLong(column, (long) (i / 3) * 10_000 + (column == 2 ? 0 : column));
                }
                insert.addBatch();
            }
            insert.executeBatch();
            for (int i = 0; i < 3; i++) {
                sequence.execute("SELECT NEXT VALUE FOR mlflow_number");
            }
        }
    }

    private static String run(String id, String parent, String at) {
        return "INSERT INTO run (id, team_id, experiment_id, parent_id, name, status, synthetic, started_at, created_at)"
                + " VALUES ('" + id + "', 't', 'e', " + parent + ", 'run', 'FINISHED', FALSE, " + at + ", " + at + ")";
    }

    private static void change(String url, String user, String... statements) throws SQLException {
        try (Connection connection = DriverManager.getConnection(url, user, "");
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    private static List<String> query(String url, String sql) throws SQLException {
        try (Connection connection = DriverManager.getConnection(url, "postgres", "");
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            List<String> found = new ArrayList<>();
            while (rows.next()) {
                found.add(rows.getString(1));
            }
            return found;
        }
    }
}
