package io.hfeco2ai.dashboard;

import io.hfeco2ai.ledger.Ledger.Footprint;
import io.hfeco2ai.metering.Metering.Power;
import io.hfeco2ai.units.DeviceKind;
import io.hfeco2ai.units.Energy;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What js/charts.js draws, and the same as a table.
 *
 * @param type {@code power}: x is epoch milliseconds; {@code bars}: x is a label
 * @param unit of y
 */
record ChartView(String type, String unit, List<Series> series) {

    private static final int TABLE_ROWS = 24;

    /**
     * @param name key of its text
     * @param kind the style class: a device kind in lower case, or empty for the accent
     */
    record Series(String name, String kind, List<Point> points) {}

    /** Written as a JSON array [x, y]; y is null where nothing was observed. */
    @com.fasterxml.jackson.annotation.JsonFormat(shape = com.fasterxml.jackson.annotation.JsonFormat.Shape.ARRAY)
    @com.fasterxml.jackson.annotation.JsonPropertyOrder({"x", "y"})
    record Point(Object x, @Nullable Double y) {}

    record Row(String label, @Nullable Instant at, List<@Nullable Double> cells) {}

    static ChartView power(List<Power> powers) {
        return new ChartView(
                "power",
                "W",
                powers.stream()
                        .filter(power -> power.kind() != DeviceKind.NODE || powers.size() == 1)
                        .map(power -> new Series(label(power.kind()), style(power.kind()), points(power.points())))
                        .toList());
    }

    static ChartView live(List<double[]> recent) {
        return new ChartView("power", "W", List.of(new Series("chart.power", "", points(recent))));
    }

    static ChartView energyOf(List<RunRow> rows) {
        return bars(
                "Wh",
                rows.stream()
                        .map(row -> new Point(
                                row.run().name(), wattHours(row.footprint().energy())))
                        .toList());
    }

    /** @param days by ISO date */
    static ChartView days(Map<String, Footprint> days) {
        return bars(
                "Wh",
                days.entrySet().stream()
                        .map(day ->
                                new Point(day.getKey(), wattHours(day.getValue().energy())))
                        .toList());
    }

    private static ChartView bars(String unit, List<Point> points) {
        return new ChartView("bars", unit, List.of(new Series("figure.energy", "", points)));
    }

    private static @Nullable Double wattHours(@Nullable Energy energy) {
        return energy == null ? null : energy.kilowattHours() * 1000;
    }

    private static List<Point> points(List<double[]> points) {
        return points.stream()
                .map(point -> new Point((long) point[0], Double.isFinite(point[1]) ? point[1] : null))
                .toList();
    }

    private static String style(DeviceKind kind) {
        return kind.name().toLowerCase(Locale.ROOT);
    }

    private static String label(DeviceKind kind) {
        return "kind." + kind.name();
    }

    public boolean isEmpty() {
        return series.stream().flatMap(one -> one.points().stream()).allMatch(point -> point.y() == null);
    }

    /** At most 24 rows; of power over time each row is the mean of its piece. */
    public List<Row> table() {
        int size = series.stream().mapToInt(one -> one.points().size()).max().orElse(0);
        int step = type.equals("power") ? Math.max(1, (size + TABLE_ROWS - 1) / TABLE_ROWS) : 1;
        List<Row> rows = new ArrayList<>();
        for (int i = 0; i < size; i += step) {
            rows.add(row(i, i + step));
        }
        return rows;
    }

    private Row row(int from, int to) {
        List<@Nullable Double> cells = new ArrayList<>();
        Object x = "";
        for (Series one : series) {
            List<Point> piece = one.points()
                    .subList(
                            Math.min(from, one.points().size()),
                            Math.min(to, one.points().size()));
            x = piece.isEmpty() ? x : piece.get(0).x();
            var mean = piece.stream()
                    .map(Point::y)
                    .filter(Objects::nonNull)
                    .mapToDouble(Double::doubleValue)
                    .average();
            cells.add(mean.isPresent() ? mean.getAsDouble() : null);
        }
        return x instanceof Number ms
                ? new Row("", Instant.ofEpochMilli(ms.longValue()), cells)
                : new Row(x.toString(), null, cells);
    }
}
