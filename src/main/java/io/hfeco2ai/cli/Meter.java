package io.hfeco2ai.cli;

import io.hfeco2ai.cli.Account.Piece;
import io.hfeco2ai.sensor.Calibration;
import io.hfeco2ai.sensor.ProcessShares;
import io.hfeco2ai.sensor.Sampler;
import io.hfeco2ai.sensor.Sampler.Glance;
import io.hfeco2ai.sensor.Sensors;
import io.hfeco2ai.sensor.Sensors.Selection;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
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
     * Reading every process costs more than all sensors together: in the first interval it is done after a twentieth of the
     * time that the command has run, so that a short one is divided well, then at the end of each interval. What a command
     * used after the last look is not lost: whoever waits for it is told.
     */
    private static final int SHARES_EVERY = 20;

    private static final int SETTLED = 15;
    private static final long LOADING_LIMIT_MS = 5000;

    private final Path root;
    private final Clock clock;
    private final long pid;
    private final CountDownLatch commandEnded = new CountDownLatch(1);
    private final Account account = new Account();
    private @Nullable Reporter reporter;
    private @Nullable Thread thread;
    private final Glance begin;
    private volatile @Nullable Glance end;
    private volatile @Nullable Selection selection;
    private volatile @Nullable String failure;

    /** Make it right after the command was started: it takes a first glance at what no sensor is needed for. */
    Meter(Path root, Clock clock, long pid) {
        this.root = root;
        this.clock = clock;
        this.pid = pid;
        this.begin = Glance.now(root, clock, pid);
    }

    /**
     * Loads, beside the start of the command and without making it wait, what the first glance needs: else that would come
     * fifteen milliseconds after the command.
     */
    static void prepare(Path root, Clock clock) {
        Thread preparing =
                new Thread(() -> Glance.now(root, clock, ProcessHandle.current().pid()), "prepare");
        preparing.setDaemon(true);
        preparing.start();
    }

    /** @param told hears what was selected and every group of intervals; null without a server */
    void start(@Nullable Calibration calibration, @Nullable Reporter told) {
        reporter = told;
        thread = new Thread(() -> measureOrSayWhyNot(calibration), "meter");
        thread.setDaemon(true);
        thread.start();
    }

    /** Takes the last reading and ends. */
    void finish() {
        end = Glance.now(root, clock, pid);
        commandEnded.countDown();
        Thread measuring = Objects.requireNonNull(thread, "started");
        try {
            measuring.join(LOADING_LIMIT_MS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (measuring.isAlive()) {
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
        account.expect(found.devices());
        Sampler sampler = new Sampler(found.sensors(), clock, System::nanoTime, FOLD);
        ProcessShares shares = new ProcessShares(root, found, clock);
        shares.trackStarted(pid, begin);
        account.add(sampler.recall(begin, false), List.of());
        Glance ended = end;
        if (ended != null) { // it was over before the sensors were there
            report(account.add(sampler.recall(ended, true), shares.cut(ended)));
            return;
        }
        account.add(sampler.tick(), shares.cut());
        measure(sampler, shares);
    }

    private void measure(Sampler sampler, ProcessShares shares) throws InterruptedException {
        long start = System.nanoTime();
        long due = start;
        long sharesAt = start;
        for (int count = 0; ; count++) {
            due += TimeUnit.MILLISECONDS.toNanos(count < FIRST_PAUSES_MS.length ? FIRST_PAUSES_MS[count] : PAUSE_MS);
            boolean ended = commandEnded.await(due - System.nanoTime(), TimeUnit.NANOSECONDS);
            Sampler.Tick tick = ended ? sampler.cut() : sampler.tick();
            long now = System.nanoTime();
            boolean early = now - start < FOLD.toNanos() && (now - sharesAt) * SHARES_EVERY >= now - start;
            boolean askShares = early || !tick.closed().isEmpty();
            sharesAt = askShares ? now : sharesAt;
            List<Piece> pieces = account.add(tick, askShares ? shares.cut() : List.of());
            report(pieces);
            if (ended) {
                return;
            }
            if (count == SETTLED) {
                shrink();
            }
            due = Math.max(due, now - TimeUnit.MILLISECONDS.toNanos(PAUSE_MS));
        }
    }

    private void report(List<Piece> pieces) {
        if (reporter != null && !pieces.isEmpty()) {
            reporter.measured(pieces);
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
