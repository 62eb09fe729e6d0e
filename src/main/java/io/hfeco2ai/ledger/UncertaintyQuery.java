package io.hfeco2ai.ledger;

import io.hfeco2ai.grid.Grid;
import io.hfeco2ai.grid.Grid.Factor;
import io.hfeco2ai.ledger.Ledger.Question;
import io.hfeco2ai.ledger.Ledger.Uncertainty;
import io.hfeco2ai.ledger.LedgerQuery.Statement;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.Map;
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

    private final JdbcTemplate jdbc;
    private final Grid grid;

    UncertaintyQuery(JdbcTemplate jdbc, Grid grid) {
        this.jdbc = jdbc;
        this.grid = grid;
    }

    Uncertainty of(Question question) {
        CorrelatedSum energy = new CorrelatedSum();
        CorrelatedSum sensors = new CorrelatedSum();
        Statement statement = new Statement(question);
        jdbc.query(
                statement.with
                        + "SELECT e.device_kind, e.origin, CASE WHEN e.quality = 'MEASURED' THEN e.node_id ELSE '' END,"
                        + " SUM(e.energy_uj), SUM(CAST(e.energy_uj AS NUMERIC(38, 0)) * e.uncertainty_ppm),"
                        + " SUM(e.location_ug), SUM(CAST(e.location_ug AS NUMERIC(38, 0)) * e.uncertainty_ppm) FROM "
                        + statement.from + statement.where
                        + " GROUP BY e.device_kind, e.origin, CASE WHEN e.quality = 'MEASURED' THEN e.node_id ELSE '' END"
                        + " ORDER BY 1, 2, 3",
                row -> {
                    // What a sensor or a model errs by is the same in all its hours; a model errs alike on all nodes.
                    String group = row.getString(1) + '|' + row.getString(2) + '|' + row.getString(3);
                    energy.add(group, row.getDouble(4), row.getDouble(5) / 2e6);
                    sensors.add(group, row.getDouble(6), row.getDouble(7) / 2e6);
                },
                statement.arguments());
        CorrelatedSum intensity = intensity(question);
        return of(energy, sensors, intensity);
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
        CorrelatedSum intensity = new CorrelatedSum();
        Statement statement = new Statement(question);
        Map<String, Double> between = new HashMap<>();
        jdbc.query(
                statement.with + "SELECT e.factor_id, e.hour_ms, SUM(e.location_ug) FROM " + statement.from
                        + statement.where
                        + " AND e.factor_id IS NOT NULL GROUP BY e.factor_id, e.hour_ms ORDER BY 1, 2",
                row -> {
                    Factor factor = grid.factor(row.getString(1)).orElseThrow();
                    add(intensity, factor, row.getLong(2), row.getDouble(3), between);
                },
                statement.arguments());
        return intensity;
    }

    private void add(CorrelatedSum sum, Factor factor, long hourMs, double micrograms, Map<String, Double> changes) {
        OffsetDateTime at = Instant.ofEpochMilli(hourMs).atOffset(ZoneOffset.UTC);
        String zone = factor.zone() + '|' + factor.method() + '|' + factor.basis();
        sum.add(zone, micrograms, micrograms * BETWEEN_SOURCES);
        if (factor.resolution() == Grid.Resolution.HOUR) {
            return;
        }
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
