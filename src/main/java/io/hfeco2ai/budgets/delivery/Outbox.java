package io.hfeco2ai.budgets.delivery;

import io.hfeco2ai.platform.Ids;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Service;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * The door of delivery. What is put in belongs to the caller's transaction; a worker sends it after the commit, at least
 * once and under an id that stays the same.
 */
@Service
public class Outbox {

    /**
     * A message to a channel, sent or to be sent.
     *
     * @param event FIRING, RESOLVED, ESCALATED, REMINDER
     * @param state WAITING, DELIVERED, FAILED
     * @param due when it is tried (again); it says something while it waits
     */
    public record Delivery(
            String id,
            String channel,
            String channelKind,
            String event,
            String state,
            Instant due,
            List<Attempt> attempts) {}

    /** @param outcome what the receiver said, or why it was not reached */
    public record Attempt(int number, Instant at, long tookMs, boolean succeeded, String outcome) {}

    private final Channels channels;
    private final DeliveryStore store;
    private final JdbcClient jdbc;
    private final Wakeup wakeup;
    private final Clock clock;

    Outbox(Channels channels, DeliveryStore store, JdbcClient jdbc, Wakeup wakeup, Clock clock) {
        this.channels = channels;
        this.store = store;
        this.jdbc = jdbc;
        this.wakeup = wakeup;
        this.clock = clock;
    }

    /**
     * An alert was raised: told to the channels of its team that take its severity.
     *
     * @param teamId null: the organisation's
     * @param teamOnly a team without any channel has it told to nobody else; otherwise the organisation is told
     */
    public void raised(String alertId, @Nullable String teamId, Severity severity, boolean teamOnly) {
        List<Channel> told = channels.of(teamId);
        for (Channel channel : told.isEmpty() && !teamOnly ? channels.of(null) : told) {
            if (!channel.escalationsOnly() && severity.compareTo(channel.leastSeverity()) >= 0) {
                put(alertId, channel, severity, Event.FIRING, 0);
            }
        }
        wakeAfterCommit();
    }

    /** It is over: whoever was told that it began is told that too. */
    public void resolved(String alertId, Severity severity) {
        again(alertId, severity, Event.RESOLVED, 0);
    }

    /** Its snooze is over and it is not. */
    public void reminded(String alertId, Severity severity, int round) {
        again(alertId, severity, Event.REMINDER, round);
    }

    private void again(String alertId, Severity severity, Event event, int round) {
        jdbc.sql("SELECT DISTINCT channel_id FROM alert_delivery WHERE alert_id = ?")
                .param(alertId)
                .query(String.class)
                .list()
                .forEach(id -> channels.find(id).ifPresent(channel -> put(alertId, channel, severity, event, round)));
        wakeAfterCommit();
    }

    /** Sends a test; its outcome is the channel's newest delivery. */
    void test(Channel channel) {
        store.add(Ids.next(), null, channel.id(), Event.TEST, 0, clock.instant());
        wakeAfterCommit();
    }

    private void put(String alertId, Channel channel, Severity severity, Event event, int round) {
        store.add(Ids.next(), alertId, channel.id(), event, round, channel.opens(severity, clock.instant()));
    }

    /** All that was or will be told of an alert, the oldest first. */
    public List<Delivery> history(String alertId) {
        return store.ofAlert(alertId);
    }

    private void wakeAfterCommit() {
        if (!TransactionSynchronizationManager.isSynchronizationActive()) {
            wakeup.now();
            return;
        }
        TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {
            @Override
            public void afterCommit() {
                wakeup.now();
            }
        });
    }
}
