package io.hfeco2ai.grid.factors;

import com.fasterxml.jackson.annotation.JsonFormat;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import io.hfeco2ai.grid.Grid;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What the pages of the grid show. */
final class GridView {

    private GridView() {}

    /** How fresh a zone's value is. */
    enum Freshness {
        /** The hour's own value, three hours old at most. */
        LIVE,
        /** There were values of the last day's hours, but not of the last ones. */
        STALE,
        MONTH,
        YEAR
    }

    /**
     * @param factor the newest hour's of the last day, else what prices the hour now
     * @param newestMs start of that hour; null: a month or a year
     * @param lowest of the last day's hours; null: none has a value of its own
     */
    record ZoneRow(
            Grid.Zone zone,
            Grid.Factor factor,
            Freshness freshness,
            @Nullable Long newestMs,
            @Nullable BigDecimal lowest,
            @Nullable BigDecimal highest) {

        static ZoneRow of(
                Grid.Zone zone,
                Grid.Factor now,
                List<Grid.@Nullable Factor> day,
                long thisHourMs,
                long nowMs,
                long liveMs) {
            List<BigDecimal> values = day.stream()
                    .filter(Objects::nonNull)
                    .map(factor -> Objects.requireNonNull(factor).gramsPerKwh())
                    .toList();
            if (values.isEmpty()) {
                Freshness age = now.resolution() == Grid.Resolution.MONTH ? Freshness.MONTH : Freshness.YEAR;
                return new ZoneRow(zone, now, age, null, null, null);
            }
            int last = day.size() - 1;
            while (day.get(last) == null) {
                last--;
            }
            long newestMs = thisHourMs - (day.size() - 1L - last) * HourMeans.HOUR_MS;
            boolean live = nowMs - newestMs - HourMeans.HOUR_MS <= liveMs;
            return new ZoneRow(
                    zone,
                    Objects.requireNonNull(day.get(last)),
                    live ? Freshness.LIVE : Freshness.STALE,
                    newestMs,
                    Collections.min(values),
                    Collections.max(values));
        }

        public @Nullable Instant newest() {
            return newestMs == null ? null : Instant.ofEpochMilli(newestMs);
        }
    }

    /** @param live the newest hour is young enough; @param since the newest hour; null: nothing came yet */
    record FeedRow(
            Feed feed,
            boolean live,
            @Nullable Instant since,
            @Nullable Instant retry) {
        static FeedRow of(Feed feed, long nowMs, long liveMs) {
            Long newest = feed.newestMs();
            return new FeedRow(
                    feed,
                    newest != null && nowMs - newest - HourMeans.HOUR_MS <= liveMs,
                    newest == null ? null : Instant.ofEpochMilli(newest),
                    feed.failures() == 0 ? null : Instant.ofEpochMilli(feed.retryMs()));
        }
    }

    /** @param rows one page of zones; @param candidates editions that price nothing yet */
    record ListView(
            String text,
            List<ZoneRow> rows,
            int page,
            int size,
            long total,
            List<FeedRow> feeds,
            List<Edition> candidates,
            boolean mayChange) {}

    /** @param values of years and months; @param now null: no factor is known */
    record ZoneView(
            Grid.Zone zone,
            @Nullable ZoneRow now,
            @Nullable Chart chart,
            List<HourRow> hours,
            List<Grid.Factor> values,
            List<Edition> editions,
            boolean mayChange) {}

    record HourRow(Instant at, Grid.@Nullable Factor factor) {}

    /** What js/charts.js draws. */
    record Chart(String type, String unit, List<Series> series) {}

    /** @param name key of its text */
    record Series(String name, String kind, List<Point> points) {}

    /** Written as a JSON array [epoch milliseconds, g/kWh]; null where the hour has no value of its own. */
    @JsonFormat(shape = JsonFormat.Shape.ARRAY)
    @JsonPropertyOrder({"x", "y"})
    record Point(long x, @Nullable BigDecimal y) {}

    static @Nullable Chart chart(List<Grid.@Nullable Factor> day, long thisHourMs) {
        if (day.stream().allMatch(Objects::isNull)) {
            return null;
        }
        List<Point> points = hours(day, thisHourMs).stream()
                .map(hour -> new Point(hour.at.toEpochMilli(), hour.factor == null ? null : hour.factor.gramsPerKwh()))
                .toList();
        return new Chart("lines", "g/kWh", List.of(new Series("factor.intensity", "", points)));
    }

    /** Oldest first; none where no hour has a value. */
    static List<HourRow> hours(List<Grid.@Nullable Factor> day, long thisHourMs) {
        if (day.stream().allMatch(Objects::isNull)) {
            return List.of();
        }
        List<HourRow> hours = new ArrayList<>();
        for (int i = 0; i < day.size(); i++) {
            long hourMs = thisHourMs - (day.size() - 1L - i) * HourMeans.HOUR_MS;
            hours.add(new HourRow(Instant.ofEpochMilli(hourMs), day.get(i)));
        }
        return hours;
    }
}
