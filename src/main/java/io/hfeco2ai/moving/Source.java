package io.hfeco2ai.moving;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.MigrationInfo;
import org.flywaydb.core.api.MigrationInfoService;

/** The H2 installation that moves. Opened so that nobody else can, and read only. */
final class Source implements AutoCloseable {

    private static final int ALREADY_OPEN = 90020;
    private static final int NOT_FOUND = 90146;
    private static final int WRONG_USER = 28000;

    /** Rows are read one by one, from a cache of 128 MB at most. */
    private static final Map<String, String> SETTINGS = Map.of(
            "MODE", "PostgreSQL",
            "DATABASE_TO_LOWER", "TRUE",
            "DEFAULT_NULL_ORDERING", "HIGH",
            "IFEXISTS", "TRUE",
            "LAZY_QUERY_EXECUTION", "1",
            "CACHE_SIZE", "131072");

    private final Connection connection;
    private final MigrationInfoService migrations;

    private Source(Connection connection, MigrationInfoService migrations) {
        this.connection = connection;
        this.migrations = migrations;
    }

    /** @param from address of an H2 file as the server has it, or a data folder */
    static Source open(String from, String user, String password) throws SQLException {
        String url = url(from);
        Connection connection;
        try {
            connection = DriverManager.getConnection(url, user, password);
        } catch (SQLException e) {
            throw refused(e, file(url));
        }
        MigrationInfoService migrations =
                Flyway.configure().dataSource(url, user, password).load().info();
        return new Source(connection, migrations);
    }

    static String url(String from) {
        if (!from.startsWith("jdbc:") && Files.isDirectory(Path.of(from))) {
            return url("jdbc:h2:file:" + Path.of(from).toAbsolutePath().normalize() + "/hf-eco2ai");
        }
        String[] parts = from.split(";");
        boolean file = parts[0].startsWith("jdbc:h2:")
                && !parts[0].toLowerCase(Locale.ROOT).matches("jdbc:h2:(mem|tcp|ssl|zip|classpath):.*");
        if (!file) {
            throw new Refused(
                    "The source " + told(parts[0]) + " is not an H2 database in a file.",
                    "Give --from the data folder, or an address like jdbc:h2:file:./data/hf-eco2ai.");
        }
        Map<String, String> settings = new LinkedHashMap<>();
        Arrays.stream(parts).skip(1).filter(part -> part.contains("=")).forEach(part -> {
            int equals = part.indexOf('=');
            settings.put(part.substring(0, equals).toUpperCase(Locale.ROOT), part.substring(equals + 1));
        });
        settings.remove("AUTO_SERVER");
        settings.putAll(SETTINGS);
        StringBuilder url = new StringBuilder(parts[0]);
        settings.forEach(
                (name, content) -> url.append(';').append(name).append('=').append(content));
        return url.toString();
    }

    private static String told(String url) {
        return url.replaceFirst("\\?.*", "");
    }

    private static String file(String url) {
        return url.split(";")[0].replaceFirst("jdbc:h2:(file:)?", "") + ".mv.db";
    }

    private static Refused refused(SQLException e, String file) {
        return switch (e.getErrorCode()) {
            case ALREADY_OPEN ->
                new Refused(
                        "The source " + file + " is in use by a running server.",
                        "Stop that server, and start it on the new database once this is done.");
            case NOT_FOUND ->
                new Refused(
                        "There is no database " + file + ".",
                        "Give --from the server's data folder, or start this where the server is started.");
            case WRONG_USER ->
                new Refused(
                        "The source " + file + " refuses the user or the password.",
                        "They are the server's own: SPRING_DATASOURCE_USERNAME and SPRING_DATASOURCE_PASSWORD.");
            default ->
                new Refused(
                        "The source " + file + " cannot be opened: " + e.getMessage(),
                        "Restore it from a backup if it is damaged.");
        };
    }

    /** @throws Refused it was left by another version than this */
    Schema schema() throws SQLException {
        MigrationInfo[] pending = migrations.pending();
        MigrationInfo current = migrations.current();
        if (current == null) {
            throw new Refused("The source holds no HF Eco2AI.", "Give --from the data folder of a server.");
        }
        if (pending.length > 0) {
            throw new Refused(
                    "The source has the tables of an older version (" + current.getVersion() + ", this one has "
                            + pending[pending.length - 1].getVersion() + ").",
                    "Back it up, start this version's server on it once, stop it, and come back.");
        }
        boolean strange = Arrays.stream(migrations.all())
                .anyMatch(each -> each.getState().isFailed() || !each.getState().isResolved());
        if (strange) {
            throw new Refused(
                    "The source was left by another version (tables at " + current.getVersion() + ").",
                    "Move it with the jar of the server that used it last.");
        }
        return Schema.read(connection);
    }

    Connection connection() {
        return connection;
    }

    /** The same for all copies of one installation, and for no other: when and how its tables were made. */
    String identity() throws SQLException {
        MessageDigest digest;
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT version, checksum, installed_on FROM \""
                        + Schema.HISTORY + "\" ORDER BY installed_rank")) {
            while (rows.next()) {
                String row = rows.getString(1) + " " + rows.getString(2) + " " + rows.getString(3) + "\n";
                digest.update(row.getBytes(StandardCharsets.UTF_8));
            }
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    long rows(Table table) throws SQLException {
        return count(connection, table);
    }

    static long count(Connection database, Table table) throws SQLException {
        try (Statement statement = database.createStatement();
                ResultSet rows = statement.executeQuery("SELECT COUNT(*) FROM " + table.quoted())) {
            rows.next();
            return rows.getLong(1);
        }
    }

    /** @return the number that the sequence gives next */
    long next(String sequence) throws SQLException {
        try (var statement = connection.prepareStatement("SELECT base_value FROM information_schema.sequences"
                + " WHERE sequence_schema = ? AND sequence_name = ?")) {
            statement.setString(1, connection.getSchema());
            statement.setString(2, sequence);
            ResultSet found = statement.executeQuery();
            found.next();
            return found.getLong(1);
        }
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
