package io.hfeco2ai.ledger.periods;

import io.hfeco2ai.platform.BadInput;
import io.hfeco2ai.platform.Changed;
import io.hfeco2ai.platform.Conflict;
import io.hfeco2ai.platform.Ids;
import io.hfeco2ai.platform.NotFound;
import io.hfeco2ai.platform.Settings;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongPredicate;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/** Periods whose figures were handed out: their hours change only by an approved restatement. */
@Component
public class PeriodLocks {

    /** Held by whoever books, so that nothing is booked into a period while it is locked. */
    public static final String BOOKING = "ledger.booking";

    /** From which hour on unknown prices are being filled in. */
    private static final String REPRICE = "ledger.reprice-from";

    /**
     * @param fromMs start of a UTC hour, inclusive
     * @param toMs start of a UTC hour, exclusive
     */
    public record Lock(String id, long fromMs, long toMs, long lockedMs, String lockedBy) {}

    private final JdbcClient jdbc;
    private final Settings settings;
    private final ApplicationEventPublisher events;
    private final Clock clock;

    PeriodLocks(JdbcClient jdbc, Settings settings, ApplicationEventPublisher events, Clock clock) {
        this.jdbc = jdbc;
        this.settings = settings;
        this.events = events;
        this.clock = clock;
    }

    /** Those in force, newest period first. */
    public List<Lock> locks() {
        return jdbc.sql("SELECT id, from_ms, to_ms, locked_ms, locked_by FROM period_lock WHERE unlocked_ms IS NULL"
                        + " ORDER BY from_ms DESC")
                .query((row, number) ->
                        new Lock(row.getString(1), row.getLong(2), row.getLong(3), row.getLong(4), row.getString(5)))
                .list();
    }

    /** Whether an hour, by its start, is in one of them; as of now, for use in one transaction. */
    public LongPredicate lockedHours() {
        List<Lock> inForce = locks();
        return hourMs -> inForce.stream().anyMatch(lock -> lock.fromMs() <= hourMs && hourMs < lock.toMs());
    }

    public Lock lock(String id) {
        return locks().stream()
                .filter(lock -> lock.id().equals(id))
                .findFirst()
                .orElseThrow(() -> new NotFound("period lock " + id));
    }

    /**
     * Locks all hours of that span.
     *
     * @param userId who locks it
     * @throws BadInput it is not over, overlaps another lock, or has hours that are still open
     */
    @Transactional
    public String lock(long fromMs, long toMs, String userId) {
        settings.lock(BOOKING, "");
        if (fromMs >= toMs || toMs > clock.millis()) {
            throw new BadInput("month", "The period is not over yet: lock it when its last hour is posted.");
        }
        overlapping(fromMs, toMs).ifPresent(other -> {
            throw new BadInput("month", "A part of that period is locked already: choose another one.");
        });
        long open = open(fromMs, toMs);
        if (open > 0) {
            throw new BadInput(
                    "month", "Some hours of that period are not posted yet: wait until they are, then lock it.");
        }
        String id = Ids.next();
        jdbc.sql("INSERT INTO period_lock (id, from_ms, to_ms, locked_ms, locked_by) VALUES (?, ?, ?, ?, ?)")
                .params(id, fromMs, toMs, clock.millis(), userId)
                .update();
        changed("period.locked", id, fromMs, toMs);
        return id;
    }

    /** How much of that span may still change by itself: open hours, new facts, corrections not worked off. */
    long open(long fromMs, long toMs) {
        boolean repricing = settings.get(REPRICE)
                .filter(from -> !from.isEmpty() && Long.parseLong(from) < toMs)
                .isPresent();
        return count(
                        "SELECT COUNT(*) FROM entry WHERE state = 'PROVISIONAL' AND hour_ms >= ? AND hour_ms < ?",
                        fromMs,
                        toMs)
                + count("SELECT COUNT(*) FROM dirty_hour WHERE hour_ms >= ? AND hour_ms < ?", fromMs, toMs)
                + count("SELECT COUNT(*) FROM reprice_request WHERE to_ms > ? AND from_ms < ?", fromMs, toMs)
                + (repricing ? 1 : 0);
    }

    private Optional<String> overlapping(long fromMs, long toMs) {
        return jdbc.sql("SELECT id FROM period_lock WHERE unlocked_ms IS NULL AND from_ms < ? AND to_ms > ? LIMIT 1")
                .params(toMs, fromMs)
                .query(String.class)
                .optional();
    }

    private long count(String sql, long fromMs, long toMs) {
        return jdbc.sql(sql).params(fromMs, toMs).query(Long.class).single();
    }

    /**
     * Opens it again, where nothing waits to change in it.
     *
     * @throws Conflict changes are held: restate or leave them first
     * @throws NotFound no such lock
     */
    @Transactional
    public void unlock(String id, String userId) {
        settings.lock(BOOKING, "");
        Lock lock = lock(id);
        if (count("SELECT COUNT(*) FROM held_change WHERE hour_ms >= ? AND hour_ms < ?", lock.fromMs(), lock.toMs())
                > 0) {
            throw new Conflict("Changes wait in this period: restate them with a reason first, then unlock it.");
        }
        if (jdbc.sql("SELECT COUNT(*) FROM restatement WHERE lock_id = ? AND state IN ('PROPOSED', 'APPROVED')")
                        .param(id)
                        .query(Long.class)
                        .single()
                > 0) {
            throw new Conflict("A restatement of this period is not decided or not booked yet: decide on it first.");
        }
        jdbc.sql("UPDATE period_lock SET unlocked_ms = ?, unlocked_by = ? WHERE id = ?")
                .params(clock.millis(), userId, id)
                .update();
        changed("period.unlocked", id, lock.fromMs(), lock.toMs());
    }

    private void changed(String action, String id, long fromMs, long toMs) {
        events.publishEvent(new Changed(
                action, "period", id, null, Map.of("from_ms", Long.toString(fromMs), "to_ms", Long.toString(toMs))));
    }
}
