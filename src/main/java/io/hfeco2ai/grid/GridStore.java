package io.hfeco2ai.grid;

import java.math.BigDecimal;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Repository;

/** The tables factor, site, site_zone, site_pue, site_wue, site_control and node_site, and what of contracts and certificates prices hours. */
@Repository
class GridStore {

    /** What holds for a site or node from an hour on. */
    record Since<T>(String key, long fromMs, @Nullable T content) {}

    record SiteRow(String id, String name, Grid.Operator operator) {}

    private final JdbcTemplate jdbc;

    GridStore(JdbcTemplate jdbc) {
        this.jdbc = jdbc;
    }

    /** Inserts the factors whose id is not there yet and returns them. */
    List<DatedFactor> addMissing(List<DatedFactor> factors) {
        Set<String> present = new HashSet<>(jdbc.queryForList("SELECT id FROM factor", String.class));
        List<DatedFactor> missing = factors.stream()
                .filter(dated -> !present.contains(dated.factor().id()))
                .toList();
        jdbc.batchUpdate(
                "INSERT INTO factor (id, zone, from_ms, to_ms, g_per_kwh, method, basis, gas, source, edition, licence, url)"
                        + " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                missing.stream().map(GridStore::columns).toList());
        return missing;
    }

    private static Object[] columns(DatedFactor dated) {
        Grid.Factor f = dated.factor();
        return new Object[] {
            f.id(),
            f.zone(),
            dated.fromMs(),
            dated.toMs(),
            f.gramsPerKwh(),
            f.method(),
            f.basis(),
            f.gas(),
            f.source(),
            f.edition(),
            f.licence(),
            f.url()
        };
    }

    /** Those that price, by zone and time; what is not adopted prices nothing. */
    List<DatedFactor> factors() {
        return jdbc.query(
                "SELECT * FROM factor WHERE adopted_ms IS NOT NULL ORDER BY zone, from_ms, id",
                (row, i) -> factor(row));
    }

    private static DatedFactor factor(ResultSet row) throws SQLException {
        long fromMs = row.getLong("from_ms");
        Grid.Factor factor = new Grid.Factor(
                row.getString("id"),
                row.getString("zone"),
                Instant.ofEpochMilli(fromMs).atOffset(ZoneOffset.UTC).getYear(),
                row.getBigDecimal("g_per_kwh"),
                row.getString("method"),
                row.getString("basis"),
                row.getString("gas"),
                row.getString("source"),
                row.getString("edition"),
                row.getString("licence"),
                row.getString("url"),
                Grid.Resolution.valueOf(row.getString("resolution")),
                row.getString("gwp"),
                row.getString("perspective"));
        return new DatedFactor(fromMs, row.getLong("to_ms"), row.getLong("adopted_ms"), factor);
    }

    /** Values of an hourly series in [fromMs, toMs), g/kWh by hour. */
    Map<Long, BigDecimal> hours(String factorId, long fromMs, long toMs) {
        Map<Long, BigDecimal> hours = new HashMap<>();
        jdbc.query(
                "SELECT hour_ms, g_per_kwh FROM factor_hour WHERE factor_id = ? AND hour_ms >= ? AND hour_ms < ?",
                row -> {
                    hours.put(row.getLong(1), row.getBigDecimal(2));
                },
                factorId,
                fromMs,
                toMs);
        return hours;
    }

    List<SiteRow> sites() {
        return jdbc.query(
                "SELECT id, name, operator FROM site ORDER BY name",
                (row, i) -> new SiteRow(row.getString(1), row.getString(2), Grid.Operator.valueOf(row.getString(3))));
    }

    void addSite(SiteRow site, Instant now) {
        jdbc.update(
                "INSERT INTO site (id, name, operator, created_at) VALUES (?, ?, ?, ?)",
                site.id(),
                site.name(),
                site.operator().name(),
                now.atOffset(ZoneOffset.UTC));
    }

    List<Since<String>> zones() {
        return jdbc.query(
                "SELECT site_id, from_ms, zone FROM site_zone",
                (row, i) -> new Since<>(row.getString(1), row.getLong(2), row.getString(3)));
    }

    List<Since<BigDecimal>> pues() {
        return jdbc.query(
                "SELECT site_id, from_ms, pue FROM site_pue",
                (row, i) -> new Since<>(row.getString(1), row.getLong(2), row.getBigDecimal(3)));
    }

    List<Since<String>> sitesOfNodes() {
        return jdbc.query(
                "SELECT node_id, from_ms, site_id FROM node_site",
                (row, i) -> new Since<>(row.getString(1), row.getLong(2), row.getString(3)));
    }

    void putZone(Since<String> since) {
        put("site_zone", "zone", "site_id", since);
    }

    void putPue(Since<BigDecimal> since) {
        put("site_pue", "pue", "site_id", since);
    }

    void putSiteOfNode(Since<String> since) {
        put("node_site", "site_id", "node_id", since);
    }

    /** The only one from now on. */
    void replaceZones(Since<String> since) {
        jdbc.update("DELETE FROM site_zone WHERE site_id = ?", since.key());
        putZone(since);
    }

    /** The only one from now on. */
    void replacePues(Since<BigDecimal> since) {
        jdbc.update("DELETE FROM site_pue WHERE site_id = ?", since.key());
        putPue(since);
    }

    List<Since<BigDecimal>> wues() {
        return jdbc.query(
                "SELECT site_id, from_ms, wue FROM site_wue",
                (row, i) -> new Since<>(row.getString(1), row.getLong(2), row.getBigDecimal(3)));
    }

    void putWue(Since<BigDecimal> since) {
        put("site_wue", "wue", "site_id", since);
    }

    /** Every choice that was made, oldest first. */
    List<SiteControl> controls() {
        return jdbc.query(
                "SELECT site_id, control, reason, chosen_ms FROM site_control ORDER BY chosen_ms",
                (row, i) -> new SiteControl(
                        row.getString(1),
                        SiteControl.Control.valueOf(row.getString(2)),
                        row.getString(3),
                        row.getLong(4)));
    }

    void addControl(SiteControl control) {
        jdbc.update(
                "INSERT INTO site_control (site_id, chosen_ms, control, reason) VALUES (?, ?, ?, ?)",
                control.siteId(),
                control.chosenMs(),
                control.control().name(),
                control.reason());
    }

    List<Grid.StaleFeed> staleFeeds() {
        return jdbc.query(
                "SELECT provider, zone, stale_ms, newest_ms, problem FROM factor_feed WHERE stale_ms IS NOT NULL"
                        + " ORDER BY provider, zone",
                (row, i) -> {
                    long newestMs = row.getLong(4);
                    Long newest = row.wasNull() ? null : newestMs;
                    return new Grid.StaleFeed(
                            row.getString(1), row.getString(2), row.getLong(3), newest, row.getString(5));
                });
    }

    /** Those in force, by site and time. */
    List<Supply.Contract> contracts() {
        return jdbc.query(
                "SELECT id, site_id, name, from_ms, to_ms, factor_id FROM contract WHERE withdrawn_ms IS NULL"
                        + " ORDER BY site_id, from_ms",
                (row, i) -> new Supply.Contract(
                        row.getString(1),
                        row.getString(2),
                        row.getString(3),
                        row.getLong(4),
                        row.getLong(5),
                        row.getString(6)));
    }

    List<Supply.Cover> covers() {
        return jdbc.query(
                "SELECT site_id, vintage, covered_ppm, factor_id FROM certificate_cover",
                (row, i) -> new Supply.Cover(row.getString(1), row.getInt(2), row.getInt(3), row.getString(4)));
    }

    private void put(String table, String column, String keyColumn, Since<?> since) {
        int updated = jdbc.update(
                "UPDATE " + table + " SET " + column + " = ? WHERE " + keyColumn + " = ? AND from_ms = ?",
                since.content(),
                since.key(),
                since.fromMs());
        if (updated == 0) {
            jdbc.update(
                    "INSERT INTO " + table + " (" + keyColumn + ", from_ms, " + column + ") VALUES (?, ?, ?)",
                    since.key(),
                    since.fromMs(),
                    since.content());
        }
    }
}
