package io.hfeco2ai.moving;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/** Puts the embedded database into a zip now and then, as it is at one moment, while the server goes on. */
@Component
class Backups {

    private static final Logger LOG = LoggerFactory.getLogger(Backups.class);
    private static final DateTimeFormatter NAME = DateTimeFormatter.ofPattern("'hf-eco2ai-'uuuu-MM-dd'T'HHmmss'Z.zip'")
            .withZone(ZoneOffset.UTC);

    private final JdbcTemplate jdbc;
    private final BackupProperties properties;
    private final Clock clock;
    private final boolean embedded;

    Backups(
            JdbcTemplate jdbc,
            BackupProperties properties,
            Clock clock,
            @Value("${spring.datasource.url}") String url) {
        this.jdbc = jdbc;
        this.properties = properties;
        this.clock = clock;
        this.embedded = url.startsWith("jdbc:h2:");
        if (properties.folder() != null && !embedded) {
            LOG.warn("hfeco2ai.backup.folder is for the embedded database only: back PostgreSQL up with pg_dump.");
        }
    }

    @Scheduled(initialDelay = 5_000, fixedDelay = 60_000)
    void makeWhatIsDue() {
        Path folder = properties.folder();
        if (folder == null || !embedded) {
            return;
        }
        try {
            Instant due = newest(folder).map(at -> at.plus(properties.every())).orElse(Instant.MIN);
            if (!clock.instant().isBefore(due)) {
                make(folder);
                removeOld(folder);
            }
        } catch (IOException | DataAccessException e) {
            LOG.error("No backup could be made in {} (hfeco2ai.backup.folder): {}", folder, e.getMessage());
        }
    }

    private void make(Path folder) throws IOException {
        boolean posix = FileSystems.getDefault().supportedFileAttributeViews().contains("posix");
        if (!Files.isDirectory(folder)) {
            Files.createDirectories(folder);
            if (posix) {
                Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
            }
        }
        Path zip = folder.resolve(NAME.format(clock.instant())).toAbsolutePath();
        Path part = zip.resolveSibling(zip.getFileName() + ".part");
        jdbc.execute("BACKUP TO '" + part.toString().replace("'", "''") + "'");
        if (posix) {
            Files.setPosixFilePermissions(part, PosixFilePermissions.fromString("rw-------"));
        }
        Files.move(part, zip, StandardCopyOption.ATOMIC_MOVE);
        LOG.info("Backup {} made, {} bytes.", zip, Files.size(zip));
    }

    private void removeOld(Path folder) throws IOException {
        List<Path> zips = zips(folder);
        for (Path old : zips.subList(0, Math.max(0, zips.size() - properties.keep()))) {
            Files.delete(old);
        }
    }

    private static Optional<Instant> newest(Path folder) throws IOException {
        return zips(folder).stream()
                .map(Backups::time)
                .flatMap(Optional::stream)
                .max(Comparator.naturalOrder());
    }

    /** The oldest first. */
    private static List<Path> zips(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> time(file).isPresent()).sorted().toList();
        }
    }

    private static Optional<Instant> time(Path zip) {
        try {
            return Optional.of(NAME.parse(zip.getFileName().toString(), Instant::from));
        } catch (DateTimeParseException somethingElse) {
            return Optional.empty();
        }
    }
}
