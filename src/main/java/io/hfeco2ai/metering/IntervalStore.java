package io.hfeco2ai.metering;

import io.hfeco2ai.metering.FactStore.IntervalRow;
import io.hfeco2ai.metering.FactStore.UsageRow;
import io.hfeco2ai.metering.Metering.IntervalReport;
import io.hfeco2ai.metering.Metering.UsageReport;
import io.hfeco2ai.metering.SeriesRegistry.Series;
import io.hfeco2ai.metering.seals.Seals;
import io.hfeco2ai.units.Quality;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;

/** The rows of energy_interval and usage_weight: tells new from known by (series, start) and inserts the new. */
@Component
class IntervalStore {

    /** Starts that are further apart are looked up one by one, so that a lookup never reads a long stretch of rows. */
    private static final long CLUSTER_GAP_MS = 300_000;

    private static final long NO_SEQ = -1;
    private static final int BATCH = 1_000;

    private static final Comparator<IntervalRow> BY_KEY = Comparator.<IntervalRow>comparingLong(row -> row.series().id)
            .thenComparingLong(row -> row.report().startMs());

    private final JdbcTemplate jdbc;
    private final Seals seals;

    IntervalStore(JdbcTemplate jdbc, Seals seals) {
        this.jdbc = jdbc;
        this.seals = seals;
    }

    /** What must be equal for two intervals of the same series and start to be the same. */
    private record Content(long endMs, long energyUj, long observedMs) {
        static Content of(IntervalReport report) {
            return new Content(report.endMs(), report.energyUj(), IntervalStore.observedMs(report));
        }
    }

    /** @return the rows that were new; the others are told their arrival as duplicate or conflict */
    List<IntervalRow> insertNew(List<IntervalRow> rows) {
        List<IntervalRow> sorted = new ArrayList<>(rows);
        sorted.sort(BY_KEY);
        List<IntervalRow> fresh = new ArrayList<>(sorted.size());
        int from = 0;
        while (from < sorted.size()) {
            int to = endOfCluster(sorted, from);
            sift(sorted.subList(from, to), fresh);
            from = to;
        }
        insert(fresh);
        fresh.forEach(row -> row.arrival().accept(row.report()));
        return fresh;
    }

    private static int endOfCluster(List<IntervalRow> sorted, int from) {
        Series series = sorted.get(from).series();
        boolean known = sorted.get(from).report().startMs() <= series.highestStartMs;
        int to = from + 1;
        while (to < sorted.size()
                && sorted.get(to).series() == series
                && (!known || gap(sorted.get(to - 1), sorted.get(to)) <= CLUSTER_GAP_MS)) {
            to++;
        }
        return to;
    }

    private static long gap(IntervalRow before, IntervalRow row) {
        return row.report().startMs() - before.report().startMs();
    }

    private void sift(List<IntervalRow> cluster, List<IntervalRow> fresh) {
        Series series = cluster.get(0).series();
        Map<Long, Content> known = known(series, cluster);
        long longestMs = series.maxLengthMs;
        for (IntervalRow row : cluster) {
            IntervalReport report = row.report();
            Content content = Content.of(report);
            Content before = known.putIfAbsent(report.startMs(), content);
            if (before == null) {
                fresh.add(row);
                series.highestStartMs = Math.max(series.highestStartMs, report.startMs());
                longestMs = Math.max(longestMs, report.endMs() - report.startMs());
            } else {
                tell(row, content, before);
            }
        }
        if (longestMs > series.maxLengthMs) {
            series.maxLengthMs = longestMs;
            jdbc.update(
                    "UPDATE series SET max_length_ms = ? WHERE id = ? AND max_length_ms < ?",
                    longestMs,
                    series.id,
                    longestMs);
        }
    }

    private Map<Long, Content> known(Series series, List<IntervalRow> cluster) {
        Map<Long, Content> known = new HashMap<>();
        long firstMs = cluster.get(0).report().startMs();
        if (firstMs <= series.highestStartMs) {
            jdbc.query(
                    "SELECT start_ms, end_ms, energy_uj, observed_ms FROM energy_interval"
                            + " WHERE series_id = ? AND start_ms >= ? AND start_ms <= ?",
                    row -> {
                        known.put(row.getLong(1), new Content(row.getLong(2), row.getLong(3), row.getLong(4)));
                    },
                    series.id,
                    firstMs,
                    cluster.get(cluster.size() - 1).report().startMs());
            seals.ofSeries(
                    series.id,
                    firstMs,
                    cluster.get(cluster.size() - 1).report().startMs(),
                    (id, startMs, endMs, energyUj, observedMs) ->
                            known.put(startMs, new Content(endMs, energyUj, observedMs)));
        }
        return known;
    }

    private static void tell(IntervalRow row, Content content, Content before) {
        if (content.equals(before)) {
            row.arrival().duplicate();
        } else {
            row.arrival()
                    .refuse(
                            row.index(),
                            "conflict: an interval of this device, source and start is stored with "
                                    + before.energyUj() + " uJ up to " + before.endMs()
                                    + "; stored facts never change, send only what is new");
        }
    }

    /** @return the readings of power that were new; the others are told their arrival as duplicate or conflict */
    List<IntervalRow> insertNewReadings(List<IntervalRow> rows) {
        List<IntervalRow> fresh = new ArrayList<>();
        Map<List<Long>, Double> here = new HashMap<>();
        for (IntervalRow row : rows) {
            double watts = row.arrival().watts(row.index());
            Double before =
                    here.putIfAbsent(List.of(row.series().id, row.report().startMs()), watts);
            if (before == null) {
                before = knownWatts(row);
            }
            if (before == null) {
                jdbc.update(
                        "INSERT INTO power_point (series_id, at_ms, watts) VALUES (?, ?, ?)",
                        row.series().id,
                        row.report().startMs(),
                        watts);
                row.arrival().accept(row.report());
                fresh.add(row);
            } else if (before == watts) {
                row.arrival().duplicate();
            } else {
                row.arrival()
                        .refuse(
                                row.index(),
                                "conflict: a reading of this device and time is stored with " + before
                                        + " W; stored facts never change, send only what is new");
            }
        }
        return fresh;
    }

    private @Nullable Double knownWatts(IntervalRow row) {
        return jdbc
                .queryForList(
                        "SELECT watts FROM power_point WHERE series_id = ? AND at_ms = ?",
                        Double.class,
                        row.series().id,
                        row.report().startMs())
                .stream()
                .findFirst()
                .orElse(null);
    }

    private void insert(List<IntervalRow> rows) {
        jdbc.batchUpdate(
                "INSERT INTO energy_interval (series_id, start_ms, end_ms, energy_uj, observed_ms, seq)"
                        + " VALUES (?, ?, ?, ?, ?, ?)",
                rows,
                BATCH,
                (statement, row) -> {
                    IntervalReport report = row.report();
                    statement.setLong(1, row.series().id);
                    statement.setLong(2, report.startMs());
                    statement.setLong(3, report.endMs());
                    statement.setLong(4, report.energyUj());
                    statement.setLong(5, observedMs(report));
                    statement.setLong(6, report.seq() == null ? NO_SEQ : report.seq());
                });
    }

    private static long observedMs(IntervalReport report) {
        if (report.quality() == Quality.MISSING) {
            return 0;
        }
        return report.observedMs() == null ? report.endMs() - report.startMs() : report.observedMs();
    }

    /** @return the rows that were new; few at a time, so each is looked up by itself */
    List<UsageRow> insertNewUsage(List<UsageRow> rows) {
        List<UsageRow> fresh = new ArrayList<>();
        for (UsageRow row : rows) {
            UsageReport report = row.report();
            UsageReport before = knownUsage(row);
            if (before == null) {
                jdbc.update(
                        "INSERT INTO usage_weight (member_id, device_id, start_ms, end_ms, weight_ppm)"
                                + " VALUES (?, ?, ?, ?, ?)",
                        report.memberId(),
                        row.device().id,
                        report.startMs(),
                        report.endMs(),
                        report.weightPpm());
                row.arrival().acceptUsage();
                fresh.add(row);
            } else if (before.equals(report)) {
                row.arrival().duplicate();
            } else {
                row.arrival()
                        .refuse(
                                row.index(),
                                "conflict: a usage of this member, device and start is stored with"
                                        + " another weight or end; stored facts never change, send only what is new");
            }
        }
        return fresh;
    }

    private @Nullable UsageReport knownUsage(UsageRow row) {
        UsageReport report = row.report();
        List<UsageReport> known = jdbc.query(
                "SELECT end_ms, weight_ppm FROM usage_weight WHERE member_id = ? AND device_id = ? AND start_ms = ?",
                (found, number) -> new UsageReport(
                        report.memberId(), report.device(), report.startMs(), found.getLong(1), found.getInt(2)),
                report.memberId(),
                row.device().id,
                report.startMs());
        return known.isEmpty() ? null : known.get(0);
    }
}
