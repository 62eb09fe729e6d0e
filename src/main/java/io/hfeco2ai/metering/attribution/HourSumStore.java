package io.hfeco2ai.metering.attribution;

import io.hfeco2ai.metering.Metering.HourSum;
import io.hfeco2ai.metering.attribution.AttributionProfile.Profile;
import java.nio.ByteBuffer;
import java.sql.Types;
import java.util.List;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;

/** The derived rows of (node, hour): sums, coverage, profiles. They are always replaced as a whole. */
@Component
class HourSumStore {

    private final JdbcTemplate jdbc;

    HourSumStore(JdbcTemplate jdbc) {
        this.jdbc = jdbc;
    }

    void replace(String nodeId, long hourMs, Attribution.Result result) {
        for (String table : List.of("hour_sum", "hour_coverage", "hour_profile", "hour_source")) {
            jdbc.update("DELETE FROM " + table + " WHERE node_id = ? AND hour_ms = ?", nodeId, hourMs);
        }
        insertSums(result.sums());
        jdbc.batchUpdate(
                "INSERT INTO hour_coverage (node_id, hour_ms, device_id, expected_ms, observed_ms) VALUES (?, ?, ?, ?, ?)",
                result.coverage().stream()
                        .filter(covered -> covered.expectedMs() > 0)
                        .map(covered -> new Object[] {
                            nodeId, hourMs, covered.deviceId(), covered.expectedMs(), covered.observedMs()
                        })
                        .toList());
        jdbc.batchUpdate(
                "INSERT INTO hour_source (node_id, hour_ms, series_id, reported_uj, counted_uj) VALUES (?, ?, ?, ?, ?)",
                result.sources().stream()
                        .map(source ->
                                new Object[] {nodeId, hourMs, source.seriesId(), source.saidUj(), source.countedUj()})
                        .toList());
        jdbc.batchUpdate(
                "INSERT INTO hour_profile (node_id, hour_ms, run_id, device_kind, watts) VALUES (?, ?, ?, ?, ?)",
                result.profiles().stream()
                        .map(profile -> new Object[] {
                            nodeId, hourMs, profile.runId(), profile.kind().name(), bytes(profile)
                        })
                        .toList());
    }

    private void insertSums(List<HourSum> sums) {
        jdbc.batchUpdate(
                "INSERT INTO hour_sum (node_id, hour_ms, run_id, device_kind, share_key, quality, boundary, origin,"
                        + " synthetic, energy_uj, uncertainty_ppm, expected_ms, observed_ms, peak_watts)"
                        + " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                sums,
                Math.max(1, sums.size()),
                (row, sum) -> {
                    row.setString(1, sum.nodeId());
                    row.setLong(2, sum.hourMs());
                    row.setString(3, sum.runId());
                    row.setString(4, sum.kind().name());
                    row.setString(5, sum.shareKey());
                    row.setString(6, sum.quality().name());
                    row.setString(7, sum.boundary().name());
                    row.setString(8, sum.origin());
                    row.setBoolean(9, sum.synthetic());
                    row.setLong(10, sum.energyUj());
                    row.setInt(11, sum.uncertaintyPpm());
                    row.setLong(12, sum.expectedMs());
                    row.setLong(13, sum.observedMs());
                    row.setObject(14, sum.peakWatts(), Types.DOUBLE);
                });
    }

    private static byte[] bytes(Profile profile) {
        ByteBuffer buffer = ByteBuffer.allocate(profile.watts().length * Float.BYTES);
        for (float watts : profile.watts()) {
            buffer.putFloat(watts);
        }
        return buffer.array();
    }
}
