package io.hfeco2ai.metering.sampler;

import io.hfeco2ai.metering.Metering.Batch;
import io.hfeco2ai.metering.Metering.Recorded;
import io.hfeco2ai.platform.BadInput;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Measured batches on their way to the database: kept for about an hour while it refuses, then the oldest are lost. */
final class SamplerBacklog {

    private static final Logger LOG = LoggerFactory.getLogger(SamplerBacklog.class);
    /** An hour of folds of 10 s. */
    static final int MOST_BATCHES = 360;

    private final Function<Batch, Recorded> record;
    private final Object oneDelivery = new Object();
    private final Deque<Batch> waiting = new ArrayDeque<>();
    private long dropped;
    private @Nullable String lastError;

    SamplerBacklog(Function<Batch, Recorded> record) {
        this.record = record;
    }

    synchronized void add(Batch batch) {
        if (waiting.size() == MOST_BATCHES) {
            drop(waiting.removeFirst(), "the database has refused for an hour");
        }
        waiting.addLast(batch);
    }

    /**
     * Records what waits, oldest first. One thread at a time delivers, so that a flush returns only when what was cut
     * before it is recorded or has failed.
     */
    void deliver() {
        synchronized (oneDelivery) {
            for (Batch batch = first(); batch != null; batch = first()) {
                if (!deliver(batch)) {
                    return;
                }
            }
        }
    }

    private synchronized @Nullable Batch first() {
        return waiting.peekFirst();
    }

    private boolean deliver(Batch batch) {
        try {
            Recorded recorded = record.apply(batch);
            done(batch, null);
            if (!recorded.rejected().isEmpty()) {
                lost(recorded.rejected().size(), recorded.rejected().get(0).reason());
            }
            return true;
        } catch (BadInput e) {
            done(batch, e.detail());
            drop(batch, e.detail());
            return true;
        } catch (RuntimeException e) {
            failed(e);
            return false;
        }
    }

    private synchronized void done(Batch batch, @Nullable String error) {
        if (waiting.peekFirst() == batch) { // it may have been dropped meanwhile
            waiting.removeFirst();
        }
        if (lastError != null && error == null) {
            LOG.info("Measured intervals are recorded again, {} batches still wait", waiting.size());
        }
        lastError = error;
    }

    private synchronized void failed(RuntimeException e) {
        if (lastError == null) {
            LOG.warn("Measured intervals cannot be recorded now and are kept for up to an hour", e);
        }
        lastError = String.valueOf(e.getMessage());
    }

    private synchronized void drop(Batch batch, String reason) {
        lost(batch.intervals().size() + batch.usage().size(), reason);
    }

    private synchronized void lost(int rows, String reason) {
        dropped += rows;
        LOG.warn("{} measured rows are lost: {}", rows, reason);
    }

    synchronized int size() {
        return waiting.size();
    }

    synchronized long dropped() {
        return dropped;
    }

    synchronized @Nullable String lastError() {
        return lastError;
    }
}
