package io.hfeco2ai.ledger;

import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;
import org.springframework.transaction.event.TransactionalEventListener;

/** Sums what projects spent as soon as it is booked; looks by itself too, for what was left by a crash. */
@Component
class SpendJob implements SmartLifecycle {

    private static final Logger LOG = LoggerFactory.getLogger(SpendJob.class);
    private static final long LOOK_EVERY_S = 10;

    private final SpendRollup rollup;
    private final Semaphore marked = new Semaphore(1);
    private volatile Thread thread = new Thread();
    private volatile boolean running;

    SpendJob(SpendRollup rollup) {
        this.rollup = rollup;
    }

    @TransactionalEventListener
    void on(SpendMarked event) {
        marked.release();
    }

    @Override
    public void start() {
        running = true;
        thread = new Thread(this::loop, "spend");
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void stop() {
        running = false;
        // Not interrupted: that would close the database's file under its hands.
        marked.release();
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

    private void loop() {
        while (running) {
            try {
                if (marked.tryAcquire(LOOK_EVERY_S, TimeUnit.SECONDS)) {
                    marked.drainPermits();
                }
                rollup.drain();
            } catch (InterruptedException e) {
                running = false;
            } catch (RuntimeException e) {
                LOG.error("What projects spent could not be summed; it is tried again", e);
            }
        }
    }
}
