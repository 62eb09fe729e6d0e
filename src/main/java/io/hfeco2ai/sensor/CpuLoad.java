package io.hfeco2ai.sensor;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.OperatingSystemMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * How busy the CPUs this process may use were since the last look: the control group's CPU time in a container with a
 * limit, else /proc/stat, else (no /proc) what the JDK says.
 */
final class CpuLoad implements AutoCloseable {

    /** USER_HZ, the unit of /proc/stat and /proc/[pid]/stat, is 100 per second on every Linux architecture in use. */
    static final double TICKS_PER_SECOND = 100;

    private final @Nullable PolledFile stat;
    private final @Nullable PolledFile group;
    private final boolean groupV2;
    private final double cpus;
    private final LongSupplier nanoTime;
    private long lastBusyTicks;
    private long lastTotalTicks;
    private double lastGroupSeconds;
    private long lastNanos;
    private double last;
    private double busySeconds;

    CpuLoad(Path root, Host host, LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        this.cpus = host.allottedCpus();
        Path usage = host.container() && host.allottedCpus() < host.logicalCpus()
                ? Cgroup.of(root).cpuUsage()
                : null;
        this.group = usage == null ? null : new PolledFile(usage, 512);
        this.groupV2 = usage != null && usage.endsWith("cpu.stat");
        Path file = root.resolve("proc/stat");
        this.stat = usage == null && Files.isReadable(file) ? new PolledFile(file, 256) : null;
    }

    /** @return 0 to 1, since the last call; at the first call since boot */
    double sinceLast() throws IOException {
        if (group != null) {
            last = groupLoad(group);
        } else if (stat != null) {
            last = statLoad(stat);
        } else {
            last = jdkLoad();
        }
        return last;
    }

    /** Busy CPU time so far in s, from an arbitrary start; moves with {@link #sinceLast}. */
    double busySeconds() {
        return busySeconds;
    }

    private double statLoad(PolledFile file) throws IOException {
        file.read();
        long total = 0;
        long idle = 0;
        int at = 4; // after "cpu "
        for (int field = 0;
                field < 8;
                field++) { // user nice system idle iowait irq softirq steal; guest is inside user
            while (file.byteAt(at) == ' ') {
                at++;
            }
            long ticks = file.longAt(at);
            while (file.byteAt(at) >= '0') {
                at++;
            }
            if (field == 7) {
                idle += ticks; // stolen time ran somebody else's work
            } else if (field == 3 || field == 4) {
                idle += ticks;
            }
            total += ticks;
        }
        long busy = total - idle;
        long step = total - lastTotalTicks;
        double load = step <= 0 ? last : Math.max(0, busy - lastBusyTicks) / (double) step;
        busySeconds = busy / TICKS_PER_SECOND;
        lastBusyTicks = busy;
        lastTotalTicks = total;
        return load;
    }

    private double groupLoad(PolledFile file) throws IOException {
        file.read();
        // Version 2 starts with "usage_usec 123", version 1 is nanoseconds.
        double seconds = groupV2 ? file.longAt("usage_usec".length()) / 1e6 : file.longAt(0) / 1e9;
        long now = nanoTime.getAsLong();
        double load = now <= lastNanos ? last : (seconds - lastGroupSeconds) * 1e9 / (now - lastNanos) / cpus;
        busySeconds = seconds;
        lastGroupSeconds = seconds;
        lastNanos = now;
        return Math.min(1, Math.max(0, load));
    }

    private double jdkLoad() throws IOException {
        OperatingSystemMXBean system = ManagementFactory.getOperatingSystemMXBean();
        if (system instanceof com.sun.management.OperatingSystemMXBean known && known.getCpuLoad() >= 0) {
            return known.getCpuLoad();
        }
        throw new IOException("this system does not tell its CPU load");
    }

    @Override
    public void close() {
        if (stat != null) {
            stat.close();
        }
        if (group != null) {
            group.close();
        }
    }
}
