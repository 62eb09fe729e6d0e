package io.hfeco2ai.metering.attribution;

import io.hfeco2ai.experiments.Experiments;
import io.hfeco2ai.experiments.Experiments.Claim;
import io.hfeco2ai.metering.Metering.HourSum;
import io.hfeco2ai.metering.Metering.Walk;
import io.hfeco2ai.metering.attribution.AttributionFacts.Device;
import io.hfeco2ai.metering.attribution.AttributionFacts.Intervals;
import io.hfeco2ai.metering.attribution.AttributionFacts.Series;
import io.hfeco2ai.metering.attribution.AttributionFacts.Weights;
import io.hfeco2ai.metering.seals.Seals;
import io.hfeco2ai.units.Boundary;
import io.hfeco2ai.units.DeviceKind;
import io.hfeco2ai.units.Quality;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;

/** Reads the facts of one (node, hour), divides the energy, and replaces the derived rows. */
@Component
public class HourRecompute {

    private static final Logger LOG = LoggerFactory.getLogger(HourRecompute.class);

    private static final String INTERVALS = "SELECT start_ms, end_ms, energy_uj, observed_ms FROM energy_interval"
            + " WHERE series_id = ? AND start_ms > ? AND start_ms < ? ORDER BY start_ms";
    private static final String POINTS =
            "SELECT at_ms, watts FROM power_point WHERE series_id = ? AND at_ms >= ? AND at_ms <= ? ORDER BY at_ms";
    /** Readings further apart than this have a gap between them. */
    public static final long POINTS_APART_MS = 60_000;

    private static final String ANY_WEIGHT = "SELECT 1 FROM usage_weight WHERE member_id = ? LIMIT 1";
    private static final String WEIGHTS = "SELECT start_ms, end_ms, weight_ppm FROM usage_weight"
            + " WHERE member_id = ? AND device_id = ? AND start_ms > ? AND start_ms < ? ORDER BY start_ms";

    private final JdbcTemplate jdbc;
    private final Experiments experiments;
    private final HourSumStore store;
    private final Seals seals;
    private final Clock clock;

    HourRecompute(JdbcTemplate jdbc, Experiments experiments, HourSumStore store, Seals seals, Clock clock) {
        this.jdbc = jdbc;
        this.experiments = experiments;
        this.store = store;
        this.seals = seals;
        this.clock = clock;
    }

    /** @see io.hfeco2ai.metering.Metering#recompute */
    public List<HourSum> recompute(String nodeId, long hourMs) {
        Attribution.Result result = Attribution.of(facts(nodeId, hourMs));
        if (result.piecesAboveMeter() > 0) {
            LOG.warn(
                    "Node {}, hour {}: in {} pieces of time its chips were above its whole-node meter by more than both may"
                            + " err; they were scaled down to the meter. Check the meter's scale and what it covers.",
                    nodeId,
                    hourMs,
                    result.piecesAboveMeter());
        }
        store.replace(nodeId, hourMs, result);
        return result.sums();
    }

    /** @see io.hfeco2ai.metering.Metering#walk */
    public Walk walk(String nodeId, long hourMs) {
        AttributionFacts facts = facts(nodeId, hourMs);
        return new Walk(facts.intervals().size, Attribution.of(facts).sums());
    }

    AttributionFacts facts(String nodeId, long hourMs) {
        long endMs = hourMs + AttributionFacts.HOUR_MS;
        // Sorted here, since databases sort text each in their own way.
        List<Device> devices = jdbc.query(
                "SELECT id, device_key, kind, first_seen_ms, declared_off_ms FROM device WHERE node_id = ?",
                HourRecompute::device,
                nodeId);
        devices.sort(Comparator.comparing(Device::key));
        Map<Long, Long> maxLengths = new HashMap<>();
        List<Series> series = jdbc.query(
                "SELECT s.id, s.device_id, s.boot_id, s.source, s.quality, s.boundary, s.origin, s.uncertainty_ppm,"
                        + " s.idle_watts, s.synthetic, s.max_length_ms FROM series s JOIN device d ON d.id = s.device_id"
                        + " WHERE d.node_id = ?",
                (row, number) -> {
                    maxLengths.put(row.getLong(1), row.getLong(11));
                    return series(row);
                },
                nodeId);
        series.sort(Series.BY_CONTENT);
        List<Claim> claims = experiments.claims(nodeId, hourMs, endMs);
        Intervals intervals = new Intervals();
        Weights weights = new Weights();
        jdbc.execute((Connection connection) -> {
            readIntervals(connection, series, maxLengths, hourMs, intervals);
            readWeights(connection, devices, claims, hourMs, weights);
            return true;
        });
        addSealed(nodeId, hourMs, series, maxLengths, intervals);
        return new AttributionFacts(nodeId, hourMs, clock.millis(), devices, series, intervals, claims, weights);
    }

    private void addSealed(
            String nodeId, long hourMs, List<Series> series, Map<Long, Long> maxLengths, Intervals into) {
        Map<Long, Integer> places = new HashMap<>();
        for (int i = 0; i < series.size(); i++) {
            places.put(series.get(i).id(), i);
        }
        long longestMs =
                maxLengths.values().stream().mapToLong(Long::longValue).max().orElse(0);
        int rows = into.size;
        seals.ofNode(
                nodeId,
                hourMs - longestMs,
                hourMs + AttributionFacts.HOUR_MS - 1,
                (seriesId, startMs, endMs, energyUj, observedMs) -> {
                    Integer place = places.get(seriesId);
                    if (place != null && endMs > hourMs) {
                        into.add(place, startMs, endMs, energyUj, observedMs);
                    }
                });
        if (into.size > rows) {
            into.sort();
        }
    }

    private static void readIntervals(
            Connection connection, List<Series> series, Map<Long, Long> maxLengths, long hourMs, Intervals into)
            throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(INTERVALS);
                PreparedStatement points = connection.prepareStatement(POINTS)) {
            for (int i = 0; i < series.size(); i++) {
                if (series.get(i).reported()) {
                    readPoints(points, i, series.get(i).id(), hourMs, into);
                }
                select.setLong(1, series.get(i).id());
                select.setLong(2, hourMs - maxLengths.getOrDefault(series.get(i).id(), 0L));
                select.setLong(3, hourMs + AttributionFacts.HOUR_MS);
                try (ResultSet row = select.executeQuery()) {
                    while (row.next()) {
                        if (row.getLong(2) > hourMs) {
                            into.add(i, row.getLong(1), row.getLong(2), row.getLong(3), row.getLong(4));
                        }
                    }
                }
            }
        }
    }

    /** Between two readings the power goes straight from one to the other; further apart, nothing is known. */
    private static void readPoints(
            PreparedStatement select, int seriesIndex, long seriesId, long hourMs, Intervals into) throws SQLException {
        select.setLong(1, seriesId);
        select.setLong(2, hourMs - POINTS_APART_MS);
        select.setLong(3, hourMs + AttributionFacts.HOUR_MS + POINTS_APART_MS);
        try (ResultSet row = select.executeQuery()) {
            long beforeMs = Long.MIN_VALUE / 2;
            double beforeWatts = 0;
            while (row.next()) {
                long atMs = row.getLong(1);
                double watts = row.getDouble(2);
                long length = atMs - beforeMs;
                if (length <= POINTS_APART_MS && atMs > hourMs && beforeMs < hourMs + AttributionFacts.HOUR_MS) {
                    // W × ms are mJ, a thousand µJ each.
                    into.add(
                            seriesIndex, beforeMs, atMs, Math.round((beforeWatts + watts) / 2 * length * 1000), length);
                }
                beforeMs = atMs;
                beforeWatts = watts;
            }
        }
    }

    /**
     * No usage report is longer than an hour ({@code Plausibility}), so looking back one hour finds them all. Most members
     * have none at all, and are asked for once only.
     */
    private static void readWeights(
            Connection connection, List<Device> devices, List<Claim> claims, long hourMs, Weights into)
            throws SQLException {
        List<String> weighed = new ArrayList<>();
        try (PreparedStatement select = connection.prepareStatement(ANY_WEIGHT)) {
            for (Claim claim : claims) {
                select.setString(1, claim.memberId());
                try (ResultSet row = select.executeQuery()) {
                    if (row.next()) {
                        weighed.add(claim.memberId());
                    }
                }
            }
        }
        weighed.sort(null);
        try (PreparedStatement select = connection.prepareStatement(WEIGHTS)) {
            for (int i = 0; i < devices.size(); i++) {
                for (String member : weighed) {
                    readWeights(select, i, devices.get(i).id(), member, hourMs, into);
                }
            }
        }
    }

    private static void readWeights(
            PreparedStatement select, int deviceIndex, long deviceId, String member, long hourMs, Weights into)
            throws SQLException {
        select.setString(1, member);
        select.setLong(2, deviceId);
        select.setLong(3, hourMs - AttributionFacts.HOUR_MS);
        select.setLong(4, hourMs + AttributionFacts.HOUR_MS);
        try (ResultSet row = select.executeQuery()) {
            while (row.next()) {
                if (row.getLong(2) > hourMs) {
                    into.add(deviceIndex, member, row.getLong(1), row.getLong(2), row.getInt(3));
                }
            }
        }
    }

    private static Device device(ResultSet row, int number) throws SQLException {
        return new Device(
                row.getLong(1),
                row.getString(2),
                DeviceKind.valueOf(row.getString(3)),
                row.getLong(4),
                row.getObject(5, Long.class));
    }

    private static Series series(ResultSet row) throws SQLException {
        return new Series(
                row.getLong(1),
                row.getLong(2),
                row.getString(3),
                row.getString(4),
                Quality.valueOf(row.getString(5)),
                Boundary.valueOf(row.getString(6)),
                row.getString(7),
                row.getInt(8),
                row.getObject(9, Double.class),
                row.getBoolean(10));
    }
}
