package io.hfeco2ai.moving;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import org.flywaydb.core.Flyway;
import org.jspecify.annotations.Nullable;

/** The PostgreSQL database that is moved to: one schema of it, and nothing outside. */
final class Target implements AutoCloseable {

    private static final int OLDEST = 16;
    private static final int MOST_NAMES = 5;
    private static final String EMPTY_IT =
            "Give an empty database: CREATE DATABASE hf_eco2ai. (To compare with a finished copy: --check.)";

    private final Connection connection;
    private final Flyway flyway;
    private final String place;

    private Target(Connection connection, Flyway flyway, String place) {
        this.connection = connection;
        this.flyway = flyway;
        this.place = place;
    }

    /** @param url jdbc:postgresql://…; user and password null: what the driver finds for itself (.pgpass) */
    static Target open(String url, @Nullable String user, @Nullable String password) throws SQLException {
        String place = url.replaceFirst("\\?.*", "");
        Properties properties = new Properties();
        properties.setProperty("reWriteBatchedInserts", "true");
        properties.setProperty("ApplicationName", "hf-eco2ai migrate");
        if (user != null) {
            properties.setProperty("user", user);
        }
        if (password != null) {
            properties.setProperty("password", password);
        }
        Connection connection;
        try {
            connection = DriverManager.getConnection(url, properties);
        } catch (SQLException e) {
            throw new Refused(
                    "The target " + place + " does not let us in: "
                            + String.valueOf(e.getMessage()).replaceFirst("\\.+$", "") + ".",
                    "Check --to, --user and HFECO2AI_TO_PASSWORD.");
        }
        connection.setAutoCommit(false);
        Flyway flyway = Flyway.configure().dataSource(url, user, password).load();
        return new Target(connection, flyway, place);
    }

    Connection connection() {
        return connection;
    }

    /** One copy at a time, on a server that can store it. */
    void lock() throws SQLException {
        if (connection.getMetaData().getDatabaseMajorVersion() < OLDEST) {
            throw new Refused(
                    "The target is PostgreSQL " + connection.getMetaData().getDatabaseProductVersion() + ".",
                    "HF Eco2AI needs PostgreSQL " + OLDEST + " or newer.");
        }
        String encoding = one("SHOW server_encoding");
        if (!"UTF8".equals(encoding)) {
            throw new Refused(
                    "The target stores texts as " + encoding + ".",
                    "Make its database with ENCODING 'UTF8' TEMPLATE template0.");
        }
        if (!"t".equals(one("SELECT pg_try_advisory_lock(hashtextextended('hf-eco2ai ' || current_schema(), 0))"))) {
            throw new Refused("Another copy to " + place + " is running.", "Wait until it ends.");
        }
        execute("SET jit = off");
        connection.commit();
    }

    /**
     * Makes the tables, or finds those of a copy that was not finished.
     *
     * @throws Refused the target holds something else; it was not touched
     */
    Progress prepare(Source source, Schema schema) throws SQLException {
        List<String> found = relations();
        Progress progress = new Progress(connection);
        if (found.contains(Progress.TABLE)) {
            checkUnfinished(progress, source, schema);
            return progress;
        }
        if (!found.isEmpty()) {
            checkEmpty(found, schema);
        }
        connection.commit();
        flyway.migrate();
        checkSchema(schema);
        begin(progress, source, schema);
        return progress;
    }

    private void begin(Progress progress, Source source, Schema schema) throws SQLException {
        progress.begin(source.identity());
        List<Table> tables = schema.tables();
        for (int i = tables.size() - 1; i >= 0; i--) {
            // What a migration puts into a new table comes from the source too, and may have been changed there.
            execute("DELETE FROM " + tables.get(i).quoted());
        }
        for (Table table : tables) {
            progress.expect(table.name(), source.rows(table));
        }
        ForeignKeys.setAside(connection, tables, progress);
        connection.commit();
    }

    private void checkUnfinished(Progress progress, Source source, Schema schema) throws SQLException {
        if (!progress.isOf(source.identity())) {
            throw new Refused("The target " + place + " holds an unfinished copy of another installation.", EMPTY_IT);
        }
        checkSchema(schema);
        for (Table table : schema.tables()) {
            Progress.Mark mark = progress.of(table.name());
            long now = source.rows(table);
            if (mark == null || mark.sourceRows() != now) {
                throw new Refused(
                        "The source was used since this copy began: table " + table.name() + " has " + now + " rows, "
                                + (mark == null ? "and was not there" : "had " + mark.sourceRows()) + ".",
                        "Begin again. " + EMPTY_IT);
            }
        }
        connection.commit();
    }

    private void checkEmpty(List<String> found, Schema schema) throws SQLException {
        List<String> strange = new ArrayList<>(found);
        strange.removeAll(schema.tables().stream().map(Table::name).toList());
        strange.removeAll(schema.sequences());
        if (!strange.remove(Schema.HISTORY)) {
            strange = found;
        }
        if (!strange.isEmpty()) {
            String names = String.join(
                    ", ", strange.stream().sorted().limit(MOST_NAMES).toList());
            throw new Refused(
                    "The target " + place + " holds something else: " + names
                            + (strange.size() > MOST_NAMES ? ", …" : "") + ".",
                    EMPTY_IT);
        }
        for (Table table : schema.tables()) {
            if (found.contains(table.name()) && !"0".equals(one("SELECT COUNT(*) FROM " + table.quoted()))) {
                throw new Refused(
                        "The target " + place + " is in use by an HF Eco2AI: its table " + table.name() + " has rows.",
                        EMPTY_IT);
            }
        }
    }

    /** @throws Refused its tables are not those of the source */
    void checkSchema(Schema schema) throws SQLException {
        Schema own = Schema.read(connection);
        List<String> missing = schema.missingIn(own);
        List<String> more = own.missingIn(schema);
        if (!missing.isEmpty() || !more.isEmpty()) {
            throw new Refused(
                    "The target " + place + " has other tables than the source: "
                            + (missing.isEmpty() ? more.get(0) + " is" : missing.get(0) + " is not") + " there.",
                    EMPTY_IT);
        }
    }

    /** @throws Refused no copy was finished here */
    void checkFinished() throws SQLException {
        List<String> found = relations();
        if (!found.contains(Schema.HISTORY) || found.contains(Progress.TABLE)) {
            throw new Refused(
                    "The target " + place + " holds no finished copy.", "Run the command without --check first.");
        }
    }

    private List<String> relations() throws SQLException {
        try (PreparedStatement select = connection.prepareStatement("SELECT c.relname FROM pg_class c JOIN"
                + " pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = ?"
                + " AND c.relkind IN ('r', 'p', 'v', 'm', 'S', 'f') ORDER BY 1")) {
            String schema = connection.getSchema();
            if (schema == null) {
                throw new Refused(
                        "The target " + place + " has no schema for us.",
                        "Make one that the user may use: CREATE SCHEMA …, and add ?currentSchema=… to --to.");
            }
            select.setString(1, schema);
            List<String> names = new ArrayList<>();
            ResultSet found = select.executeQuery();
            while (found.next()) {
                names.add(found.getString(1));
            }
            return names;
        }
    }

    /** @return the number that the sequence gives next */
    long next(String sequence) throws SQLException {
        return Long.parseLong(one(
                "SELECT CASE WHEN is_called THEN last_value + 1 ELSE last_value END FROM " + Table.quoted(sequence)));
    }

    void setNext(String sequence, long number) throws SQLException {
        execute("ALTER SEQUENCE " + Table.quoted(sequence) + " RESTART WITH " + number);
    }

    void execute(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private String one(String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return row.getString(1);
        }
    }

    String place() {
        return place;
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
