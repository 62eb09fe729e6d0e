package io.hfeco2ai.grid.factors;

import io.hfeco2ai.grid.Grid.Resolution;
import io.hfeco2ai.platform.Ids;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Repository;

/** The table factor_hour, and the rows of factor that belong to an edition. */
@Repository
class EditionStore {

    private static final int BATCH = 1000;
    private static final String EDITIONS = "SELECT edition_id, MIN(zone) AS zone, MIN(resolution) AS resolution,"
            + " MIN(method) AS method, MIN(basis) AS basis, MIN(gas) AS gas, MIN(gwp) AS gwp,"
            + " MIN(perspective) AS perspective, MIN(source) AS source, MIN(edition) AS edition,"
            + " MIN(licence) AS licence, MIN(url) AS url, MIN(from_ms) AS from_ms, MAX(to_ms) AS to_ms,"
            + " COUNT(*) AS factors, MIN(adopted_ms) AS adopted_ms, MIN(id) AS id FROM factor WHERE edition_id IS NOT NULL"
            + " %s GROUP BY edition_id ORDER BY MIN(zone), MIN(from_ms), edition_id";

    private final JdbcTemplate jdbc;

    EditionStore(JdbcTemplate jdbc) {
        this.jdbc = jdbc;
    }

    /** @return the id of the edition */
    String add(FactorOrigin origin, FactorFile.Series series, @Nullable Long retrievedMs, @Nullable Long adoptedMs) {
        String edition = Ids.next();
        if (series.resolution() == Resolution.HOUR) {
            long toMs = series.values().get(series.values().size() - 1).toMs();
            FactorFile.Value whole =
                    new FactorFile.Value(series.values().get(0).fromMs(), toMs, mean(series.values()), false);
            String factor = addFactor(origin, series, whole, edition, retrievedMs, adoptedMs);
            addHours(factor, series.values());
        } else {
            series.values().forEach(value -> addFactor(origin, series, value, edition, retrievedMs, adoptedMs));
        }
        return edition;
    }

    private static BigDecimal mean(List<FactorFile.Value> values) {
        return values.stream()
                .map(FactorFile.Value::gramsPerKwh)
                .reduce(BigDecimal.ZERO, BigDecimal::add)
                .divide(BigDecimal.valueOf(values.size()), 4, RoundingMode.HALF_EVEN);
    }

    private String addFactor(
            FactorOrigin origin,
            FactorFile.Series series,
            FactorFile.Value value,
            String edition,
            @Nullable Long retrievedMs,
            @Nullable Long adoptedMs) {
        String id = Ids.next();
        jdbc.update(
                "INSERT INTO factor (id, zone, from_ms, to_ms, g_per_kwh, method, basis, gas, source, edition, licence, url,"
                        + " resolution, gwp, perspective, retrieved_ms, edition_id, adopted_ms)"
                        + " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                id,
                series.zone(),
                value.fromMs(),
                value.toMs(),
                value.gramsPerKwh().setScale(4, RoundingMode.HALF_EVEN),
                origin.method(),
                origin.basis(),
                origin.gas(),
                origin.source(),
                origin.edition(),
                origin.licence(),
                origin.url(),
                series.resolution().name(),
                origin.gwp(),
                origin.perspective(),
                retrievedMs,
                edition,
                adoptedMs);
        return id;
    }

    void addHours(String factorId, List<FactorFile.Value> hours) {
        jdbc.batchUpdate(
                "INSERT INTO factor_hour (factor_id, hour_ms, g_per_kwh, estimated) VALUES (?, ?, ?, ?)",
                hours,
                BATCH,
                (statement, hour) -> {
                    statement.setString(1, factorId);
                    statement.setLong(2, hour.fromMs());
                    statement.setBigDecimal(3, hour.gramsPerKwh());
                    statement.setBoolean(4, hour.estimated());
                });
    }

    /** Zones that have an adopted hourly series of their grid average. */
    Set<String> hourlyZones() {
        return Set.copyOf(jdbc.queryForList(
                "SELECT DISTINCT zone FROM factor WHERE resolution = 'HOUR' AND method = 'average'"
                        + " AND adopted_ms IS NOT NULL",
                String.class));
    }

    /** Of a zone, oldest first. */
    List<Edition> ofZone(String zone) {
        return editions("AND zone = ?", zone);
    }

    List<Edition> candidates() {
        return editions("AND adopted_ms IS NULL");
    }

    List<Edition> byId(String id) {
        return editions("AND edition_id = ?", id);
    }

    /** The edition that a factor belongs to. */
    List<Edition> byFactor(String factorId) {
        return editions("AND edition_id = (SELECT edition_id FROM factor WHERE id = ?)", factorId);
    }

    String factorOf(String editionId) {
        return jdbc.queryForList("SELECT id FROM factor WHERE edition_id = ?", String.class, editionId)
                .get(0);
    }

    private List<Edition> editions(String which, Object... arguments) {
        record Found(Edition edition, String factorId) {}
        List<Found> found = jdbc.query(
                EDITIONS.formatted(which), (row, i) -> new Found(edition(row), row.getString("id")), arguments);
        List<Edition> editions = new ArrayList<>();
        for (Found each : found) {
            editions.add(
                    each.edition.resolution() == Resolution.HOUR ? counted(each.edition, each.factorId) : each.edition);
        }
        return editions;
    }

    private static Edition edition(ResultSet row) throws SQLException {
        return new Edition(
                row.getString("edition_id"),
                row.getString("zone"),
                Resolution.valueOf(row.getString("resolution")),
                new FactorOrigin(
                        row.getString("method"),
                        row.getString("basis"),
                        row.getString("gas"),
                        row.getString("gwp"),
                        row.getString("perspective"),
                        row.getString("source"),
                        row.getString("edition"),
                        row.getString("licence"),
                        row.getString("url")),
                row.getLong("from_ms"),
                row.getLong("to_ms"),
                row.getLong("factors"),
                0,
                0,
                row.getObject("adopted_ms", Long.class));
    }

    private Edition counted(Edition edition, String factorId) {
        long[] counts = jdbc.query(
                        "SELECT COUNT(*), COALESCE(SUM(CASE WHEN estimated THEN 1 ELSE 0 END), 0) FROM factor_hour"
                                + " WHERE factor_id = ?",
                        (row, i) -> new long[] {row.getLong(1), row.getLong(2)},
                        factorId)
                .get(0);
        long missing = (edition.toMs() - edition.fromMs()) / HourMeans.HOUR_MS - counts[0];
        return new Edition(
                edition.id(),
                edition.zone(),
                edition.resolution(),
                edition.origin(),
                edition.fromMs(),
                edition.toMs(),
                counts[0],
                counts[1],
                missing,
                edition.adoptedMs());
    }

    /** @return whether it was a candidate */
    boolean adopt(String editionId, long nowMs) {
        return jdbc.update(
                        "UPDATE factor SET adopted_ms = ? WHERE edition_id = ? AND adopted_ms IS NULL",
                        nowMs,
                        editionId)
                > 0;
    }

    /** Only what prices nothing. */
    void discard(String editionId) {
        String mine = "factor_id IN (SELECT id FROM factor WHERE edition_id = ? AND adopted_ms IS NULL)";
        jdbc.update("DELETE FROM factor_hour WHERE " + mine, editionId);
        jdbc.update("DELETE FROM factor WHERE edition_id = ? AND adopted_ms IS NULL", editionId);
    }
}
