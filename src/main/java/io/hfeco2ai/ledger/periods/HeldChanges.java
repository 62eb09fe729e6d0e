package io.hfeco2ai.ledger.periods;

import java.math.BigDecimal;
import java.time.Clock;
import java.util.List;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** What hours of locked periods would change by, if they were booked anew. */
@Component
public class HeldChanges {

    /**
     * @param energyUj what the hour's energy would change by, microjoules
     * @param locationUg the same of location-based emissions, micrograms
     * @param marketUg the same of market-based ones
     * @param digest of all single changes
     */
    public record Held(
            String nodeId, long hourMs, String reason, long energyUj, long locationUg, long marketUg, String digest) {}

    /** Of a span, by reason. */
    record Sum(String reason, long hours, BigDecimal energyUj, BigDecimal locationUg, BigDecimal marketUg) {}

    private final JdbcClient jdbc;
    private final Clock clock;

    HeldChanges(JdbcClient jdbc, Clock clock) {
        this.jdbc = jdbc;
        this.clock = clock;
    }

    /** In the transaction that found it; replaces what was held of that hour, unless it is the same. */
    public void hold(Held held) {
        int same = jdbc.sql("UPDATE held_change SET reason = ? WHERE node_id = ? AND hour_ms = ? AND digest = ?")
                .params(held.reason(), held.nodeId(), held.hourMs(), held.digest())
                .update();
        if (same > 0) {
            return;
        }
        release(held.nodeId(), held.hourMs());
        jdbc.sql(
                        "INSERT INTO held_change (node_id, hour_ms, reason, energy_uj, location_ug, market_ug, digest, detected_ms)"
                                + " VALUES (?, ?, ?, ?, ?, ?, ?, ?)")
                .params(
                        held.nodeId(),
                        held.hourMs(),
                        held.reason(),
                        held.energyUj(),
                        held.locationUg(),
                        held.marketUg(),
                        held.digest(),
                        clock.millis())
                .update();
    }

    public void release(String nodeId, long hourMs) {
        jdbc.sql("DELETE FROM held_change WHERE node_id = ? AND hour_ms = ?")
                .params(nodeId, hourMs)
                .update();
    }

    List<Sum> sums(long fromMs, long toMs) {
        return jdbc.sql("SELECT reason, COUNT(*), SUM(energy_uj), SUM(location_ug), SUM(market_ug) FROM held_change"
                        + " WHERE hour_ms >= ? AND hour_ms < ? GROUP BY reason ORDER BY reason")
                .params(fromMs, toMs)
                .query((row, number) -> new Sum(
                        row.getString(1),
                        row.getLong(2),
                        row.getBigDecimal(3),
                        row.getBigDecimal(4),
                        row.getBigDecimal(5)))
                .list();
    }
}
