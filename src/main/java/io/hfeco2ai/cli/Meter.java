package io.hfeco2ai.cli;

import io.hfeco2ai.cli.Account.Piece;
import io.hfeco2ai.sensor.Calibration;
import io.hfeco2ai.sensor.ProcessShares;
import io.hfeco2ai.sensor.Sampler;
import io.hfeco2ai.sensor.Sensors;
import io.hfeco2ai.sensor.Sensors.Selection;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Measures this machine and one process tree, in a thread of its own, until told to finish. Nothing that goes wrong in it
 * reaches the command.
 */
final class Meter {

    private static final Duration FOLD = Duration.ofSeconds(10);
    /** The first readings come closer together, so that a command of half a second can be told from the rest. */
    private static final long[] FIRST_PAUSES_MS = {100, 150, 250, 500};

    private static final long PAUSE_MS = 1000;
    /**
     * Reading every process costs more than all sensors together: it is done after a twentieth of the time that the command
     * has run, so what a last piece without reading can be wrong by stays small, and at the end of each interval.
     */
    private static final int SHARES_EVERY = 20;

    private static final int SETTLED = 15;
    private static final long LOADING_LIMIT_MS = 5000;

    private final Path root;
    private final Clock clock;
    private final long pid;
    private final @Nullable Reporter reporter;
    private final CountDownLatch commandEnded = new CountDownLatch(1);
    private final Account account = new Account();
    private final Thread thread;
    private volatile @Nullable Selection selection;
    private volatile @Nullable String failure;

    /** @param reporter told what was selected and every group of intervals; null without a server */
    Meter(Path root, Clock clock, long pid, @Nullable Calibration calibration, @Nullable Reporter reporter) {
        this.root = root;
        this.clock = clock;
        this.pid = pid;
        this.reporter = reporter;
        this.thread = new Thread(() -> measureOrSayWhyNot(calibration), "meter");
        this.thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    /** Takes the last reading and ends. */
    void finish() {
        commandEnded.countDown();
        try {
            thread.join(LOADING_LIMIT_MS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (thread.isAlive()) {
            failure = "a sensor did not answer within " + LOADING_LIMIT_MS / 1000 + " s";
        }
    }

    /** Read after {@link #finish()}. */
    Account account() {
        return account;
    }

    @Nullable Selection selection() {
        return selection;
    }

    /** Why there are no figures; null when all went well. */
    @Nullable String failure() {
        return failure;
    }

    private void measureOrSayWhyNot(@Nullable Calibration calibration) {
        try {
            Selection found = Sensors.discover(root, calibration);
            selection = found;
            if (reporter != null) {
                reporter.selected(found);
            }
            measure(found);
        } catch (RuntimeException | LinkageError e) {
            failure = "the sensors failed: " + e;
        } catch (InterruptedException e) {
            failure = "the measurement was interrupted";
        } finally {
            close();
        }
    }

    private void measure(Selection found) throws InterruptedException {
        if (commandEnded.getCount() == 0) {
            failure = "the command ended before the first reading";
            return;
        }
        Sampler sampler = new Sampler(found.sensors(), clock, System::nanoTime, FOLD);
        ProcessShares shares = new ProcessShares(root, found, clock);
        shares.track(pid);
        account.add(sampler.tick(), shares.cut());
        long start = System.nanoTime();
        long due = start;
        long sharesAt = start;
        for (int count = 0; ; count++) {
            due += TimeUnit.MILLISECONDS.toNanos(count < FIRST_PAUSES_MS.length ? FIRST_PAUSES_MS[count] : PAUSE_MS);
            boolean ended = commandEnded.await(due - System.nanoTime(), TimeUnit.NANOSECONDS);
            Sampler.Tick tick = ended ? sampler.cut() : sampler.tick();
            long now = System.nanoTime();
            boolean askShares = !tick.closed().isEmpty() || (now - sharesAt) * SHARES_EVERY >= now - start;
            sharesAt = askShares ? now : sharesAt;
            List<Piece> pieces = account.add(tick, askShares ? shares.cut() : List.of());
            if (reporter != null && !pieces.isEmpty()) {
                reporter.measured(pieces);
            }
            if (ended) {
                return;
            }
            if (count == SETTLED) {
                shrink();
            }
            due = Math.max(due, now - TimeUnit.MILLISECONDS.toNanos(PAUSE_MS));
        }
    }

    /**
     * The JVM takes a 64th of the machine's memory as its heap and would fill it with garbage before it collects any. One
     * collection after the start makes the heap as small as what is in it, and it stays small.
     */
    private static void shrink() {
        System.gc();
    }

    private void close() {
        Selection found = selection;
        if (found != null) {
            found.sensors().forEach(sensor -> sensor.close());
        }
    }
}
