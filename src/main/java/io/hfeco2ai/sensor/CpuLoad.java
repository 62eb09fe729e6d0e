package io.hfeco2ai.sensor;

import io.hfeco2ai.sensor.oshi.OshiMachine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * How busy the CPUs this process may use were since the last look: the control group's CPU time in a container with a
 * limit, else /proc/stat, else (no /proc) what OSHI says.
 */
final class CpuLoad implements AutoCloseable {

    /** USER_HZ, the unit of /proc/stat and /proc/[pid]/stat, is 100 per second on every Linux architecture in use. */
    static final double TICKS_PER_SECOND = 100;

    private final @Nullable PolledFile stat;
    private final @Nullable PolledFile group;
    private final boolean groupV2;
    private final double cpus;
    private final LongSupplier nanoTime;
    /** Another system than Linux; never a recorded tree. */
    private final boolean withoutProc;

    private @Nullable OshiMachine machine;
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
        this.withoutProc = root.getParent() == null && !Files.isDirectory(root.resolve("proc"));
        this.stat = usage == null && Files.isReadable(file) ? new PolledFile(file, 256) : null;
    }

    /** @return 0 to 1, since the last call; at the first call since boot */
    double sinceLast() throws IOException {
        if (group != null) {
            last = groupLoad(groupSeconds(group, groupV2), nanoTime.getAsLong());
        } else if (stat != null) {
            last = statLoad(Ticks.of(stat));
        } else {
            last = loadWithoutProc();
        }
        return last;
    }

    /** Busy CPU time so far in s, from an arbitrary start; moves with {@link #sinceLast}. */
    double busySeconds() {
        return busySeconds;
    }

    /** CPU time so far as each file tells it, at an instant: a load is the difference of two. */
    record Seen(@Nullable Ticks ticks, double groupSeconds, long nanos) {

        /** @return parts of it are null or NaN where the system does not tell them */
        static Seen now(Path root, LongSupplier nanoTime) {
            long nanos = nanoTime.getAsLong();
            Ticks ticks = null;
            try (PolledFile stat = new PolledFile(root.resolve("proc/stat"), 256)) {
                ticks = Ticks.of(stat);
            } catch (IOException e) {
                // no /proc
            }
            return new Seen(ticks, groupSeconds(root), nanos);
        }

        private static double groupSeconds(Path root) {
            Path usage = Cgroup.of(root).cpuUsage();
            if (usage == null) {
                return Double.NaN;
            }
            try (PolledFile file = new PolledFile(usage, 512)) {
                return CpuLoad.groupSeconds(file, usage.endsWith("cpu.stat"));
            } catch (IOException e) {
                return Double.NaN;
            }
        }
    }

    /** The sums of the first line of /proc/stat. */
    private record Ticks(long busy, long total) {

        static Ticks of(PolledFile file) throws IOException {
            file.read();
            long total = 0;
            long idle = 0;
            int at = 4; // after "cpu "
            for (int field = 0;
                    field < 8;
                    field++) { // user nice system idle iowait irq softirq steal; guest is in user
                while (file.byteAt(at) == ' ') {
                    at++;
                }
                long ticks = file.longAt(at);
                while (file.byteAt(at) >= '0') {
                    at++;
                }
                if (field == 3 || field == 4 || field == 7) { // stolen time ran somebody else's work
                    idle += ticks;
                }
                total += ticks;
            }
            return new Ticks(total - idle, total);
        }
    }

    /** As {@link #sinceLast}, at the instant of that glance; a part it does not tell moves nothing. */
    double since(Seen seen) {
        if (group != null && !Double.isNaN(seen.groupSeconds)) {
            last = groupLoad(seen.groupSeconds, seen.nanos);
        } else if (group == null && seen.ticks != null) {
            last = statLoad(seen.ticks);
        }
        return last;
    }

    private double statLoad(Ticks now) {
        long step = now.total - lastTotalTicks;
        double load = step <= 0 ? last : Math.max(0, now.busy - lastBusyTicks) / (double) step;
        busySeconds = now.busy / TICKS_PER_SECOND;
        lastBusyTicks = now.busy;
        lastTotalTicks = now.total;
        return load;
    }

    /** Version 2 starts with "usage_usec 123", version 1 is nanoseconds. */
    private static double groupSeconds(PolledFile file, boolean v2) throws IOException {
        file.read();
        return v2 ? file.longAt("usage_usec".length()) / 1e6 : file.longAt(0) / 1e9;
    }

    private double groupLoad(double seconds, long now) {
        double load = now <= lastNanos ? last : (seconds - lastGroupSeconds) * 1e9 / (now - lastNanos) / cpus;
        busySeconds = seconds;
        lastGroupSeconds = seconds;
        lastNanos = now;
        return Math.min(1, Math.max(0, load));
    }

    private double loadWithoutProc() throws IOException {
        if (!withoutProc) {
            throw new IOException("/proc/stat cannot be read");
        }
        OshiMachine known = machine;
        if (known == null) {
            known = new OshiMachine();
            machine = known;
        }
        return known.loadSinceLast();
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
