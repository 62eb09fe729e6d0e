package io.hfeco2ai.testing;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.UUID;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.h2.jdbcx.JdbcConnectionPool;
import org.postgresql.ds.PGSimpleDataSource;

/** Freshly migrated databases, of both kinds that the product runs on. One PostgreSQL server serves the whole JVM. */
public final class TestDatabases {

    private static final int OPEN_POOLS = 20;
    private static final Deque<HikariDataSource> POOLS = new ArrayDeque<>();

    private TestDatabases() {}

    /** A database and its name, for parameterised tests: {@code @MethodSource("io.hfeco2ai.testing.TestDatabases#both")}. */
    public record Database(String name, DataSource dataSource) {
        @Override
        public String toString() {
            return name;
        }
    }

    public static List<Database> both() {
        return List.of(h2(), postgres());
    }

    public static Database h2() {
        String url = "jdbc:h2:mem:" + UUID.randomUUID()
                + ";MODE=PostgreSQL;DATABASE_TO_LOWER=TRUE;DEFAULT_NULL_ORDERING=HIGH;DB_CLOSE_DELAY=-1";
        return migrated("H2", JdbcConnectionPool.create(url, "sa", ""));
    }

    /** A database of its own on the shared server, copied from one that was migrated. */
    public static Database postgres() {
        String name = newName();
        onServer("CREATE DATABASE " + name + " TEMPLATE " + Migrated.NAME);
        return new Database("PostgreSQL", pooled(postgres(name)));
    }

    /** The server takes 300 connections: whoever made a database long ago has closed what used it. */
    private static synchronized DataSource pooled(DataSource server) {
        HikariConfig config = new HikariConfig();
        config.setDataSource(server);
        config.setMinimumIdle(0);
        HikariDataSource pool = new HikariDataSource(config);
        POOLS.addLast(pool);
        if (POOLS.size() > OPEN_POOLS) {
            POOLS.removeFirst().close();
        }
        return pool;
    }

    private static DataSource postgres(String name) {
        PGSimpleDataSource own = new PGSimpleDataSource();
        own.setUrl(Server.INSTANCE.getJdbcUrl("postgres", name));
        own.setReWriteBatchedInserts(true);
        return own;
    }

    /** The address of an empty schema of its own on the shared server, for the user postgres. */
    public static String emptyPostgres() {
        return Server.INSTANCE.getJdbcUrl("postgres", "postgres") + "&currentSchema=" + newSchema();
    }

    private static String newSchema() {
        String schema = newName();
        onServer("CREATE SCHEMA " + schema);
        return schema;
    }

    private static String newName() {
        return "t" + UUID.randomUUID().toString().replace("-", "");
    }

    private static void onServer(String sql) {
        DataSource server = Server.INSTANCE.getPostgresDatabase();
        try (Connection connection = server.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Database migrated(String name, DataSource dataSource) {
        Flyway.configure().dataSource(dataSource).load().migrate();
        return new Database(name, dataSource);
    }

    /** Copying its files takes a fraction of the time of migrating. */
    private static final class Migrated {
        static final String NAME = newName();

        static {
            onServer("CREATE DATABASE " + NAME);
            migrated("PostgreSQL", postgres(NAME));
        }
    }

    /** Started on first use; its process ends with the JVM. */
    private static final class Server {
        static final EmbeddedPostgres INSTANCE = start();

        private static EmbeddedPostgres start() {
            try {
                return EmbeddedPostgres.builder().start();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
