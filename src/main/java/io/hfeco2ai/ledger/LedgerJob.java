package io.hfeco2ai.ledger;

import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/** Keeps the books up to date in the background, and rests at least as long as it worked: half a core at most. */
@Component
class LedgerJob implements SmartLifecycle {

    private static final Logger LOG = LoggerFactory.getLogger(LedgerJob.class);
    private static final long SHORTEST_REST_NS = 1_000_000_000L;

    private final LedgerWork work;
    private volatile Thread thread = new Thread();
    private volatile boolean running;
    /** Ends a rest early. */
    private final Semaphore awake = new Semaphore(0);

    /** Of the last round. */
    private volatile @Nullable Throwable failure;

    LedgerJob(LedgerWork work) {
        this.work = work;
    }

    @Override
    public void start() {
        running = true;
        thread = new Thread(this::loop, "ledger");
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void stop() {
        running = false;
        // Not interrupted: that would close the database's file under its hands.
        awake.release();
        try {
            thread.join(10_000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    /** What keeps the books from being kept; null: nothing. */
    @Nullable String problem() {
        Throwable last = failure;
        if (last != null) {
            return String.valueOf(last.getMessage());
        }
        return thread.isAlive() ? null : "the job does not run";
    }

    private void loop() {
        while (running) {
            long started = System.nanoTime();
            try {
                work.round();
                failure = null;
            } catch (RuntimeException | Error e) { // Without this thread nothing is booked any more.
                failure = e;
                LOG.error("The books could not be brought up to date; it is tried again", e);
            }
            rest(Math.max(SHORTEST_REST_NS, System.nanoTime() - started));
        }
    }

    private void rest(long nanos) {
        try {
            awake.tryAcquire(nanos, TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            running = false;
        }
    }
}
