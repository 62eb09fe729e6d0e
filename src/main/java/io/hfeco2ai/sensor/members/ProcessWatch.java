package io.hfeco2ai.sensor.members;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Notices when a process and all its descendants are gone. A process that was never seen (another pid namespace, another
 * machine's) is never said to be gone. One thread at a time.
 */
final class ProcessWatch {

    /** A client that ends properly says so long before. */
    static final Duration PATIENCE = Duration.ofSeconds(30);

    private static final int STATE = 0;
    private static final int START_TIME = 19;

    private final Path root;
    private final Map<Long, Watched> byPid = new HashMap<>();

    ProcessWatch(Path root) {
        this.root = root;
    }

    private static final class Watched {
        /** With the pid it names the process, for pids are used again; null: not known. */
        @Nullable String startTime;

        @Nullable Instant lastSeen;
    }

    /** @param lastSeen when it was seen before; null: never */
    void watch(long pid, @Nullable Instant lastSeen) {
        byPid.computeIfAbsent(pid, id -> {
            Watched fresh = new Watched();
            fresh.startTime = startTime(pid);
            fresh.lastSeen = lastSeen;
            return fresh;
        });
    }

    void unwatch(long pid) {
        byPid.remove(pid);
    }

    /** Whether the process itself is there now. */
    boolean sees(long pid) {
        return startTime(pid) != null;
    }

    @Nullable Instant lastSeen(long pid) {
        Watched watched = byPid.get(pid);
        return watched == null ? null : watched.lastSeen;
    }

    void look(Instant now) {
        byPid.forEach((pid, watched) -> {
            String startTime = startTime(pid);
            if (startTime != null && startTime.equals(watched.startTime)) {
                watched.lastSeen = now;
            }
        });
    }

    /** Something of its tree was there then, be it only a descendant. */
    void treeSeen(long pid, Instant at) {
        Watched watched = byPid.get(pid);
        if (watched != null && watched.lastSeen != null && watched.lastSeen.isBefore(at)) {
            watched.lastSeen = at;
        }
    }

    /** Those not seen for 30 s, with the time of the last sight; each time anew until they are no longer watched. */
    Map<Long, Instant> gone(Instant now) {
        Map<Long, Instant> gone = new TreeMap<>();
        byPid.forEach((pid, watched) -> {
            if (watched.lastSeen != null && !watched.lastSeen.plus(PATIENCE).isAfter(now)) {
                gone.put(pid, watched.lastSeen);
            }
        });
        return gone;
    }

    /** Null when there is no such process, or only what its parent has not waited for (proc_pid_stat(5), fields 3 and 22). */
    private @Nullable String startTime(long pid) {
        try {
            String stat = Files.readString(root.resolve("proc/" + pid + "/stat"), StandardCharsets.ISO_8859_1);
            String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
            return "ZX".contains(fields[STATE]) || fields.length <= START_TIME ? null : fields[START_TIME];
        } catch (IOException | StringIndexOutOfBoundsException e) {
            return null;
        }
    }
}
