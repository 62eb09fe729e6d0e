package io.hfeco2ai.grid;

import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Holds the rows in memory and makes every change in a transaction. A snapshot carries the generation that was current
 * before its rows were read, and each finished change starts a new one, so rows read while a change was under way are
 * read again. The changing transaction itself, and so every listener it calls, sees its own changes; nobody else does
 * before they are committed.
 */
@Component
class GridCache {

    private final GridStore store;
    private final TransactionTemplate transaction;
    private final AtomicLong generation = new AtomicLong();
    private volatile @Nullable GridSnapshot held;

    GridCache(GridStore store, PlatformTransactionManager transactions) {
        this.store = store;
        this.transaction = new TransactionTemplate(transactions);
    }

    GridSnapshot snapshot() {
        if (TransactionSynchronizationManager.getResource(this) instanceof Change change) {
            return change.snapshot();
        }
        GridSnapshot current = held;
        if (current == null || current.generation != generation.get()) {
            current = new GridSnapshot(store, generation.get());
            held = current;
        }
        return current;
    }

    void forget() {
        held = null;
    }

    /** Runs in the caller's transaction or a new one; {@code work} is given the rows as this transaction sees them. */
    void change(Consumer<GridSnapshot> work) {
        transaction.executeWithoutResult(status -> {
            if (TransactionSynchronizationManager.getResource(this) instanceof Change earlier) {
                earlier.seen = null;
            } else {
                Change first = new Change();
                first.resume();
                TransactionSynchronizationManager.registerSynchronization(first);
            }
            work.accept(new GridSnapshot(store, generation.get()));
        });
    }

    /** Bound to the thread while its transaction has uncommitted changes. */
    private final class Change implements TransactionSynchronization {
        private @Nullable GridSnapshot seen;

        GridSnapshot snapshot() {
            GridSnapshot current = seen;
            if (current == null) {
                current = new GridSnapshot(store, generation.get());
                seen = current;
            }
            return current;
        }

        @Override
        public void suspend() {
            TransactionSynchronizationManager.unbindResource(GridCache.this);
        }

        @Override
        public void resume() {
            TransactionSynchronizationManager.bindResource(GridCache.this, this);
        }

        @Override
        public void afterCompletion(int outcome) {
            suspend();
            generation.incrementAndGet();
        }
    }
}
