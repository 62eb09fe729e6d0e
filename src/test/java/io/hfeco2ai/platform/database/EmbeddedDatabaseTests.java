package io.hfeco2ai.platform.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.JdbcTemplate;

/** A disk that fills up under the embedded database, and is freed. */
class EmbeddedDatabaseTests {

    @TempDir
    Path folder;

    @AfterEach
    void room() {
        FullDisk.full = false;
    }

    @Test
    void itOpensAnewOnceTheDiskHasRoomAndHoldsWhatWasAcknowledged() throws Exception {
        FullDisk.register();
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl("jdbc:h2:full:" + folder.resolve("books") + ";WRITE_DELAY=0;DB_CLOSE_ON_EXIT=FALSE");
        config.setUsername("sa");
        config.setPassword("");
        try (HikariDataSource pool = new HikariDataSource(config)) {
            EmbeddedDatabase database = new EmbeddedDatabase(pool);
            JdbcTemplate jdbc = new JdbcTemplate(pool);
            jdbc.execute("CREATE TABLE acknowledged (no INTEGER PRIMARY KEY, content VARCHAR(2000))");
            AtomicInteger acknowledged = new AtomicInteger();
            for (int i = 0; i < 50; i++) {
                write(jdbc, acknowledged);
            }
            database.reopenIfClosed();
            write(jdbc, acknowledged);

            FullDisk.full = true;
            assertThatThrownBy(() -> write(jdbc, acknowledged)).isInstanceOf(DataAccessException.class);
            FullDisk.full = false;
            assertThatThrownBy(() -> write(jdbc, acknowledged))
                    .as("room alone does not help")
                    .isInstanceOf(DataAccessException.class);

            database.reopenIfClosed();
            assertThat(jdbc.queryForList("SELECT no FROM acknowledged", Integer.class))
                    .hasSize(acknowledged.get())
                    .hasSize(51);
            write(jdbc, acknowledged);
            assertThat(jdbc.queryForObject("SELECT MAX(no) FROM acknowledged", Integer.class))
                    .isEqualTo(acknowledged.get() - 1);
        }
    }

    private static void write(JdbcTemplate jdbc, AtomicInteger acknowledged) {
        jdbc.update("INSERT INTO acknowledged VALUES (?, ?)", acknowledged.get(), "x".repeat(2000));
        acknowledged.incrementAndGet();
    }
}
