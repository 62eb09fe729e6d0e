package io.hfeco2ai.metering.seals;

import io.hfeco2ai.metering.TornSeal;
import io.hfeco2ai.metering.seals.SealText.Row;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;

/**
 * Reads sealed intervals. Who needs all intervals of a time reads the table first and this afterwards: what is sealed in
 * between is then seen twice and never missed.
 */
@Component
public class Seals {

    static final long DAY_MS = 86_400_000;

    private static final String CONTENT = "SELECT p.series_id, p.day_ms, p.part_no, p.sha256, p.content FROM ";
    private static final String DAYS = " AND p.day_ms >= ? AND p.day_ms <= ? ORDER BY p.series_id, p.day_ms, p.part_no";

    /** Takes an interval, by series and start. */
    @FunctionalInterface
    public interface Reader {
        void read(long seriesId, long startMs, long endMs, long energyUj, long observedMs);
    }

    private final JdbcTemplate jdbc;

    public Seals(JdbcTemplate jdbc) {
        this.jdbc = jdbc;
    }

    /**
     * Those of a series that start in a span.
     *
     * @param toMs inclusive
     * @throws TornSeal they are not what was sealed
     */
    public void ofSeries(long seriesId, long fromMs, long toMs, Reader into) {
        jdbc.query(
                CONTENT + "interval_seal p WHERE p.series_id = ?" + DAYS,
                row -> {
                    read(row, fromMs, toMs, into);
                },
                seriesId,
                day(fromMs),
                day(toMs));
    }

    /**
     * Those of all series of a node that start in a span.
     *
     * @param toMs inclusive
     * @throws TornSeal they are not what was sealed
     */
    public void ofNode(String nodeId, long fromMs, long toMs, Reader into) {
        jdbc.query(
                CONTENT + "device d JOIN series s ON s.device_id = d.id AND s.sealed_start_ms >= ?"
                        + " JOIN interval_seal p ON p.series_id = s.id WHERE d.node_id = ?" + DAYS,
                row -> {
                    read(row, fromMs, toMs, into);
                },
                fromMs,
                nodeId,
                day(fromMs),
                day(toMs));
    }

    private static void read(ResultSet row, long fromMs, long toMs, Reader into) throws SQLException {
        long seriesId = row.getLong(1);
        long dayMs = row.getLong(2);
        String name = "series " + seriesId + ", " + Instant.ofEpochMilli(dayMs) + ", part " + row.getInt(3);
        for (Row one : SealText.rows(row.getBytes(5), row.getString(4), dayMs, name)) {
            if (one.startMs() >= fromMs && one.startMs() <= toMs) {
                into.read(seriesId, one.startMs(), one.endMs(), one.energyUj(), one.observedMs());
            }
        }
    }

    /** The start of the UTC day. */
    static long day(long ms) {
        return Math.floorDiv(ms, DAY_MS) * DAY_MS;
    }
}
