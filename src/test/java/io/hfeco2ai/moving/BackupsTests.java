package io.hfeco2ai.moving;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

class BackupsTests {

    @TempDir
    Path folder;

    private Instant now = Instant.parse("2026-02-03T04:05:06Z");
    private final Clock clock = new Clock() {
        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }

        @Override
        public Instant instant() {
            return now;
        }
    };

    @Test
    void aBackupOfADatabaseThatIsWrittenToIsOneMomentOfIt() throws Exception {
        DriverManagerDataSource live = database(folder.resolve("live"));
        JdbcTemplate jdbc = new JdbcTemplate(live);
        jdbc.execute("CREATE TABLE pair (id INTEGER PRIMARY KEY, half VARCHAR(5) NOT NULL)");
        AtomicBoolean over = new AtomicBoolean();
        Thread writer = new Thread(() -> {
            TransactionTemplate together = new TransactionTemplate(new JdbcTransactionManager(live));
            for (int i = 0; !over.get(); i += 2) {
                int id = i;
                together.executeWithoutResult(transaction -> {
                    jdbc.update("INSERT INTO pair VALUES (?, 'left')", id);
                    jdbc.update("INSERT INTO pair VALUES (?, 'right')", id + 1);
                });
            }
        });
        writer.start();
        Thread.sleep(500);
        backups(live, folder.resolve("backups"), 7).makeWhatIsDue();
        over.set(true);
        writer.join();
        Path zip = folder.resolve("backups/hf-eco2ai-2026-02-03T040506Z.zip");
        unzip(zip, folder.resolve("restored"));
        JdbcTemplate restored = new JdbcTemplate(database(folder.resolve("restored")));
        long left = count(restored, "left");
        assertThat(left).isPositive().isLessThanOrEqualTo(count(jdbc, "left"));
        assertThat(count(restored, "right")).as("no pair is torn").isEqualTo(left);
        assertThat(Files.getPosixFilePermissions(zip))
                .as("it holds password hashes")
                .hasSize(2);
    }

    @Test
    void theNextIsMadeWhenItIsDueAndTheOldestGoes() throws Exception {
        Path backups = folder.resolve("backups");
        Files.createDirectories(backups);
        Files.writeString(backups.resolve("notes.txt"), "not ours");
        DriverManagerDataSource live = database(folder.resolve("live"));
        for (int hour = 0; hour < 24 * 4; hour++) {
            backups(live, backups, 2).makeWhatIsDue(); // as after a restart: nothing is remembered but the files
            now = now.plus(Duration.ofHours(1));
        }
        try (Stream<Path> files = Files.list(backups)) {
            assertThat(files.map(each -> each.getFileName().toString()).sorted())
                    .containsExactly(
                            "hf-eco2ai-2026-02-05T040506Z.zip", "hf-eco2ai-2026-02-06T040506Z.zip", "notes.txt");
        }
    }

    @Test
    void aFolderThatCannotBeUsedStopsNothing() throws Exception {
        Path file = Files.writeString(folder.resolve("file"), "in the way");
        backups(database(folder.resolve("live")), file.resolve("backups"), 2).makeWhatIsDue();
        assertThat(file).hasContent("in the way");
    }

    private Backups backups(DriverManagerDataSource live, Path backups, int keep) {
        return new Backups(
                new JdbcTemplate(live),
                new BackupProperties(backups, Duration.ofDays(1), keep),
                clock,
                "jdbc:h2:file:live");
    }

    private static DriverManagerDataSource database(Path folder) {
        return new DriverManagerDataSource(
                "jdbc:h2:file:" + folder
                        + "/hf-eco2ai;MODE=PostgreSQL;DATABASE_TO_LOWER=TRUE;WRITE_DELAY=0;DB_CLOSE_DELAY=-1",
                "sa",
                "");
    }

    private static long count(JdbcTemplate jdbc, String half) {
        return List.copyOf(jdbc.queryForList("SELECT COUNT(*) FROM pair WHERE half = ?", Long.class, half))
                .get(0);
    }

    /** As `unzip backup.zip -d folder`. */
    static void unzip(Path zip, Path folder) throws IOException {
        Files.createDirectories(folder);
        try (InputStream file = Files.newInputStream(zip);
                ZipInputStream entries = new ZipInputStream(file)) {
            for (ZipEntry entry = entries.getNextEntry(); entry != null; entry = entries.getNextEntry()) {
                Files.copy(entries, folder.resolve(entry.getName()));
            }
        }
    }
}
