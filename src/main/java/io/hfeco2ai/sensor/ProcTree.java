package io.hfeco2ai.sensor;

import java.io.File;
import java.io.FileInputStream;
import java.io.IOException;
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

    /** The name has 64 bytes at most, the 51 numbers 20 digits. */
    private static final int LONGEST_STAT = 1200;

    private static final int LAST_FIELD = 22;

    private final Path root;
    private final Map<Long, Proc> byPid = new HashMap<>();

    private ProcTree(Path root) {
        this.root = root;
    }

    static ProcTree read(Path root) {
        ProcTree tree = new ProcTree(root);
        File proc = root.resolve("proc").toFile();
        String[] names = proc.list();
        byte[] buffer = new byte[LONGEST_STAT];
        for (String name : names == null ? new String[0] : names) { // without /proc nothing is known of any process
            if (name.charAt(0) >= '1' && name.charAt(0) <= '9') {
                Proc process = read(new File(proc, name + "/stat"), buffer);
                if (process != null) { // else it ended while we looked
                    tree.byPid.put(process.pid(), process);
                }
            }
        }
        return tree;
    }

    /** @return null when there is no such process */
    static @Nullable Proc one(Path root, long pid) {
        return read(root.resolve("proc/" + pid + "/stat").toFile(), new byte[LONGEST_STAT]);
    }

    /** This very process, seen through that root; null without /proc. */
    static @Nullable Proc self(Path root) {
        return read(root.resolve("proc/self/stat").toFile(), new byte[LONGEST_STAT]);
    }

    private static @Nullable Proc read(File stat, byte[] buffer) {
        try (FileInputStream in = new FileInputStream(stat)) {
            int length = in.read(buffer);
            return length < 0 ? null : parse(buffer, length);
        } catch (IOException e) {
            return null;
        }
    }

    /** @return null when the text is not a stat line */
    private static @Nullable Proc parse(byte[] stat, int length) {
        int at = length - 1;
        while (at >= 0 && stat[at] != ')') { // the name may hold blanks and brackets itself
            at--;
        }
        if (at < 0) {
            return null;
        }
        long[] fields = new long[LAST_FIELD + 1];
        int field = 2; // the name is field 2, the state 3
        for (at++; at < length && field <= LAST_FIELD; at++) {
            if (stat[at] == ' ') {
                field++;
            } else if (stat[at] >= '0' && stat[at] <= '9' && field <= LAST_FIELD) {
                fields[field] = fields[field] * 10 + (stat[at] - '0');
            }
        }
        if (field < LAST_FIELD) {
            return null;
        }
        return new Proc(number(stat), fields[4], fields[22], fields[14] + fields[15], fields[16] + fields[17]);
    }

    /** What the line starts with. */
    private static long number(byte[] text) {
        long number = 0;
        for (int at = 0; text[at] >= '0' && text[at] <= '9'; at++) {
            number = number * 10 + (text[at] - '0');
        }
        return number;
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
