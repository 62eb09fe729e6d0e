package io.hfeco2ai.ledger.periods;

import io.hfeco2ai.ledger.periods.PeriodLocks.Lock;
import io.hfeco2ai.platform.BadInput;
import io.hfeco2ai.platform.Changed;
import io.hfeco2ai.platform.Conflict;
import io.hfeco2ai.platform.Ids;
import io.hfeco2ai.platform.Inputs;
import io.hfeco2ai.platform.NotFound;
import io.hfeco2ai.platform.Settings;
import io.hfeco2ai.teams.Access;
import java.math.BigDecimal;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/**
 * Changes of locked periods: proposed with a reason, approved by a second admin (or, where there is only one, by the same
 * one a day later), then booked. What is booked is what was shown: an hour that changed again since stays held.
 */
@Component
public class Restatements {

    static final Duration ALONE = Duration.ofHours(24);
    private static final int SHORTEST_REASON = 10;
    private static final int LONGEST_REASON = 1000;

    /** @param decidedBy null: nobody yet */
    public record Restatement(
            String id,
            String lockId,
            String state,
            String reason,
            long hours,
            BigDecimal energyUj,
            BigDecimal locationUg,
            BigDecimal marketUg,
            Instant proposedAt,
            String proposedBy,
            @Nullable Instant decidedAt,
            @Nullable String decidedBy) {}

    /** An hour that is approved to change. */
    public record ApprovedHour(String restatementId, String reason, String nodeId, long hourMs, String digest) {}

    private static final String COLUMNS = "id, lock_id, state, reason, hours, energy_uj, location_ug, market_ug,"
            + " proposed_ms, proposed_by, decided_ms, decided_by";

    private final JdbcClient jdbc;
    private final PeriodLocks locks;
    private final HeldChanges held;
    private final Settings settings;
    private final Access access;
    private final ApplicationEventPublisher events;
    private final Clock clock;

    Restatements(
            JdbcClient jdbc,
            PeriodLocks locks,
            HeldChanges held,
            Settings settings,
            Access access,
            ApplicationEventPublisher events,
            Clock clock) {
        this.jdbc = jdbc;
        this.locks = locks;
        this.held = held;
        this.settings = settings;
        this.access = access;
        this.events = events;
        this.clock = clock;
    }

    /** Newest first. */
    public List<Restatement> all() {
        return jdbc.sql("SELECT " + COLUMNS + " FROM restatement ORDER BY proposed_ms DESC, id DESC")
                .query((row, number) -> restatement(row))
                .list();
    }

    private static Restatement restatement(ResultSet row) throws SQLException {
        BigDecimal decided = row.getBigDecimal(11);
        return new Restatement(
                row.getString(1),
                row.getString(2),
                row.getString(3),
                row.getString(4),
                row.getLong(5),
                row.getBigDecimal(6),
                row.getBigDecimal(7),
                row.getBigDecimal(8),
                Instant.ofEpochMilli(row.getLong(9)),
                row.getString(10),
                decided == null ? null : Instant.ofEpochMilli(decided.longValueExact()),
                row.getString(12));
    }

    /**
     * @param reason for whoever reads the books later, 10 to 1000 characters
     * @throws BadInput no reason
     * @throws Conflict nothing is held in that period, or a proposal waits already
     */
    @Transactional
    public String propose(String lockId, String reason, String userId) {
        settings.lock(PeriodLocks.BOOKING, "");
        Lock lock = locks.lock(lockId);
        String text = reason.strip();
        Inputs.plain("reason", text);
        if (text.length() < SHORTEST_REASON || text.length() > LONGEST_REASON) {
            throw new BadInput(
                    "reason",
                    "Say why the figures change, in " + SHORTEST_REASON + " to " + LONGEST_REASON + " characters.");
        }
        if (all().stream().anyMatch(other -> other.lockId().equals(lockId) && isOpen(other))) {
            throw new Conflict("A restatement of this period waits already: decide on that one first.");
        }
        List<HeldChanges.Sum> sums = held.sums(lock.fromMs(), lock.toMs());
        if (sums.isEmpty()) {
            throw new Conflict("Nothing waits to change in this period.");
        }
        String id = Ids.next();
        jdbc.sql(
                        "INSERT INTO restatement (id, lock_id, state, reason, hours, energy_uj, location_ug, market_ug, proposed_ms,"
                                + " proposed_by) VALUES (?, ?, 'PROPOSED', ?, ?, ?, ?, ?, ?, ?)")
                .params(
                        id,
                        lockId,
                        text,
                        sums.stream().mapToLong(HeldChanges.Sum::hours).sum(),
                        total(sums.stream().map(HeldChanges.Sum::energyUj).toList()),
                        total(sums.stream().map(HeldChanges.Sum::locationUg).toList()),
                        total(sums.stream().map(HeldChanges.Sum::marketUg).toList()),
                        clock.millis(),
                        userId)
                .update();
        jdbc.sql(
                        "INSERT INTO restatement_hour (restatement_id, node_id, hour_ms, digest) SELECT ?, node_id, hour_ms, digest"
                                + " FROM held_change WHERE hour_ms >= ? AND hour_ms < ?")
                .params(id, lock.fromMs(), lock.toMs())
                .update();
        changed("restatement.proposed", id);
        return id;
    }

    private static boolean isOpen(Restatement restatement) {
        return restatement.state().equals("PROPOSED") || restatement.state().equals("APPROVED");
    }

    private static BigDecimal total(List<BigDecimal> amounts) {
        return amounts.stream().reduce(BigDecimal.ZERO, BigDecimal::add);
    }

    /** Why that person may not approve it now, as a message key; null: may. */
    @Nullable String obstacle(Restatement restatement, String userId) {
        if (!restatement.proposedBy().equals(userId)) {
            return null;
        }
        if (access.admins() > 1) {
            return "periods.second";
        }
        return clock.instant().isBefore(restatement.proposedAt().plus(ALONE)) ? "periods.alone" : null;
    }

    /**
     * @throws Conflict it is decided already, or needs a second person or a day's delay
     * @throws NotFound no such restatement
     */
    @Transactional
    public void approve(String id, String userId) {
        settings.lock(PeriodLocks.BOOKING, "");
        Restatement restatement = waiting(id);
        locks.lock(restatement.lockId());
        if (obstacle(restatement, userId) != null) {
            throw new Conflict(
                    "Another admin has to approve what you proposed; where there is no other, you can a day after.");
        }
        decide(id, "APPROVED", userId);
        changed("restatement.approved", id);
    }

    /** What was held stays held. */
    @Transactional
    public void reject(String id, String userId) {
        waiting(id);
        decide(id, "REJECTED", userId);
        jdbc.sql("DELETE FROM restatement_hour WHERE restatement_id = ?")
                .param(id)
                .update();
        changed("restatement.rejected", id);
    }

    private Restatement waiting(String id) {
        return all().stream()
                .filter(one -> one.id().equals(id))
                .findFirst()
                .filter(one -> {
                    if (!one.state().equals("PROPOSED")) {
                        throw new Conflict("It is decided already.");
                    }
                    return true;
                })
                .orElseThrow(() -> new NotFound("restatement " + id));
    }

    private void decide(String id, String state, String userId) {
        int decided = jdbc.sql(
                        "UPDATE restatement SET state = ?, decided_ms = ?, decided_by = ? WHERE id = ? AND state = 'PROPOSED'")
                .params(state, clock.millis(), userId, id)
                .update();
        if (decided == 0) {
            throw new Conflict("It is decided already.");
        }
    }

    /**
     * What is approved and not booked yet, in the order of restatement, node and hour.
     *
     * @param after to go on behind it, so that hours that cannot be booked do not hold up the others; null: from the start
     */
    public List<ApprovedHour> approved(@Nullable ApprovedHour after, int limit) {
        String behind = after == null
                ? ""
                : " AND (h.restatement_id > ? OR h.restatement_id = ? AND (h.node_id > ? OR h.node_id = ? AND h.hour_ms > ?))";
        Object[] place = after == null
                ? new Object[0]
                : new Object[] {
                    after.restatementId(), after.restatementId(), after.nodeId(), after.nodeId(), after.hourMs()
                };
        return jdbc.sql("SELECT h.restatement_id, r.reason, h.node_id, h.hour_ms, h.digest FROM restatement_hour h"
                        + " JOIN restatement r ON r.id = h.restatement_id WHERE r.state = 'APPROVED'" + behind
                        + " ORDER BY h.restatement_id, h.node_id, h.hour_ms LIMIT " + limit)
                .params(place)
                .query((row, number) -> new ApprovedHour(
                        row.getString(1), row.getString(2), row.getString(3), row.getLong(4), row.getString(5)))
                .list();
    }

    /** In the transaction that books it; the last hour ends the restatement. */
    public void done(ApprovedHour hour) {
        jdbc.sql("DELETE FROM restatement_hour WHERE restatement_id = ? AND node_id = ? AND hour_ms = ?")
                .params(hour.restatementId(), hour.nodeId(), hour.hourMs())
                .update();
        jdbc.sql("UPDATE restatement SET state = 'DONE' WHERE id = ? AND state = 'APPROVED' AND NOT EXISTS"
                        + " (SELECT 1 FROM restatement_hour WHERE restatement_id = ?)")
                .params(hour.restatementId(), hour.restatementId())
                .update();
    }

    private void changed(String action, String id) {
        events.publishEvent(new Changed(action, "restatement", id, null, Map.of()));
    }
}
