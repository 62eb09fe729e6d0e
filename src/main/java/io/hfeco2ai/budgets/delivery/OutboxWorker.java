package io.hfeco2ai.budgets.delivery;

import io.hfeco2ai.budgets.delivery.DeliveryStore.Due;
import io.hfeco2ai.budgets.delivery.Outbox.Attempt;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/**
 * Sends what is due, outside of any transaction. A delivery is leased before it is sent, so that two instances do not both
 * send it; if this one dies, the lease ends and it is sent again under the same id.
 */
@Component
class OutboxWorker implements SmartLifecycle {

    private static final Logger LOG = LoggerFactory.getLogger(OutboxWorker.class);
    private static final int SENDERS = 8;
    private static final long LEASE_MS = 60_000;
    private static final long POLL_MS = 1_000;
    private static final int LONGEST_OUTCOME = 600;

    private final DeliveryStore store;
    private final Channels channels;
    private final Sending sending;
    private final Wakeup wakeup;
    private final Clock clock;
    private final SecureRandom random = new SecureRandom();
    private final AtomicInteger threads = new AtomicInteger();
    /** Channels that somebody sends to just now: a slow receiver holds one sender, not all. */
    private final Set<String> busy = ConcurrentHashMap.newKeySet();

    private volatile boolean running;
    private volatile @Nullable ExecutorService senders;

    OutboxWorker(DeliveryStore store, Channels channels, Sending sending, Wakeup wakeup, Clock clock) {
        this.store = store;
        this.channels = channels;
        this.sending = sending;
        this.wakeup = wakeup;
        this.clock = clock;
    }

    @Override
    public void start() {
        ExecutorService pool = Executors.newFixedThreadPool(SENDERS + 1, task -> {
            Thread thread = new Thread(task, "outbox-" + threads.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        });
        senders = pool;
        running = true;
        pool.execute(() -> loop(pool));
    }

    @Override
    public void stop() {
        running = false;
        ExecutorService pool = senders;
        if (pool != null) {
            wakeup.now();
            pool.shutdown();
            awaitLast(pool);
        }
    }

    /** Not interrupted: that would close the database's file under its hands. Each call ends by itself within 15 s. */
    private static void awaitLast(ExecutorService pool) {
        try {
            pool.awaitTermination(16, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    private void loop(ExecutorService pool) {
        while (running) {
            try {
                store.escalate(channels);
                round(pool);
            } catch (RuntimeException e) { // Without this thread nobody is told anything any more.
                LOG.error("The outbox could not be read; it is tried again", e);
            }
            try {
                wakeup.sleep(POLL_MS);
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    /** Hands out what is due, one delivery for each channel that nobody sends to. */
    private void round(ExecutorService pool) {
        for (Due due : store.due(200)) {
            if (busy.size() >= SENDERS) {
                return;
            }
            if (busy.add(due.channelId())) {
                if (store.lease(due, LEASE_MS)) {
                    pool.execute(() -> sendAndGoOn(due));
                } else {
                    busy.remove(due.channelId());
                }
            }
        }
    }

    private void sendAndGoOn(Due due) {
        try {
            deliver(due);
        } catch (RuntimeException e) {
            LOG.error("Delivery {} was not noted; it is tried again", due.id(), e);
        } finally {
            busy.remove(due.channelId());
            wakeup.now();
        }
    }

    /** One attempt, whose outcome is noted. */
    void deliver(Due due) {
        Instant started = clock.instant();
        long startedNs = System.nanoTime();
        String outcome;
        boolean succeeded = false;
        try {
            outcome = send(due);
            succeeded = true;
        } catch (Undelivered e) {
            outcome = e.reason();
        } catch (RuntimeException e) {
            LOG.error("Delivery {} failed in a way that nobody thought of", due.id(), e);
            outcome = "It failed in an unexpected way: " + e.getClass().getSimpleName() + "; see the server's log.";
        }
        Attempt attempt = new Attempt(
                due.attempts() + 1,
                started,
                (System.nanoTime() - startedNs) / 1_000_000,
                succeeded,
                outcome.length() <= LONGEST_OUTCOME ? outcome : outcome.substring(0, LONGEST_OUTCOME));
        store.attempted(due, attempt, succeeded ? null : nextDue(due, attempt));
    }

    private @Nullable Long nextDue(Due due, Attempt attempt) {
        return due.event() == Event.TEST
                ? null
                : Backoff.next(attempt.number(), due.firstDueMs(), clock.millis(), random);
    }

    private String send(Due due) throws Undelivered {
        Channel channel = channels.find(due.channelId()).orElse(null);
        if (channel == null) {
            throw new Undelivered("The channel was removed.");
        }
        Message message = due.event() == Event.TEST
                ? test(due, channel)
                : store.message(due).orElseThrow(() -> new Undelivered("The alert is gone."));
        return sending.send(channel, message);
    }

    private Message test(Due due, Channel channel) {
        return new Message(
                due.id(),
                Event.TEST,
                due.id(),
                "test",
                Severity.INFO,
                null,
                "HF Eco2AI reaches the channel " + channel.name(),
                "",
                "Somebody pressed the test button. There is nothing to do.",
                clock.instant(),
                clock.instant(),
                null,
                "nobody has to");
    }
}
