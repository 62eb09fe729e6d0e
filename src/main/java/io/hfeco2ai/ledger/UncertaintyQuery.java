package io.hfeco2ai.ledger;

import io.hfeco2ai.grid.Grid;
import io.hfeco2ai.grid.Grid.Factor;
import io.hfeco2ai.ledger.Ledger.Question;
import io.hfeco2ai.ledger.Ledger.Uncertainty;
import io.hfeco2ai.ledger.LedgerQuery.Rows;
import io.hfeco2ai.ledger.months.HourlyMass;
import java.math.BigDecimal;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;

/** How sure an answer is; see {@code docs/accounting.md}, "Uncertainty", for the figures and where they come from. */
@Component
class UncertaintyQuery {

    /** Relative, one standard deviation: two sources on the same zone, year and basis, per source. */
    private static final double BETWEEN_SOURCES = 0.20;
    /** An hour's deviation from the annual value: of its month, of its day in the month, of itself in the day. */
    private static final double MONTH_IN_YEAR = 0.20;

    private static final double DAY_IN_MONTH = 0.22;
    private static final double HOUR_IN_DAY = 0.17;

    private static final long HOUR_MS = 3_600_000;
    private static final int HOURS_IN_DAY = 24;
    private static final long DAY_MS = HOURS_IN_DAY * HOUR_MS;
    /** What another tool modelled errs alike in all its kinds of device: how it did is not known here. */
    private static final String SENSOR = "CASE WHEN e.quality = 'MODELLED' AND e.origin LIKE 'reported:%' THEN '' ELSE"
            + " e.device_kind END, e.origin, CASE WHEN e.quality = 'MEASURED' THEN e.node_id ELSE '' END";

    private final JdbcTemplate jdbc;
    private final Grid grid;

    UncertaintyQuery(JdbcTemplate jdbc, Grid grid) {
        this.jdbc = jdbc;
        this.grid = grid;
    }

    /** Adds up exactly and divides last, so that the answer is the same to the bit whether months are summed or not. */
    Uncertainty of(Question question) {
        Map<String, Sensed> groups = new TreeMap<>();
        LedgerQuery.each(
                jdbc,
                question,
                rows -> "SELECT " + SENSOR + ", SUM(e.energy_uj), SUM(" + rows.kind.energyPpm + "), SUM(e.location_ug),"
                        + " SUM(" + rows.kind.locationPpm + ") FROM " + rows.from + rows.where + " GROUP BY " + SENSOR,
                // What a sensor or a model errs by is the same in all its hours; a model errs alike on all nodes.
                row -> groups.computeIfAbsent(
                                row.getString(1) + '|' + row.getString(2) + '|' + row.getString(3),
                                first -> new Sensed())
                        .add(row));
        CorrelatedSum energy = new CorrelatedSum();
        CorrelatedSum sensors = new CorrelatedSum();
        groups.forEach((group, sensed) -> {
            energy.add(group, sensed.amounts[0].doubleValue(), sensed.amounts[1].doubleValue() / 2e6);
            sensors.add(group, sensed.amounts[2].doubleValue(), sensed.amounts[3].doubleValue() / 2e6);
        });
        return of(energy, sensors, intensity(question));
    }

    /** Energy, energy × its uncertainty, and the same of emissions, of one sensor or model. */
    private static final class Sensed {

        final BigDecimal[] amounts = {BigDecimal.ZERO, BigDecimal.ZERO, BigDecimal.ZERO, BigDecimal.ZERO};

        void add(ResultSet row) throws SQLException {
            for (int i = 0; i < amounts.length; i++) {
                BigDecimal more = row.getBigDecimal(4 + i);
                amounts[i] = more == null ? amounts[i] : amounts[i].add(more);
            }
        }
    }

    /**
     * Emissions are a product and cannot be negative, so their interval is that of a log-normal distribution of the
     * same mean and relative standard deviation: nearly symmetric where it is narrow, longer upwards where it is wide.
     */
    static Uncertainty of(CorrelatedSum energy, CorrelatedSum sensors, CorrelatedSum intensity) {
        Double energyRatio = energy.total() == 0 ? null : 2 * energy.relative();
        if (intensity.total() <= 0) {
            return new Uncertainty(energyRatio, null, null, null, null);
        }
        double relative = Math.hypot(sensors.relative(), intensity.relative());
        double variance = Math.log1p(relative * relative);
        double width = 2 * Math.sqrt(variance);
        return new Uncertainty(
                energyRatio,
                2 * sensors.relative(),
                2 * intensity.relative(),
                Math.exp(-variance / 2 - width),
                Math.exp(-variance / 2 + width));
    }

    private CorrelatedSum intensity(Question question) {
        Map<String, SortedMap<Long, long[]>> daysOfFactor = new TreeMap<>();
        LedgerQuery.each(
                jdbc,
                question,
                rows -> rows.kind == Rows.SUMS
                        ? "SELECT e.factor_id, e.first_hour_ms, CAST(0 AS NUMERIC), e.hours FROM " + rows.from
                                + rows.where + " AND e.factor_id IS NOT NULL"
                        : "SELECT e.factor_id, e.hour_ms, SUM(e.location_ug), CAST(NULL AS BYTEA) FROM " + rows.from
                                + rows.where + " AND e.factor_id IS NOT NULL GROUP BY e.factor_id, e.hour_ms",
                row -> {
                    SortedMap<Long, long[]> days =
                            daysOfFactor.computeIfAbsent(row.getString(1), first -> new TreeMap<>());
                    byte[] hours = row.getBytes(4);
                    if (hours == null) {
                        add(days, row.getLong(2), row.getLong(3));
                    } else {
                        HourlyMass.read(hours, (hourMs, micrograms) -> add(days, hourMs, micrograms));
                    }
                });
        CorrelatedSum intensity = new CorrelatedSum();
        Map<String, Double> between = new HashMap<>();
        daysOfFactor.forEach((factorId, days) -> {
            Factor factor = grid.factor(factorId).orElseThrow();
            days.forEach((day, hours) -> {
                for (int hour = 0; hour < hours.length; hour++) {
                    add(intensity, factor, day * DAY_MS + hour * HOUR_MS, hours[hour], between);
                }
            });
        });
        return intensity;
    }

    private static void add(Map<Long, long[]> days, long hourMs, long micrograms) {
        days.computeIfAbsent(hourMs / DAY_MS, first -> new long[HOURS_IN_DAY])[(int) (hourMs % DAY_MS / HOUR_MS)] +=
                micrograms;
    }

    private void add(CorrelatedSum sum, Factor factor, long hourMs, double micrograms, Map<String, Double> changes) {
        OffsetDateTime at = Instant.ofEpochMilli(hourMs).atOffset(ZoneOffset.UTC);
        String zone = factor.zone();
        sum.add(zone + '|' + factor.method() + '|' + factor.basis(), micrograms, micrograms * BETWEEN_SOURCES);
        if (factor.resolution() == Grid.Resolution.HOUR) {
            return;
        }
        // How a grid differs from its mean is the same error whichever source tells that mean.
        int years = Math.abs(at.getYear() - factor.dataYear());
        if (years > 0) {
            double change = changes.computeIfAbsent(factor.id(), id -> grid.yearlyChange(factor));
            sum.vary(zone + "|year", micrograms * change * Math.sqrt(years));
        }
        if (factor.resolution() == Grid.Resolution.YEAR) {
            sum.vary(zone + '|' + at.getYear() + '|' + at.getMonthValue(), micrograms * MONTH_IN_YEAR);
        }
        sum.vary(zone + '|' + at.toLocalDate(), micrograms * DAY_IN_MONTH);
        sum.vary(zone + '|' + hourMs, micrograms * HOUR_IN_DAY);
    }

    /**
     * The standard uncertainty of a sum whose parts err alike within a group and independently between groups: the linear sum in
     * a group, the root of the sum of squares over the groups (GUM, JCGM 100:2008, 5.1 and 5.2, with coefficients of 1 and 0).
     */
    static final class CorrelatedSum {

        private double total;
        /** In the order of the names, so that the same parts give the same result to the bit. */
        private final Map<String, Double> groups = new TreeMap<>();

        /** @param standard uncertainty of that amount, in its unit, one standard deviation */
        void add(String group, double amount, double standard) {
            total += amount;
            vary(group, standard);
        }

        /** A further cause of error of amounts that were added already. */
        void vary(String group, double standard) {
            groups.merge(group, standard, Double::sum);
        }

        double total() {
            return total;
        }

        /** Standard uncertainty ÷ total; 0 where the total is 0. */
        double relative() {
            if (total == 0) {
                return 0;
            }
            double squares = 0;
            for (double group : groups.values()) {
                squares += group * group;
            }
            return Math.sqrt(squares) / Math.abs(total);
        }
    }
}
