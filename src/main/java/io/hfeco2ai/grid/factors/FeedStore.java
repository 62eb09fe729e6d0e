package io.hfeco2ai.grid.factors;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Repository;

/** The table factor_feed, and what a feed adds to its series. */
@Repository
class FeedStore {

    private final JdbcTemplate jdbc;
    private final EditionStore editions;

    FeedStore(JdbcTemplate jdbc, EditionStore editions) {
        this.jdbc = jdbc;
        this.editions = editions;
    }

    List<Feed> all() {
        return jdbc.query("SELECT * FROM factor_feed ORDER BY provider, zone", FeedStore::feed);
    }

    Optional<Feed> find(String provider, String zone) {
        return jdbc
                .query("SELECT * FROM factor_feed WHERE provider = ? AND zone = ?", FeedStore::feed, provider, zone)
                .stream()
                .findFirst();
    }

    private static Feed feed(ResultSet row, int number) throws SQLException {
        return new Feed(
                row.getString("provider"),
                row.getString("zone"),
                row.getString("factor_id"),
                row.getLong("tried_ms"),
                row.getObject("answered_ms", Long.class),
                row.getObject("newest_ms", Long.class),
                row.getInt("failures"),
                row.getLong("retry_ms"),
                row.getString("problem"),
                row.getObject("stale_ms", Long.class));
    }

    void put(Feed feed) {
        int updated = jdbc.update(
                "UPDATE factor_feed SET factor_id = ?, tried_ms = ?, answered_ms = ?, newest_ms = ?, failures = ?,"
                        + " retry_ms = ?, problem = ?, stale_ms = ? WHERE provider = ? AND zone = ?",
                feed.factorId(),
                feed.triedMs(),
                feed.answeredMs(),
                feed.newestMs(),
                feed.failures(),
                feed.retryMs(),
                feed.problem(),
                feed.staleMs(),
                feed.provider(),
                feed.zone());
        if (updated == 0) {
            jdbc.update(
                    "INSERT INTO factor_feed (factor_id, tried_ms, answered_ms, newest_ms, failures, retry_ms, problem,"
                            + " stale_ms, provider, zone) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                    feed.factorId(),
                    feed.triedMs(),
                    feed.answeredMs(),
                    feed.newestMs(),
                    feed.failures(),
                    feed.retryMs(),
                    feed.problem(),
                    feed.staleMs(),
                    feed.provider(),
                    feed.zone());
        }
    }

    /** Whether the series is still what the provider sends: else a new one begins. */
    boolean isOf(String factorId, FactorOrigin origin) {
        return editions.byFactor(factorId).stream()
                .anyMatch(edition -> edition.origin().equals(origin));
    }

    /** Hours of a series in [fromMs, toMs), with whether they are estimated. */
    Map<Long, Boolean> stored(String factorId, long fromMs, long toMs) {
        Map<Long, Boolean> stored = new HashMap<>();
        jdbc.query(
                "SELECT hour_ms, estimated FROM factor_hour WHERE factor_id = ? AND hour_ms >= ? AND hour_ms < ?",
                row -> {
                    stored.put(row.getLong(1), row.getBoolean(2));
                },
                factorId,
                fromMs,
                toMs);
        return stored;
    }

    void replace(String factorId, List<FactorFile.Value> hours) {
        hours.forEach(hour ->
                jdbc.update("DELETE FROM factor_hour WHERE factor_id = ? AND hour_ms = ?", factorId, hour.fromMs()));
        editions.addHours(factorId, hours);
    }

    /** Span and plain mean as the hours now are. */
    void summarise(String factorId) {
        jdbc.update(
                "UPDATE factor SET from_ms = (SELECT MIN(hour_ms) FROM factor_hour WHERE factor_id = ?),"
                        + " to_ms = (SELECT MAX(hour_ms) + 3600000 FROM factor_hour WHERE factor_id = ?),"
                        + " g_per_kwh = (SELECT ROUND(AVG(g_per_kwh), 4) FROM factor_hour WHERE factor_id = ?) WHERE id = ?",
                factorId,
                factorId,
                factorId,
                factorId);
    }
}
