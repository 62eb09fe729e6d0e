package io.hfeco2ai.edge.mlflow.artifacts;

import io.hfeco2ai.platform.BadInput;
import io.hfeco2ai.platform.Ids;
import io.hfeco2ai.platform.NotFound;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/** Artifacts as files: a folder for each team, below it the paths that clients give. */
@Component
public class ArtifactFolder {

    private static final Logger LOG = LoggerFactory.getLogger(ArtifactFolder.class);
    private static final int BUFFER = 64 * 1024;
    private static final int CHECK_SPACE_EACH = 64 * 1024 * 1024;
    private static final int LONGEST_PATH = 1_000;

    /** @param bytes null for a folder */
    public record Item(String name, @Nullable Long bytes) {}

    private final Path root;
    private final Path arriving;
    private final long largestBytes;
    private final long keepFreeBytes;

    ArtifactFolder(ArtifactProperties properties) {
        this.root = properties.folder().toAbsolutePath().normalize();
        this.arriving = root.resolve(".arriving");
        this.largestBytes = properties.largest().toBytes();
        this.keepFreeBytes = properties.keepFree().toBytes();
        forgetWhatNeverArrived();
    }

    private void forgetWhatNeverArrived() {
        if (!Files.isDirectory(arriving)) {
            return;
        }
        try (Stream<Path> files = Files.list(arriving)) {
            for (Path file : files.toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            LOG.warn("Unfinished artifacts in {} could not be deleted: {}", arriving, e.toString());
        }
    }

    /**
     * Stores the whole stream under the path, or nothing. It appears at once and complete; one that is there is replaced.
     *
     * @param announcedBytes -1 when unknown
     * @throws BadInput the path leads elsewhere, the file is too large, or the disk is full
     */
    public void put(String teamId, String path, InputStream content, long announcedBytes) throws IOException {
        Path target = file(teamId, path);
        if (announcedBytes > largestBytes) {
            content.transferTo(OutputStream.nullOutputStream()); // Else the client sees a broken pipe and tries again.
            throw tooLarge();
        }
        if (announcedBytes > 0 && !fits(announcedBytes)) {
            content.transferTo(OutputStream.nullOutputStream());
            throw full();
        }
        Path temporary = arriving.resolve(Ids.next());
        try {
            Files.createDirectories(arriving);
            receive(content, temporary);
            Files.createDirectories(target.getParent());
            Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (java.nio.file.FileSystemException e) {
            throw refusal(e, target, content);
        } finally {
            Files.deleteIfExists(temporary);
        }
    }

    private void receive(InputStream content, Path temporary) throws IOException {
        try (FileChannel channel =
                FileChannel.open(temporary, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            OutputStream out = Channels.newOutputStream(channel);
            byte[] buffer = new byte[BUFFER];
            long bytes = 0;
            long checked = 0;
            for (int got = content.read(buffer); got >= 0; got = content.read(buffer)) {
                bytes += got;
                if (bytes > largestBytes) {
                    content.transferTo(OutputStream.nullOutputStream());
                    throw tooLarge();
                }
                if (bytes - checked > CHECK_SPACE_EACH) {
                    checked = bytes;
                    if (!fits(0)) {
                        content.transferTo(OutputStream.nullOutputStream());
                        throw full();
                    }
                }
                write(out, buffer, got, content);
            }
            channel.force(true);
        }
    }

    private void write(OutputStream out, byte[] buffer, int bytes, InputStream rest) throws IOException {
        try {
            out.write(buffer, 0, bytes);
        } catch (IOException e) {
            LOG.error("An artifact could not be written to {}: {}", root, e.toString());
            rest.transferTo(OutputStream.nullOutputStream());
            throw full();
        }
    }

    private RuntimeException refusal(java.nio.file.FileSystemException e, Path target, InputStream content)
            throws IOException {
        if (Files.isDirectory(target)) {
            return new BadInput("path", "There is a folder of this name already; log the file under another one.");
        }
        Path parent = target.getParent();
        if (parent != null
                && Stream.iterate(parent, each -> each.startsWith(root), Path::getParent)
                        .anyMatch(Files::isRegularFile)) {
            return new BadInput("path", "A part of the path is a file already; log the file under another path.");
        }
        LOG.error("An artifact could not be stored in {}: {}", root, e.toString());
        content.transferTo(OutputStream.nullOutputStream());
        return full();
    }

    private boolean fits(long bytes) throws IOException {
        Path there = root;
        while (!Files.exists(there) && there.getParent() != null) {
            there = there.getParent();
        }
        return Files.getFileStore(there).getUsableSpace() - bytes >= keepFreeBytes;
    }

    private BadInput tooLarge() {
        return new BadInput(
                "",
                "The artifact is larger than this server takes (" + largestBytes
                        + " bytes, hfeco2ai.mlflow.artifacts.largest); nothing was stored. Keep it elsewhere and log its"
                        + " address.");
    }

    private static BadInput full() {
        return new BadInput(
                "",
                "The server's disk for artifacts is full, or nearly (hfeco2ai.mlflow.artifacts.keep-free); nothing was"
                        + " stored. Trying again does not help until whoever runs the server frees space.");
    }

    /** @throws NotFound there is no such file */
    public Path get(String teamId, String path) {
        Path file = file(teamId, path);
        if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
            throw new NotFound("artifact " + path);
        }
        return file;
    }

    /** What is in the folder, by name; nothing when there is no such folder. */
    public List<Item> list(String teamId, String path) {
        Path folder = path.isEmpty() ? team(teamId) : file(teamId, path);
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(folder)) {
            List<Item> items = new ArrayList<>();
            for (Path each :
                    files.sorted(Comparator.comparing(Path::getFileName)).toList()) {
                items.add(new Item(
                        String.valueOf(each.getFileName()), Files.isDirectory(each) ? null : Files.size(each)));
            }
            return items;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Deletes a file, or a folder with all that is in it. What is not there is deleted already. */
    public void delete(String teamId, String path) throws IOException {
        Path target = file(teamId, path);
        if (!Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        try (Stream<Path> all = Files.walk(target)) {
            for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(each);
            }
        } catch (DirectoryNotEmptyException filledMeanwhile) {
            throw new BadInput("path", "Something is being stored in this folder; delete it later.");
        }
    }

    private Path team(String teamId) {
        return root.resolve(teamId);
    }

    /** Only ever below the team's folder. */
    private Path file(String teamId, String path) {
        boolean elsewhere = path.isEmpty()
                || path.length() > LONGEST_PATH
                || path.indexOf('\\') >= 0
                || path.chars().anyMatch(Character::isISOControl)
                || Stream.of(path.split("/", -1))
                        .anyMatch(step -> step.isEmpty() || step.equals(".") || step.equals(".."));
        Path own = team(teamId);
        if (elsewhere) {
            throw invalid(path);
        }
        try {
            Path file = own.resolve(path).normalize();
            if (file.startsWith(own) && !file.equals(own)) {
                return file;
            }
        } catch (java.nio.file.InvalidPathException e) {
            throw invalid(path);
        }
        throw invalid(path);
    }

    private static BadInput invalid(String path) {
        String shown = path.length() > 100 ? path.substring(0, 100) + "..." : path;
        return new BadInput(
                "path",
                "Invalid artifact path '" + shown + "': it has 1 to " + LONGEST_PATH
                        + " characters, steps divided by '/', none of them empty, '.' or '..'.");
    }
}
