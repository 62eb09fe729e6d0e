package io.hfeco2ai.grid.factors;

import io.hfeco2ai.grid.Grid.Resolution;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.regex.Pattern;

/** Checks a file of factors from its first to its last row before anything of it is used. The layout is in docs/factors.md. */
final class FactorFile {

    static final int MOST_ROWS = 300_000;
    private static final int MOST_MISTAKES = 1000;
    private static final String NO_ROWS =
            "The file has no rows: put the names of the columns first, then one row for each value.";
    private static final BigDecimal HIGHEST = BigDecimal.valueOf(1500);
    private static final Pattern NUMBER = Pattern.compile("-?\\d{1,7}(\\.\\d{1,12})?");

    /** @param row line of the file, the first is 1; @param column empty: the whole row; @param message with the cure */
    record Mistake(int row, String column, String message) {}

    /** One value of a series. [fromMs, toMs) */
    record Value(long fromMs, long toMs, BigDecimal gramsPerKwh, boolean estimated) {}

    /**
     * A zone's values, by time.
     *
     * @param gaps hours between the first and the last that have no value
     * @param partial hours of which a part is missing
     */
    record Series(String zone, Resolution resolution, List<Value> values, List<HourMeans.Gap> gaps, long partial) {}

    /** Either series or mistakes. */
    record Checked(List<Series> series, List<Mistake> mistakes) {}

    private record Row(int number, FactorTime time, BigDecimal gramsPerKwh, boolean estimated) {}

    private final boolean zeroAllowed;
    private final Function<String, Optional<String>> zones;
    private final List<Mistake> mistakes = new ArrayList<>();
    private final Map<String, TreeMap<Long, Row>> rows = new TreeMap<>();

    private FactorFile(String method, Function<String, Optional<String>> zones) {
        this.zeroAllowed = method.equals("supplier") || method.equals("instrument");
        this.zones = zones;
    }

    /**
     * @param method of the edition: only what a contract says may be 0
     * @param zones the code of a known zone for what a row calls it
     */
    static Checked read(byte[] file, String method, Function<String, Optional<String>> zones) {
        FactorFile checking = new FactorFile(method, zones);
        List<Series> series = checking.series(file);
        return checking.mistakes.isEmpty()
                ? new Checked(series, List.of())
                : new Checked(List.of(), List.copyOf(checking.mistakes));
    }

    private List<Series> series(byte[] file) {
        List<String> lines;
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(file))
                    .toString();
            lines = text.replaceFirst("^\uFEFF", "").lines().toList();
        } catch (CharacterCodingException e) {
            mistake(1, "", "The file is no UTF-8 text: save it as \"CSV UTF-8\".");
            return List.of();
        }
        if (lines.size() < 2) {
            mistake(1, "", NO_ROWS);
        } else if (lines.size() > MOST_ROWS) {
            mistake(MOST_ROWS, "", "The file has more than " + MOST_ROWS + " rows: send one year at a time.");
        } else {
            FactorColumns columns = FactorColumns.of(lines.get(0), this::mistake);
            if (mistakes.isEmpty()) {
                for (int i = 1; i < lines.size() && mistakes.size() < MOST_MISTAKES; i++) {
                    row(i + 1, lines.get(i), columns);
                }
                if (rows.isEmpty() && mistakes.isEmpty()) {
                    mistake(2, "", NO_ROWS);
                }
            }
        }
        return mistakes.isEmpty() ? rows.entrySet().stream().map(this::series).toList() : List.of();
    }

    private void mistake(int row, String column, String message) {
        mistakes.add(new Mistake(row, column, message));
    }

    private void row(int number, String line, FactorColumns columns) {
        if (line.isBlank()) {
            return;
        }
        Map<String, String> fields = columns.fields(line);
        if (fields.isEmpty()) {
            mistake(
                    number,
                    "",
                    "The row has another number of fields than the first row: check its commas; a number has"
                            + " a point, not a comma.");
            return;
        }
        int before = mistakes.size();
        String zone = zone(number, fields.getOrDefault("zone", ""));
        FactorTime time = time(number, fields.getOrDefault("from", ""));
        BigDecimal value = value(number, fields.getOrDefault("g_per_kwh", ""));
        boolean estimated = estimated(number, fields.getOrDefault("estimated", ""));
        if (mistakes.size() == before) {
            keep(zone, new Row(number, time, value, estimated));
        }
    }

    private String zone(int number, String text) {
        Optional<String> zone = zones.apply(text);
        if (zone.isEmpty()) {
            mistake(
                    number,
                    "zone",
                    quoted(text) + " is no known zone: use a code such as DE or US-CAL-CISO; the page of"
                            + " grid zones lists all.");
        }
        return zone.orElse("");
    }

    private FactorTime time(int number, String text) {
        try {
            return FactorTime.parse(text);
        } catch (DateTimeException e) {
            mistake(number, "from", quoted(text) + " " + e.getMessage() + ".");
            return new FactorTime(Resolution.HOUR, 0, 0);
        }
    }

    private BigDecimal value(int number, String text) {
        if (!NUMBER.matcher(text).matches()) {
            mistake(
                    number,
                    "g_per_kwh",
                    quoted(text) + " is no number: write grams per kilowatt-hour such as 245.3; leave"
                            + " the row out where the value is not known.");
            return BigDecimal.ZERO;
        }
        BigDecimal value = new BigDecimal(text);
        if (value.signum() < 0 || value.compareTo(HIGHEST) > 0) {
            mistake(
                    number,
                    "g_per_kwh",
                    text + " is not from 0 to 1500 g/kWh: no grid emits that; check the unit (kg per"
                            + " MWh is the same number, t per MWh is 1000 times less, lb per MWh × 0.45359237).");
        } else if (value.signum() == 0 && !zeroAllowed) {
            mistake(
                    number,
                    "g_per_kwh",
                    "0 is no grid's intensity: leave the row out where the value is not known; only"
                            + " methods supplier and instrument may be 0.");
        }
        return value;
    }

    private boolean estimated(int number, String text) {
        if (!text.isEmpty() && !text.equals("true") && !text.equals("false")) {
            mistake(number, "estimated", quoted(text) + " is neither true nor false.");
        }
        return text.equals("true");
    }

    private void keep(String zone, Row row) {
        TreeMap<Long, Row> ofZone = rows.computeIfAbsent(zone, first -> new TreeMap<>());
        Row other = ofZone.isEmpty() ? row : ofZone.firstEntry().getValue();
        Row same = ofZone.putIfAbsent(row.time.fromMs(), row);
        if (other.time.resolution() != row.time.resolution()) {
            mistake(
                    row.number,
                    "from",
                    "Row " + other.number + " of zone " + zone + " is for " + named(other.time.resolution())
                            + ", this one for " + named(row.time.resolution()) + ": send them as two files.");
        } else if (same != null) {
            mistake(
                    row.number,
                    "from",
                    Instant.ofEpochMilli(row.time.fromMs()) + " of zone " + zone + " stands in row " + same.number
                            + " too: keep one of them; at the clock change the two hours have different distances to UTC.");
        }
    }

    private static String named(Resolution resolution) {
        return switch (resolution) {
            case HOUR -> "an hour";
            case MONTH -> "a month";
            case YEAR -> "a year";
        };
    }

    private Series series(Map.Entry<String, TreeMap<Long, Row>> zone) {
        List<Row> ofZone = new ArrayList<>(zone.getValue().values());
        Resolution resolution = ofZone.get(0).time.resolution();
        if (resolution != Resolution.HOUR) {
            List<Value> values = ofZone.stream()
                    .map(row -> new Value(row.time.fromMs(), row.time.toMs(), row.gramsPerKwh, row.estimated))
                    .toList();
            return new Series(zone.getKey(), resolution, values, List.of(), 0);
        }
        int minutes = rhythm(zone.getKey(), ofZone);
        List<HourMeans.Hour> hours = HourMeans.of(ofZone.stream()
                .map(row -> new HourMeans.Sample(row.time.fromMs(), minutes, row.gramsPerKwh, row.estimated))
                .toList());
        List<Value> values = hours.stream()
                .map(hour -> new Value(
                        hour.hourMs(), hour.hourMs() + HourMeans.HOUR_MS, hour.gramsPerKwh(), hour.estimated()))
                .toList();
        long partial = hours.stream().filter(hour -> hour.minutes() < 60).count();
        return new Series(
                zone.getKey(),
                resolution,
                values,
                HourMeans.gaps(values.stream().map(Value::fromMs).toList()),
                partial);
    }

    /** Minutes from one value to the next: the shortest distance, which all others are multiples of. */
    private int rhythm(String zone, List<Row> ofZone) {
        long shortest = 60;
        Map<Long, Integer> rowOf = new HashMap<>();
        for (int i = 1; i < ofZone.size(); i++) {
            long minutes = (ofZone.get(i).time.fromMs() - ofZone.get(i - 1).time.fromMs()) / 60_000;
            rowOf.putIfAbsent(minutes, ofZone.get(i).number);
            shortest = Math.min(shortest, minutes);
        }
        for (Map.Entry<Long, Integer> each : rowOf.entrySet()) {
            if (60 % shortest != 0 || each.getKey() % shortest != 0) {
                mistake(
                        each.getValue(),
                        "from",
                        "Zone " + zone + " has values " + shortest + " and " + each.getKey()
                                + " minutes apart: give them at even distances, such as each hour or each 30 minutes.");
                return 60;
            }
        }
        return (int) shortest;
    }

    private static String quoted(String text) {
        return "\"" + (text.length() > 40 ? text.substring(0, 40) + "…" : text) + "\"";
    }
}
