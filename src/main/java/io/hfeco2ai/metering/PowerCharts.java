package io.hfeco2ai.metering;

import io.hfeco2ai.metering.Metering.Coverage;
import io.hfeco2ai.metering.Metering.Power;
import io.hfeco2ai.units.DeviceKind;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;

/** Power over time from the hour profiles, thinned to what a chart can show. */
@Component
class PowerCharts {

    static final int MOST_POINTS = 720;
    private static final long SLOT_MS = 10_000;

    private final JdbcTemplate jdbc;

    PowerCharts(JdbcTemplate jdbc) {
        this.jdbc = jdbc;
    }

    List<Power> ofRun(String runId, long fromMs, long toMs) {
        return read("run_id = ?", runId, fromMs, toMs);
    }

    /** Of the newest piece in [fromMs, toMs) in which anything is known, by all kinds and nodes; null: there is none. */
    @Nullable Double lastOfRun(String runId, long fromMs, long toMs) {
        List<Power> powers = ofRun(runId, fromMs, toMs);
        int points = powers.isEmpty() ? 0 : powers.get(0).points().size();
        for (int i = points - 1; i >= 0; i--) {
            int point = i;
            double[] known = powers.stream()
                    .mapToDouble(power -> power.points().get(point)[1])
                    .filter(watts -> !Double.isNaN(watts))
                    .toArray();
            if (known.length > 0) {
                return Arrays.stream(known).sum();
            }
        }
        return null;
    }

    List<Power> ofNode(String nodeId, long fromMs, long toMs) {
        return read("run_id = '' AND node_id = ?", nodeId, fromMs, toMs);
    }

    Coverage coverage(String nodeId, long fromMs, long toMs) {
        return jdbc.query(
                        "SELECT COALESCE(SUM(expected_ms), 0), COALESCE(SUM(observed_ms), 0) FROM hour_coverage"
                                + " WHERE node_id = ? AND hour_ms >= ? AND hour_ms < ?",
                        (row, number) -> new Coverage(row.getLong(1), row.getLong(2)),
                        nodeId,
                        DirtyHours.hourOf(fromMs),
                        toMs)
                .get(0);
    }

    private List<Power> read(String which, String id, long fromMs, long toMs) {
        if (toMs <= fromMs) {
            return List.of();
        }
        Map<DeviceKind, Map<String, Curve>> curves = new EnumMap<>(DeviceKind.class);
        Grid grid = Grid.of(fromMs, toMs);
        jdbc.query(
                "SELECT node_id, hour_ms, device_kind, watts FROM hour_profile WHERE " + which
                        + " AND hour_ms >= ? AND hour_ms < ?",
                row -> {
                    curves.computeIfAbsent(DeviceKind.valueOf(row.getString(3)), kind -> new HashMap<>())
                            .computeIfAbsent(row.getString(1), node -> new Curve(grid))
                            .add(row.getLong(2), row.getBytes(4));
                },
                id,
                DirtyHours.hourOf(fromMs),
                toMs);
        List<Power> powers = new ArrayList<>();
        curves.forEach((kind, ofNodes) -> powers.add(new Power(kind, sum(grid, ofNodes))));
        return powers;
    }

    /** Where the points of a chart lie. */
    private record Grid(long fromMs, long stepMs, int points) {
        static Grid of(long fromMs, long toMs) {
            long slots = ceilDiv(toMs - fromMs, SLOT_MS);
            long stepMs = ceilDiv(slots, MOST_POINTS) * SLOT_MS;
            return new Grid(fromMs, stepMs, (int) ceilDiv(toMs - fromMs, stepMs));
        }

        private static long ceilDiv(long amount, long by) {
            return (amount + by - 1) / by;
        }
    }

    /** One node's watts, averaged over the slots that are known. */
    private static final class Curve {
        private final Grid grid;
        private final double[] watts;
        private final int[] known;

        Curve(Grid grid) {
            this.grid = grid;
            this.watts = new double[grid.points()];
            this.known = new int[grid.points()];
        }

        void add(long hourMs, byte[] profile) {
            ByteBuffer slots = ByteBuffer.wrap(profile);
            for (long slotMs = hourMs; slots.remaining() >= Float.BYTES; slotMs += SLOT_MS) {
                float slotWatts = slots.getFloat();
                long point = Math.floorDiv(slotMs - grid.fromMs(), grid.stepMs());
                if (!Float.isNaN(slotWatts) && point >= 0 && point < grid.points()) {
                    watts[(int) point] += slotWatts;
                    known[(int) point]++;
                }
            }
        }

        double at(int point) {
            return known[point] == 0 ? Double.NaN : watts[point] / known[point];
        }
    }

    /** Where one node is not known, the others' sum is shown; where none is, there is a gap. */
    private static List<double[]> sum(Grid grid, Map<String, Curve> curves) {
        double[] sums = new double[grid.points()];
        Arrays.fill(sums, Double.NaN);
        for (Curve curve : curves.values()) {
            for (int point = 0; point < sums.length; point++) {
                double watts = curve.at(point);
                if (!Double.isNaN(watts)) {
                    sums[point] = Double.isNaN(sums[point]) ? watts : sums[point] + watts;
                }
            }
        }
        List<double[]> points = new ArrayList<>(sums.length);
        for (int point = 0; point < sums.length; point++) {
            points.add(new double[] {grid.fromMs() + point * grid.stepMs(), sums[point]});
        }
        return points;
    }
}
