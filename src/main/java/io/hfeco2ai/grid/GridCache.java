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
 * read again.
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
        GridSnapshot current = held;
        if (current == null || current.generation != generation.get()) {
            current = new GridSnapshot(store, generation.get());
            held = current;
        }
        return current;
    }

    /** Runs in the caller's transaction or a new one; {@code work} is given the rows as this transaction sees them. */
    void change(Consumer<GridSnapshot> work) {
        transaction.executeWithoutResult(status -> {
            TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {
                @Override
                public void afterCompletion(int outcome) {
                    generation.incrementAndGet();
                }
            });
            work.accept(new GridSnapshot(store, generation.get()));
        });
    }
}
