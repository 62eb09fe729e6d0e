package io.hfeco2ai.platform.database;

import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.HikariPoolMXBean;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/**
 * The embedded database closes itself when it cannot write, as on a full disk, and stays closed while any connection to it is
 * left. This lets all of them go, so that the next call opens it anew: what was acknowledged is in its file.
 */
@Component
class EmbeddedDatabase {

    /** H2's DATABASE_IS_CLOSED. */
    private static final int CLOSED = 90098;

    private static final Logger LOG = LoggerFactory.getLogger(EmbeddedDatabase.class);

    private final DataSource database;

    EmbeddedDatabase(DataSource database) {
        this.database = database;
    }

    @Scheduled(initialDelay = 10_000, fixedDelay = 5_000)
    void reopenIfClosed() throws SQLException {
        if (!database.isWrapperFor(HikariDataSource.class)) {
            return;
        }
        HikariDataSource pool = database.unwrap(HikariDataSource.class);
        HikariPoolMXBean connections = pool.getHikariPoolMXBean();
        String url = pool.getJdbcUrl();
        if (connections == null || url == null || !url.startsWith("jdbc:h2:")) {
            return;
        }
        try (Connection connection = pool.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("SELECT 1");
        } catch (SQLException e) {
            if (e.getErrorCode() == CLOSED) {
                LOG.error("The database closed itself and is opened anew. Is the disk full? {}", reason(e));
                connections.softEvictConnections();
            }
            // Anything else the health check tells.
        }
    }

    private static String reason(SQLException closed) {
        Throwable deepest = closed;
        while (deepest.getCause() != null) {
            deepest = deepest.getCause();
        }
        return String.valueOf(deepest.getMessage());
    }
}
