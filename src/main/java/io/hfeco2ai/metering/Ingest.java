package io.hfeco2ai.metering;

import io.hfeco2ai.metering.Metering.Batch;
import io.hfeco2ai.metering.Metering.PowerBatch;
import io.hfeco2ai.metering.Metering.Recorded;
import io.hfeco2ai.metering.live.LiveView;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * The one way in. Threads that arrive while a transaction is being written wait, and the next one to get the lock writes all
 * that wait in one transaction: a commit that waits for the disk is the dear part, so they share it. Each caller returns
 * only when its own rows are committed.
 */
@Component
public class Ingest {

    private static final int MOST_ROWS_TOGETHER = 5_000;

    private final FactStore facts;
    private final TransactionTemplate transaction;
    private final Clock clock;
    private final MeteringProperties properties;
    private final LiveView live;
    private final MeterRegistry metrics;
    private final Counter accepted;
    private final Counter duplicates;
    private final Counter rejected;
    private final ReentrantLock writer = new ReentrantLock();
    private final Queue<Arrival> waiting = new ArrayDeque<>();

    Ingest(
            FactStore facts,
            PlatformTransactionManager transactions,
            Clock clock,
            MeteringProperties properties,
            LiveView live,
            MeterRegistry metrics) {
        this.facts = facts;
        this.transaction = new TransactionTemplate(transactions);
        this.transaction.setPropagationBehavior(TransactionDefinition.PROPAGATION_REQUIRES_NEW);
        this.clock = clock;
        this.properties = properties;
        this.live = live;
        this.metrics = metrics;
        this.accepted = metrics.counter("hfeco2ai.intervals.accepted");
        this.duplicates = metrics.counter("hfeco2ai.intervals.duplicates");
        this.rejected = metrics.counter("hfeco2ai.intervals.rejected");
    }

    /** @see Metering#record */
    public Recorded record(Batch batch) {
        return record(new Arrival(batch, clock.millis(), oldestMs()));
    }

    private Recorded record(Arrival arrival) {
        synchronized (waiting) {
            waiting.add(arrival);
        }
        writer.lock();
        try {
            while (!arrival.done()) {
                writeTogether(next());
            }
        } finally {
            writer.unlock();
        }
        Recorded recorded = arrival.outcome();
        count(arrival, recorded);
        if (recorded.accepted() > 0) {
            live.received(arrival.taken());
        }
        return recorded;
    }

    /** @see Metering#recordPower */
    Recorded recordPower(PowerBatch batch) {
        return record(Arrival.of(batch, clock.millis(), oldestMs()));
    }

    long oldestMs() {
        return clock.instant().minus(properties.maxAge()).toEpochMilli();
    }

    private void count(Arrival arrival, Recorded recorded) {
        accepted.increment(recorded.accepted());
        duplicates.increment(recorded.duplicates());
        rejected.increment(recorded.rejected().size());
        arrival.acceptedUj()
                .forEach((kind, energyUj) -> metrics.counter(
                                "hfeco2ai.energy.joules", "node", arrival.batch.nodeId(), "kind", kind.name())
                        .increment(energyUj / 1e6));
    }

    /** Runs a change of nodes or devices while nothing is written, and forgets what the writer remembers of them. */
    public void exclusively(Runnable change) {
        writer.lock();
        try {
            transaction.executeWithoutResult(status -> change.run());
        } finally {
            facts.forget();
            writer.unlock();
        }
    }

    /** The last time that a node or device was seen is written late; without this the latest would never be. */
    @Scheduled(fixedDelay = 10, timeUnit = TimeUnit.SECONDS)
    void writeSeen() {
        writer.lock();
        boolean committed = false;
        try {
            transaction.executeWithoutResult(status -> facts.writeSeen());
            committed = true;
        } finally {
            if (!committed) {
                facts.forget();
            }
            writer.unlock();
        }
    }

    private List<Arrival> next() {
        List<Arrival> group = new ArrayList<>();
        int rows = 0;
        synchronized (waiting) {
            while (!waiting.isEmpty() && rows < MOST_ROWS_TOGETHER) {
                Arrival arrival = waiting.remove();
                rows += arrival.plausible.cardinality();
                group.add(arrival);
            }
        }
        return group;
    }

    /** When a group fails, each batch tries alone, so that nobody pays for another's mistake. */
    private void writeTogether(List<Arrival> group) {
        try {
            write(group);
            group.forEach(arrival -> arrival.finish(null));
        } catch (RuntimeException e) {
            if (group.size() == 1) {
                group.get(0).finish(e);
            } else {
                group.forEach(arrival -> writeTogether(List.of(arrival)));
            }
        } catch (Error e) {
            group.forEach(arrival -> arrival.finish(new IllegalStateException("ingest broke off", e)));
            throw e;
        }
    }

    /** Another instance may have made the same row first: then everything is looked up again, once. */
    private void write(List<Arrival> group) {
        try {
            tryWrite(group);
        } catch (DuplicateKeyException e) {
            tryWrite(group);
        }
    }

    private void tryWrite(List<Arrival> group) {
        boolean committed = false;
        try {
            transaction.executeWithoutResult(status -> facts.write(group));
            committed = true;
        } finally {
            if (!committed) {
                facts.forget();
            }
        }
    }
}
