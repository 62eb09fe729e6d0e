package io.hfeco2ai.sensor;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Reads sensors and folds readings into intervals. Energy is taken over monotonic time; the wall clock only stamps.
 *
 * <p>Counters: the difference of two readings. Powers: the trapezoid between two readings that are at most one fold apart.
 * A reset counter, an implausible or negative reading never becomes energy: the device's open interval is closed at its last
 * good reading, the piece up to now is left out. A missed reading of a counter loses nothing when the counter comes back
 * within a minute; a missed power lowers {@code observedMillis}.
 *
 * <p>Wall and monotonic time that drift apart by more than half a second between two readings are a clock event: all open
 * intervals are closed before it, and new ones start after it. The wall running ahead by 30 s or more counts as a suspend
 * (the monotonic clock stands still then), anything else as a clock jump. The intervals of one device never overlap in wall
 * time, with one exception: after the wall clock was set back, the new intervals start at the new wall time and so may cover
 * times that were already stamped; {@code seq} tells which came later.
 */
public final class Sampler {

    static final long DRIFT_NANOS = 500_000_000L;
    static final long SUSPEND_NANOS = 30_000_000_000L;

    private final List<Sensor> sensors;
    private final Clock wall;
    private final LongSupplier nanoTime;
    private final long foldNanos;
    private final List<DeviceTrack> tracks = new ArrayList<>();
    private final Tally tally = new Tally();
    private final Router router = new Router();

    private boolean started;
    private long nanos;
    private long wallMs;
    private long foldStartNanos;

    /**
     * What can be read in about a millisecond before any sensor is there: counters in files, CPU time, and what a command that
     * this very process has just started or waited for has used.
     */
    public static final class Glance {

        private final long wallMs;
        private final CpuLoad.Seen cpu;
        private final Map<String, Long> counters;
        private final ProcTree.@Nullable Proc self;
        private final long residentBytes;

        private Glance(Path root, Clock wall, long pid) {
            this.wallMs = wall.millis();
            this.counters = Powercap.counters(root);
            this.cpu = CpuLoad.Seen.now(root, System::nanoTime);
            this.self = ProcTree.self(root);
            this.residentBytes = ProcTree.residentBytes(root, pid);
        }

        /** @param pid the command whose start or end this is */
        public static Glance now(Path root, Clock wall, long pid) {
            return new Glance(root, wall, pid);
        }

        long wallMs() {
            return wallMs;
        }

        long nanos() {
            return cpu.nanos();
        }

        CpuLoad.Seen cpu() {
            return cpu;
        }

        @Nullable Long counter(String domain) {
            return counters.get(domain);
        }

        ProcTree.@Nullable Proc self() {
            return self;
        }

        /** Of the command; 0 when it had ended. */
        long residentBytes() {
            return residentBytes;
        }
    }

    /** What one pass saw. {@code closed} holds the intervals that ended with it, in device order. */
    public record Tick(Instant at, List<DevicePower> powers, List<MeasuredInterval> closed) {}

    /** @param watts mean power since the last reading, or the momentary one; {@code NaN} is a gap or not yet known */
    public record DevicePower(Device device, double watts) {}

    /** Events since the start, none of which became energy. {@code missedReadings}: a device could not be read. */
    public record Counts(
            long counterResets, long implausible, long clockJumps, long suspends, long missedReadings, long negative) {}

    /** @param fold length of an interval, above 0; ten seconds in normal use */
    public Sampler(List<Sensor> sensors, Clock wall, LongSupplier nanoTime, Duration fold) {
        if (fold.isNegative() || fold.isZero()) {
            throw new IllegalArgumentException("fold must be longer than 0, was " + fold);
        }
        this.sensors = List.copyOf(sensors);
        this.wall = wall;
        this.nanoTime = nanoTime;
        this.foldNanos = fold.toNanos();
        for (Sensor sensor : this.sensors) {
            for (Device device : sensor.devices()) {
                tracks.add(new DeviceTrack(device, foldNanos, tally));
            }
        }
        router.index();
    }

    /** Reads every sensor once; closes the intervals when a fold is full. */
    public synchronized Tick tick() {
        return pass(false, null);
    }

    /** Reads every sensor once and closes every interval at this instant; the next ones start here. */
    public synchronized Tick cut() {
        return pass(true, null);
    }

    /** Takes a glance for the readings of a pass, before the first real one. @param close as {@link #cut} does */
    public synchronized Tick recall(Glance glance, boolean close) {
        return pass(close, glance);
    }

    public synchronized Counts counts() {
        return tally.snapshot();
    }

    private Tick pass(boolean closeAll, @Nullable Glance glance) {
        List<MeasuredInterval> closed = new ArrayList<>(closeAll ? tracks.size() : 0);
        if (glance == null) {
            readClocks(closed);
        } else {
            setClocks(glance.nanos(), glance.wallMs(), closed);
        }
        for (DeviceTrack track : tracks) {
            track.begin(nanos, wallMs, closed);
        }
        for (Sensor sensor : sensors) {
            if (glance == null) {
                sensor.read(router);
            } else {
                sensor.recall(glance, router);
            }
        }
        // A tick that comes a little early still fills the fold: schedulers jitter.
        boolean full = closeAll || nanos - foldStartNanos >= foldNanos - foldNanos / 100;
        List<DevicePower> powers = new ArrayList<>(tracks.size());
        for (DeviceTrack track : tracks) {
            powers.add(track.end());
            if (full) {
                track.close();
            }
        }
        if (full) {
            foldStartNanos = nanos;
        }
        return new Tick(Instant.ofEpochMilli(wallMs), powers, closed);
    }

    private void readClocks(List<MeasuredInterval> closed) {
        long before = nanoTime.getAsLong();
        long nowMs = wall.millis();
        long now = nanoTime.getAsLong();
        if (now - before > DRIFT_NANOS / 5) { // the thread was held up between the two clocks: ask once more
            nowMs = wall.millis();
            now = nanoTime.getAsLong();
        }
        setClocks(now, nowMs, closed);
    }

    private void setClocks(long now, long nowMs, List<MeasuredInterval> closed) {
        if (!started) {
            started = true;
            foldStartNanos = now;
        } else {
            long drift = (nowMs - wallMs) * 1_000_000L - (now - nanos);
            if (Math.abs(drift) > DRIFT_NANOS || nowMs < wallMs) {
                tally.clockEvent(drift >= SUSPEND_NANOS);
                tracks.forEach(track -> track.interrupt(closed));
                foldStartNanos = now;
            }
        }
        nanos = now;
        wallMs = nowMs;
    }

    /** Finds the track of a device; sensors hand back the very object they listed. */
    private final class Router implements ReadingSink {
        private final IdentityHashMap<Device, DeviceTrack> byDevice = new IdentityHashMap<>();

        void index() {
            for (DeviceTrack track : tracks) {
                byDevice.put(track.device(), track);
            }
        }

        @Override
        public void counter(Device device, long microjoules) {
            track(device).counter(microjoules);
        }

        @Override
        public void power(Device device, double watts) {
            track(device).power(watts);
        }

        @Override
        public void gap(Device device, String reason) {
            // What was not read is noticed at the end of the pass.
        }

        private DeviceTrack track(Device device) {
            DeviceTrack track = byDevice.get(device);
            if (track == null) {
                throw new IllegalStateException(
                        "sensor " + device.source() + " read a device it does not list: " + device.key());
            }
            return track;
        }
    }

    /** The running counts. */
    static final class Tally {
        long counterResets;
        long implausible;
        long clockJumps;
        long suspends;
        long missedReadings;
        long negative;

        void clockEvent(boolean suspend) {
            if (suspend) {
                suspends++;
            } else {
                clockJumps++;
            }
        }

        Counts snapshot() {
            return new Counts(counterResets, implausible, clockJumps, suspends, missedReadings, negative);
        }
    }
}
