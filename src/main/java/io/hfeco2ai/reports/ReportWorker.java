package io.hfeco2ai.reports;

import io.hfeco2ai.platform.BadInput;
import java.time.Clock;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;
import org.springframework.transaction.event.TransactionalEventListener;

/** Makes one report after the other. What a stopped or killed server left unfinished is begun again. */
@Component
class ReportWorker implements SmartLifecycle {

    /** Somebody asked for a report. */
    record Asked(String reportId) {}

    private static final Logger LOG = LoggerFactory.getLogger(ReportWorker.class);
    private static final long LOOK_EVERY_S = 20;
    private static final long DEAD_AFTER_MS = 300_000;
    private static final int LONGEST_OUTCOME = 1000;

    private final ReportStore store;
    private final Making making;
    private final Clock clock;
    private final Semaphore asked = new Semaphore(0);
    private volatile Thread thread = new Thread();
    private volatile boolean running;

    ReportWorker(ReportStore store, Making making, Clock clock) {
        this.store = store;
        this.making = making;
        this.clock = clock;
    }

    @TransactionalEventListener
    void on(Asked report) {
        asked.release();
    }

    @Override
    public void start() {
        running = true;
        thread = new Thread(this::loop, "reports");
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void stop() {
        running = false;
        // Not interrupted: that would close the database's file under its hands.
        asked.release();
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
                while (running
                        && store.take(clock.millis() - DEAD_AFTER_MS)
                                .map(this::make)
                                .orElse(false)) {
                    // Until nobody waits.
                }
                if (asked.tryAcquire(LOOK_EVERY_S, TimeUnit.SECONDS)) {
                    asked.drainPermits();
                }
            } catch (InterruptedException e) {
                running = false;
            } catch (RuntimeException e) {
                LOG.error("Reports could not be looked for; it is tried again", e);
                pause();
            }
        }
    }

    private void pause() {
        try {
            Thread.sleep(1_000);
        } catch (InterruptedException e) {
            running = false;
        }
    }

    private boolean make(String id) {
        try {
            making.make(id, donePpm -> {
                if (!store.touch(id, donePpm) || !running) {
                    throw new Progress.Cancelled();
                }
            });
        } catch (Progress.Cancelled e) {
            store.again(id);
        } catch (BadInput e) {
            store.failed(id, e.detail());
        } catch (RuntimeException e) {
            LOG.error("Report {} could not be made", id, e);
            String text = "It could not be made: " + e.getClass().getSimpleName()
                    + ". The server's log says more; ask for it again.";
            store.failed(id, text.substring(0, Math.min(text.length(), LONGEST_OUTCOME)));
        }
        return true;
    }
}
