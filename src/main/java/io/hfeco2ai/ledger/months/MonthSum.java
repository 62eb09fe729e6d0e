package io.hfeco2ai.ledger.months;

import java.math.BigDecimal;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The sum of entries that agree in everything but hour, state and uncertainty. */
final class MonthSum {

    /** Also of entry. */
    static final String KEY = "run_id, device_kind, share_key, quality, boundary, origin, synthetic, pue, factor_id,"
            + " method_version, market_method, market_factor_id, certified_ppm, certificate_factor_id, wue";

    /** Also of entry. */
    private static final String AMOUNTS =
            "energy_uj, facility_uj, location_ug, priced_uj, expected_ms, observed_ms, market_ug, water_ul";

    /** What is read of each entry. */
    static final String OF_ENTRY = KEY + ", " + AMOUNTS + ", uncertainty_ppm, hour_ms";

    /** The columns of a sum, without those that say which it is. */
    static final String COLUMNS =
            KEY + ", " + AMOUNTS + ", energy_ppm, location_ppm, entries, first_hour_ms, last_hour_ms, hours";

    private static final int KEY_COUNT = KEY.split(",").length;
    private static final int AMOUNT_COUNT = AMOUNTS.split(",").length;
    private static final int LOCATION = 2;

    private final List<@Nullable Object> key;
    private final @Nullable Long[] amounts;
    private BigDecimal energyPpm = BigDecimal.ZERO;
    private @Nullable BigDecimal locationPpm;
    private long entries;
    private long firstHourMs = Long.MAX_VALUE;
    private long lastHourMs = Long.MIN_VALUE;
    private final HourlyMass hours = new HourlyMass();

    MonthSum(Parts parts) {
        key = parts.key;
        amounts = new Long[parts.amounts.length];
    }

    /** What a row adds to a sum. */
    static final class Parts {

        /** With which amounts are known, so that a sum is known where its parts are. */
        final List<@Nullable Object> key = new ArrayList<>();

        private final @Nullable Long[] amounts = new Long[AMOUNT_COUNT];
        private final BigDecimal energyPpm;
        private final @Nullable BigDecimal locationPpm;
        private final long entries;
        private final long firstHourMs;
        private final long lastHourMs;
        /** Of a sum; an entry is of its first hour. */
        private final byte[] hours;

        private final boolean ofEntry;

        private Parts(ResultSet row, boolean entry) throws SQLException {
            ofEntry = entry;
            for (int i = 1; i <= KEY_COUNT; i++) {
                Object part = row.getObject(i);
                key.add(part instanceof BigDecimal number ? number.stripTrailingZeros() : part);
            }
            for (int i = 0; i < AMOUNT_COUNT; i++) {
                long amount = row.getLong(KEY_COUNT + 1 + i);
                amounts[i] = row.wasNull() ? null : amount;
                key.add(amounts[i] == null);
            }
            int after = KEY_COUNT + AMOUNT_COUNT;
            Long location = amounts[LOCATION];
            if (entry) {
                BigDecimal ppm = BigDecimal.valueOf(row.getLong(after + 1));
                energyPpm = ppm.multiply(BigDecimal.valueOf(Objects.requireNonNull(amounts[0])));
                locationPpm = location == null ? null : ppm.multiply(BigDecimal.valueOf(location));
                entries = 1;
                firstHourMs = row.getLong(after + 2);
                lastHourMs = firstHourMs;
                hours = new byte[0];
            } else {
                energyPpm = row.getBigDecimal(after + 1);
                locationPpm = row.getBigDecimal(after + 2);
                entries = row.getLong(after + 3);
                firstHourMs = row.getLong(after + 4);
                lastHourMs = row.getLong(after + 5);
                byte[] kept = row.getBytes(after + 6);
                hours = kept == null ? new byte[0] : kept;
            }
        }

        /** @param row of {@link #OF_ENTRY} */
        static Parts ofEntry(ResultSet row) throws SQLException {
            return new Parts(row, true);
        }

        /** @param row of {@link #COLUMNS} */
        static Parts ofSum(ResultSet row) throws SQLException {
            return new Parts(row, false);
        }
    }

    /** @throws ArithmeticException the sum does not fit into 63 bits: 2.5 GWh of one key on one node in a month */
    void add(Parts parts) {
        for (int i = 0; i < amounts.length; i++) {
            amounts[i] = plus(amounts[i], parts.amounts[i]);
        }
        energyPpm = energyPpm.add(parts.energyPpm);
        if (parts.locationPpm != null) {
            locationPpm = locationPpm == null ? parts.locationPpm : locationPpm.add(parts.locationPpm);
        }
        entries += parts.entries;
        firstHourMs = Math.min(firstHourMs, parts.firstHourMs);
        lastHourMs = Math.max(lastHourMs, parts.lastHourMs);
        Long location = parts.amounts[LOCATION];
        if (parts.ofEntry && location != null) {
            hours.add(parts.firstHourMs, location);
        }
        HourlyMass.read(parts.hours, hours::add);
    }

    /** In the order of {@link #COLUMNS}. */
    List<@Nullable Object> columns() {
        List<@Nullable Object> columns = new ArrayList<>(key.subList(0, KEY_COUNT));
        columns.addAll(Arrays.asList(amounts));
        columns.add(energyPpm);
        columns.add(locationPpm);
        columns.add(entries);
        columns.add(firstHourMs);
        columns.add(lastHourMs);
        columns.add(amounts[LOCATION] == null ? null : hours.bytes());
        return columns;
    }

    /** Of everything in it: equal for equal sums. */
    String text() {
        List<@Nullable Object> columns = columns();
        columns.set(columns.size() - 1, HexFormat.of().formatHex(hours.bytes()));
        return columns.toString();
    }

    private static @Nullable Long plus(@Nullable Long one, @Nullable Long other) {
        if (one == null || other == null) {
            return one == null ? other : one;
        }
        return Math.addExact(one, other);
    }
}
