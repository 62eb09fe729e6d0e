package io.hfeco2ai.sensor;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the control groups of a process allow it, in version 1 and 2. A limit of any ancestor holds for all below it.
 *
 * @param cpus {@code POSITIVE_INFINITY} without a limit
 * @param memoryBytes {@code Long.MAX_VALUE} without a limit
 * @param cpuUsage the file that counts the CPU time the group used; null when there is none
 */
record Cgroup(double cpus, long memoryBytes, @Nullable Path cpuUsage) {

    static Cgroup of(Path root) {
        Path mount = root.resolve("sys/fs/cgroup");
        List<String> memberships =
                Host.text(root.resolve("proc/self/cgroup")).lines().toList();
        double cpus = Double.POSITIVE_INFINITY;
        long memory = Long.MAX_VALUE;
        Path usage = null;
        for (String membership : memberships) {
            String[] parts = membership.split(":", 3);
            if (parts.length < 3) {
                continue;
            }
            boolean v2 = parts[1].isEmpty();
            for (Path group : groups(v2 ? mount : mount.resolve(parts[1]), parts[2])) {
                cpus = Math.min(cpus, Math.min(v2 ? quotaV2(group) : quotaV1(group), cpuSet(group)));
                memory = Math.min(memory, bytes(group.resolve(v2 ? "memory.max" : "memory.limit_in_bytes")));
                Path counter = group.resolve(v2 ? "cpu.stat" : "cpuacct.usage");
                if (usage == null && Files.isReadable(counter)) {
                    usage = counter;
                }
            }
        }
        return new Cgroup(cpus, memory, usage);
    }

    /** The group and its ancestors, innermost first. Inside a container the path is the host's: then its mount is the group. */
    private static List<Path> groups(Path mount, String path) {
        List<Path> groups = new ArrayList<>();
        Path group = mount.resolve(path.substring(Math.min(1, path.length()))).normalize();
        if (!group.startsWith(mount) || !Files.isDirectory(group)) {
            group = mount;
        }
        for (Path at = group; at != null && at.startsWith(mount); at = at.getParent()) {
            groups.add(at);
        }
        return groups;
    }

    private static double quotaV2(Path group) {
        String[] max = Host.text(group.resolve("cpu.max")).split(" ");
        return max.length == 2 && !max[0].equals("max")
                ? Double.parseDouble(max[0]) / Double.parseDouble(max[1])
                : Double.POSITIVE_INFINITY;
    }

    private static double quotaV1(Path group) {
        String quota = Host.text(group.resolve("cpu.cfs_quota_us"));
        String period = Host.text(group.resolve("cpu.cfs_period_us"));
        return quota.isEmpty() || quota.startsWith("-") || period.isEmpty()
                ? Double.POSITIVE_INFINITY
                : Double.parseDouble(quota) / Double.parseDouble(period);
    }

    private static double cpuSet(Path group) {
        String set = Host.text(group.resolve("cpuset.cpus.effective"));
        if (set.isEmpty()) {
            set = Host.text(group.resolve("cpuset.effective_cpus"));
        }
        if (set.isEmpty()) {
            return Double.POSITIVE_INFINITY;
        }
        int count = 0;
        for (String range : set.split(",")) {
            int dash = range.indexOf('-');
            count += dash < 0
                    ? 1
                    : Integer.parseInt(range.substring(dash + 1)) - Integer.parseInt(range.substring(0, dash)) + 1;
        }
        return count;
    }

    private static long bytes(Path file) {
        String limit = Host.text(file);
        return limit.isEmpty() || limit.equals("max") ? Long.MAX_VALUE : Long.parseLong(limit);
    }
}
