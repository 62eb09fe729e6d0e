package io.hfeco2ai.cli;

import io.hfeco2ai.cli.Outbox.Message;
import io.hfeco2ai.cli.Outbox.Sent;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Runs that no server has taken yet, one file each: the server's address, the ids known so far, then a message a line. A
 * message sent twice changes nothing, so a file is deleted only after all of it was taken.
 */
final class Spool {

    static final long LIMIT_BYTES = 20_000_000;

    private static final String ENDING = ".spool";

    private final Path folder;

    Spool(Path folder) {
        this.folder = folder;
    }

    /** {@code $XDG_STATE_HOME/hf-eco2ai}, or {@code ~/.local/state/hf-eco2ai}: XDG Base Directory Specification 0.8. */
    static Spool ofUser() {
        String state = System.getenv("XDG_STATE_HOME");
        Path base = state != null && state.startsWith("/")
                ? Path.of(state)
                : Path.of(System.getProperty("user.home"), ".local", "state");
        return new Spool(base.resolve("hf-eco2ai"));
    }

    /** @param name of the file, unique for the run */
    Path keep(String name, String server, Outbox outbox) throws IOException {
        Files.createDirectories(folder);
        StringBuilder text = new StringBuilder();
        text.append(server).append('\n');
        text.append(outbox.runId()).append('\n').append(outbox.memberId()).append('\n');
        for (Message message : outbox.messages()) {
            text.append(message.path()).append('\t').append(message.json()).append('\n');
        }
        Path file = folder.resolve(name + ENDING);
        Path part = Files.createTempFile(
                folder,
                name,
                ".part",
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(part, text);
        Files.move(part, file);
        dropOldest();
        return file;
    }

    /**
     * What became of the runs that waited.
     *
     * @param messages of taken runs that the server did not want
     * @param why the last refusal; null: there was none
     */
    record Resent(
            int taken,
            int refusedRuns,
            int messages,
            @Nullable String why) {}

    /** Sends what waits for this server, oldest first, until the server stumbles. */
    Resent resend(ApiClient api) throws IOException, InterruptedException {
        Resent sum = new Resent(0, 0, 0, null);
        for (Path file : files()) {
            Outbox outbox = waiting(file, api);
            if (outbox == null) {
                continue;
            }
            Sent sent = resend(file, outbox, api);
            if (sent == Sent.LATER || sent == Sent.NOT_ALLOWED) {
                return sum;
            }
            boolean all = sent == Sent.ALL;
            sum = new Resent(
                    sum.taken + (all ? 1 : 0),
                    sum.refusedRuns + (all ? 0 : 1),
                    sum.messages + (all ? outbox.refused() : 0),
                    outbox.refused() > 0 ? outbox.problem() : sum.why);
        }
        return sum;
    }

    /** Null when the file is for another server. */
    private static @Nullable Outbox waiting(Path file, ApiClient api) throws IOException {
        List<String> lines;
        try {
            lines = Files.readAllLines(file, StandardCharsets.UTF_8);
        } catch (NoSuchFileException e) {
            return null; // another command has sent it
        }
        if (lines.size() < 3 || !lines.get(0).equals(api.server().toString())) {
            return null;
        }
        Outbox outbox = new Outbox(lines.get(1), lines.get(2));
        for (String line : lines.subList(3, lines.size())) {
            int tab = line.indexOf('\t');
            outbox.add(new Message(line.substring(0, tab), line.substring(tab + 1)));
        }
        return outbox;
    }

    /** The file goes when the server has taken the run, or has said that it will never want it. */
    private static Sent resend(Path file, Outbox outbox, ApiClient api) throws IOException, InterruptedException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE);
                FileLock lock = channel.tryLock()) {
            if (lock == null || !Files.exists(file)) {
                return Sent.LATER; // another command is sending just now
            }
            Sent sent = outbox.send(api);
            if (sent == Sent.ALL || sent == Sent.REFUSED) {
                Files.deleteIfExists(file);
            }
            return sent;
        } catch (NoSuchFileException | OverlappingFileLockException e) {
            return Sent.LATER;
        }
    }

    private void dropOldest() throws IOException {
        long bytes = 0;
        List<Path> files = files();
        for (int i = files.size() - 1; i >= 0; i--) {
            bytes += Files.size(files.get(i));
            if (bytes > LIMIT_BYTES) {
                Files.deleteIfExists(files.get(i));
            }
        }
    }

    /** Oldest first: the names begin with the time. */
    private List<Path> files() throws IOException {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> all = Files.list(folder)) {
            return all.filter(file -> file.toString().endsWith(ENDING)).sorted().toList();
        }
    }
}
