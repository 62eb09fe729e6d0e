package io.hfeco2ai.sensor;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** All processes at one instant, from /proc/[pid]/stat (fields: man 5 proc_pid_stat). */
final class ProcTree {

    /**
     * One process.
     *
     * @param startTicks when it started, since boot: with the pid it names the process, for pids are used again
     * @param ownTicks CPU time of the process itself
     * @param childTicks CPU time of its ended children that it has waited for, and of theirs
     */
    record Proc(long pid, long parent, long startTicks, long ownTicks, long childTicks) {

        long allTicks() {
            return ownTicks + childTicks;
        }
    }

    private final Path root;
    private final Map<Long, Proc> byPid = new HashMap<>();

    private ProcTree(Path root) {
        this.root = root;
    }

    static ProcTree read(Path root) {
        ProcTree tree = new ProcTree(root);
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(root.resolve("proc"), "[0-9]*")) {
            for (Path entry : entries) {
                Proc process = parse(Host.text(entry.resolve("stat")));
                if (process != null) { // else it ended while we looked
                    tree.byPid.put(process.pid(), process);
                }
            }
        } catch (IOException e) {
            return tree; // no /proc: nothing is known of any process
        }
        return tree;
    }

    /** @return null when there is no such process */
    static @Nullable Proc one(Path root, long pid) {
        return parse(Host.text(root.resolve("proc/" + pid + "/stat")));
    }

    /** This very process, seen through that root; null without /proc. */
    static @Nullable Proc self(Path root) {
        return parse(Host.text(root.resolve("proc/self/stat")));
    }

    /** @return null when the text is not a stat line */
    static @Nullable Proc parse(String stat) {
        int nameEnd = stat.lastIndexOf(')'); // the name may hold blanks and brackets itself
        int nameStart = stat.indexOf(" (");
        if (nameEnd < 0 || nameStart < 0) {
            return null;
        }
        String[] fields = stat.substring(nameEnd + 2).split(" "); // fields[0] is field 3, the state
        if (fields.length < 20) {
            return null;
        }
        return new Proc(
                Long.parseLong(stat.substring(0, nameStart)),
                Long.parseLong(fields[1]),
                Long.parseLong(fields[19]),
                Long.parseLong(fields[11]) + Long.parseLong(fields[12]),
                Long.parseLong(fields[13]) + Long.parseLong(fields[14]));
    }

    @Nullable Proc get(long pid) {
        return byPid.get(pid);
    }

    Iterable<Proc> all() {
        return byPid.values();
    }

    long residentBytes(long pid) {
        return residentBytes(root, pid);
    }

    /** Resident memory in bytes; 0 when it ended. Pages shared by several processes count in each. */
    static long residentBytes(Path root, long pid) {
        String status = Host.text(root.resolve("proc/" + pid + "/status"));
        int at = status.indexOf("VmRSS:");
        return at < 0 ? 0 : Host.kilobytes(status, at) * 1024;
    }
}
