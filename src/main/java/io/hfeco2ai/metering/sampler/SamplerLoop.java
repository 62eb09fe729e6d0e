package io.hfeco2ai.metering.sampler;

import io.hfeco2ai.metering.Metering.Batch;
import io.hfeco2ai.metering.Metering.SamplerCost;
import io.hfeco2ai.metering.live.LiveView;
import io.hfeco2ai.sensor.Host;
import io.hfeco2ai.sensor.Sampler;
import io.hfeco2ai.sensor.Sensors.Finding;
import io.hfeco2ai.sensor.members.MemberSensors;
import io.hfeco2ai.sensor.members.MemberSensors.Gone;
import io.hfeco2ai.sensor.members.MemberSensors.Pass;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Measures this machine once a second. The thread that reads never waits for the database: what a fold closed goes into a
 * backlog, which a second thread records.
 */
final class SamplerLoop implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(SamplerLoop.class);
    private static final long PERIOD_NANOS = Duration.ofSeconds(1).toNanos();
    private static final int GONE_EVERY = 10;
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    /** Finds this machine's sensors; asked again after a failure or a new calibration. */
    interface Opening {
        MemberSensors open();
    }

    private final Opening opening;
    private final LiveView live;
    private final SamplerBacklog backlog;
    private final LongSupplier nanoTime;
    private final boolean synthetic;
    private final Consumer<Gone> gone;
    private final ExecutorService delivery =
            Executors.newSingleThreadExecutor(task -> daemon(task, "sampler-delivery"));
    private final AtomicBoolean deliveryAsked = new AtomicBoolean();
    private final Thread thread = daemon(this::run, "sampler");
    private final AtomicLong ticks = new AtomicLong();
    private final long startedNanos;
    private volatile @Nullable MemberSensors sensors;
    private volatile long lastGoodNanos;
    private volatile @Nullable String lastError;
    private volatile boolean stopped;
    private volatile long readingCpuNanos;
    private volatile long deliveryCpuNanos;

    /** @param gone is told of members whose processes are gone, on the thread that also records, until they are untracked */
    SamplerLoop(
            Opening opening,
            LiveView live,
            SamplerBacklog backlog,
            boolean synthetic,
            LongSupplier nanoTime,
            Consumer<Gone> gone) {
        this.opening = opening;
        this.live = live;
        this.backlog = backlog;
        this.synthetic = synthetic;
        this.gone = gone;
        this.nanoTime = nanoTime;
        this.startedNanos = nanoTime.getAsLong();
        this.lastGoodNanos = startedNanos;
    }

    /** How it goes, for health and metrics. */
    record State(
            boolean alive,
            double secondsSinceTick,
            int backlog,
            long dropped,
            @Nullable String error) {}

    private static Thread daemon(Runnable task, String name) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        return thread;
    }

    /** Opens the sensors at once, so that the node is known when this returns; a failure is tried again later. */
    void start() {
        step();
        thread.start();
    }

    private void run() {
        long next = nanoTime.getAsLong() + PERIOD_NANOS;
        while (!stopped) {
            long wait = next - nanoTime.getAsLong();
            if (wait > 0) {
                LockSupport.parkNanos(wait);
                continue;
            }
            step();
            // After a suspend or a long pause there is nothing to catch up with.
            next = Math.max(next + PERIOD_NANOS, nanoTime.getAsLong());
            readingCpuNanos = THREADS.getCurrentThreadCpuTime();
        }
    }

    /** One reading. Whatever goes wrong is told by health and tried again at the next. */
    void step() {
        try {
            tick();
            lastGoodNanos = nanoTime.getAsLong();
            lastError = null;
            ticks.incrementAndGet();
        } catch (RuntimeException | LinkageError e) {
            if (lastError == null) {
                LOG.error("The sampler could not read this machine's sensors, and tries again each second", e);
            }
            lastError = String.valueOf(e.getMessage());
        }
        if (backlog.size() > 0 && deliveryAsked.compareAndSet(false, true)) {
            delivery.execute(this::deliver);
        }
    }

    private synchronized void tick() {
        take(sensors().tick());
    }

    private void deliver() {
        deliveryAsked.set(false);
        backlog.deliver();
        deliveryCpuNanos = THREADS.getCurrentThreadCpuTime();
    }

    private MemberSensors sensors() {
        MemberSensors open = sensors;
        if (open == null) {
            open = opening.open();
            sensors = open;
        }
        return open;
    }

    private void take(Pass pass) {
        Host host = sensors().host();
        live.show(host.nodeId(), pass.at(), PassReports.powers(pass));
        tell(pass.gone());
        if (!pass.intervals().isEmpty() || !pass.shares().isEmpty()) {
            backlog.add(new Batch(
                    host.nodeId(),
                    host.bootId(),
                    host.name(),
                    "sampler",
                    synthetic,
                    PassReports.intervals(pass),
                    PassReports.usage(pass)));
        }
    }

    /** Asked once in a while only: whoever is told needs the database, and may not have it at once. */
    private void tell(List<Gone> members) {
        if (!members.isEmpty() && ticks.get() % GONE_EVERY == 0) {
            later(() -> members.forEach(gone));
        }
    }

    /** Ends all open intervals now and records them before it returns, if the database takes them. */
    void flush() {
        if (!stopped && sensors != null) {
            cut();
            backlog.deliver();
        }
    }

    private synchronized void cut() {
        take(sensors().cut());
    }

    /** Runs later, in order, on the thread that also records: for what needs the database. */
    void later(Runnable task) {
        if (!stopped) {
            delivery.execute(() -> {
                try {
                    task.run();
                } catch (RuntimeException e) {
                    LOG.warn("The sampler could not follow a change of a run's members", e);
                }
            });
        }
    }

    /**
     * Cuts, so that the member's shares begin now.
     *
     * @param lastSeen when its process was seen before; null: never
     * @return whether its process is there
     */
    synchronized boolean track(String memberId, long pid, @Nullable Instant lastSeen) {
        cut();
        return sensors().track(memberId, pid, lastSeen);
    }

    /** Cuts, so that the member's last share is not lost; what it was is in the backlog then. */
    synchronized void untrack(String memberId) {
        if (sensors().tracks(memberId)) {
            cut();
            sensors().untrack(memberId);
        }
    }

    /** Ends everything and discovers the sensors again. */
    synchronized void reopen() {
        MemberSensors old = sensors;
        if (old != null) {
            cut();
            old.close();
            MemberSensors fresh = opening.open();
            old.handOver(fresh);
            sensors = fresh;
        }
    }

    /** Whether it measures that node and boot. */
    boolean measures(String nodeId, String bootId) {
        MemberSensors open = sensors;
        return open != null
                && !stopped
                && open.host().nodeId().equals(nodeId)
                && open.host().bootId().equals(bootId);
    }

    @Nullable Host host() {
        MemberSensors open = sensors;
        return open == null ? null : open.host();
    }

    /** Empty while no sensors are open. */
    List<Finding> findings() {
        MemberSensors open = sensors;
        return open == null ? List.of() : open.findings();
    }

    Sampler.Counts counts() {
        MemberSensors open = sensors;
        return open == null ? new Sampler.Counts(0, 0, 0, 0, 0, 0) : open.counts();
    }

    State state() {
        return new State(
                thread.isAlive(),
                (nanoTime.getAsLong() - lastGoodNanos) / 1e9,
                backlog.size(),
                backlog.dropped(),
                lastError == null ? backlog.lastError() : lastError);
    }

    double cpuSeconds() {
        return (readingCpuNanos + deliveryCpuNanos) / 1e9;
    }

    SamplerCost cost() {
        double seconds = (nanoTime.getAsLong() - startedNanos) / 1e9;
        return new SamplerCost(seconds > 0 ? cpuSeconds() / seconds : 0, ticks.get());
    }

    /** Stops reading, and records the last piece. */
    @Override
    public void close() {
        if (stopped) {
            return;
        }
        stopped = true;
        LockSupport.unpark(thread);
        try {
            thread.join(TimeUnit.SECONDS.toMillis(5));
            delivery.shutdown();
            if (!delivery.awaitTermination(5, TimeUnit.SECONDS)) {
                LOG.warn("The last measured intervals may be lost: the database does not answer");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        finish();
    }

    private synchronized void finish() {
        MemberSensors open = sensors;
        if (open != null) {
            cut();
            backlog.deliver();
            open.close();
            sensors = null;
        }
    }
}
