package io.hfeco2ai.grid;

import io.hfeco2ai.grid.Supply.Certificate;
import io.hfeco2ai.grid.Supply.Contract;
import io.hfeco2ai.grid.Supply.Cover;
import io.hfeco2ai.grid.Supply.NewCover;
import io.hfeco2ai.platform.Ids;
import java.math.BigDecimal;
import java.sql.Date;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Repository;

/** The tables contract, certificate and certificate_cover, and the factors that stand for them. */
@Repository
class SupplyStore {

    private final JdbcTemplate jdbc;
    private final GridStore grid;

    SupplyStore(JdbcTemplate jdbc, GridStore grid) {
        this.jdbc = jdbc;
        this.grid = grid;
    }

    Contract addContract(SupplyInput.NewContract wish, String zone, long nowMs) {
        String factor = addFactor(
                zone,
                wish.fromMs(),
                wish.toMs(),
                wish.gramsPerKwh(),
                "supplier",
                wish.basis(),
                wish.source(),
                wish.name());
        Contract contract = new Contract(Ids.next(), wish.siteId(), wish.name(), wish.fromMs(), wish.toMs(), factor);
        jdbc.update(
                "INSERT INTO contract (id, site_id, name, from_ms, to_ms, factor_id, created_ms) VALUES (?, ?, ?, ?, ?, ?, ?)",
                contract.id(),
                contract.siteId(),
                contract.name(),
                contract.fromMs(),
                contract.toMs(),
                factor,
                nowMs);
        return contract;
    }

    /** @param table contract or certificate */
    int withdraw(String table, String id, long nowMs) {
        return jdbc.update(
                "UPDATE " + table + " SET withdrawn_ms = ? WHERE id = ? AND withdrawn_ms IS NULL", nowMs, id);
    }

    String addCertificate(SupplyInput.NewCertificate wish, long nowMs) {
        String factor = addFactor(
                wish.zones().iterator().next(),
                startMs(wish.vintage()),
                startMs(wish.vintage() + 1),
                wish.gramsPerKwh(),
                "instrument",
                "direct",
                wish.kind(),
                wish.tracking());
        String id = Ids.next();
        jdbc.update(
                "INSERT INTO certificate (id, kind, tracking, zones, vintage, volume_wh, factor_id, site_id, retired_on,"
                        + " created_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                id,
                wish.kind(),
                wish.tracking(),
                String.join(" ", wish.zones()),
                wish.vintage(),
                wish.volumeWh(),
                factor,
                wish.siteId(),
                wish.retiredOn() == null ? null : Date.valueOf(wish.retiredOn()),
                nowMs);
        return id;
    }

    List<Certificate> certificates() {
        return jdbc.query(
                "SELECT c.id, c.kind, c.tracking, c.zones, c.vintage, c.volume_wh, f.g_per_kwh, c.site_id, c.retired_on"
                        + " FROM certificate c JOIN factor f ON f.id = c.factor_id WHERE c.withdrawn_ms IS NULL"
                        + " ORDER BY c.vintage DESC, c.id",
                (row, number) -> {
                    Date retired = row.getDate(9);
                    Set<String> zones = new TreeSet<>(List.of(row.getString(4).split(" ")));
                    LocalDate retiredOn = retired == null ? null : retired.toLocalDate();
                    return new Certificate(
                            row.getString(1),
                            row.getString(2),
                            row.getString(3),
                            zones,
                            row.getInt(5),
                            row.getLong(6),
                            row.getBigDecimal(7),
                            row.getString(8),
                            retiredOn);
                });
    }

    /** A cover that stays the same keeps its factor, so that what it priced needs no adjustment. */
    List<Cover> replaceCovers(int vintage, List<NewCover> covers, long nowMs) {
        List<Cover> before = grid.covers();
        List<Cover> after = new ArrayList<>();
        for (NewCover cover : covers) {
            after.add(before.stream()
                    .filter(old -> old.vintage() == vintage
                            && old.siteId().equals(cover.siteId())
                            && old.coveredPpm() == cover.coveredPpm()
                            && gramsPerKwh(old).compareTo(cover.gramsPerKwh()) == 0)
                    .findFirst()
                    .orElseGet(() -> withFactor(vintage, cover)));
        }
        jdbc.update("DELETE FROM certificate_cover WHERE vintage = ?", vintage);
        after.forEach(cover -> jdbc.update(
                "INSERT INTO certificate_cover (site_id, vintage, covered_ppm, factor_id, made_ms) VALUES (?, ?, ?, ?, ?)",
                cover.siteId(),
                vintage,
                cover.coveredPpm(),
                cover.factorId(),
                nowMs));
        return after;
    }

    private BigDecimal gramsPerKwh(Cover cover) {
        return jdbc.query(
                        "SELECT g_per_kwh FROM factor WHERE id = ?",
                        (row, number) -> row.getBigDecimal(1),
                        cover.factorId())
                .get(0);
    }

    private Cover withFactor(int vintage, NewCover cover) {
        String factor = addFactor(
                "-",
                startMs(vintage),
                startMs(vintage + 1),
                cover.gramsPerKwh(),
                "instrument",
                "direct",
                "certificates of " + vintage,
                "site " + cover.siteId());
        return new Cover(cover.siteId(), vintage, cover.coveredPpm(), factor);
    }

    private String addFactor(
            String zone,
            long fromMs,
            long toMs,
            BigDecimal gramsPerKwh,
            String method,
            String basis,
            String source,
            String edition) {
        String id = Ids.next();
        int year = Instant.ofEpochMilli(fromMs).atOffset(ZoneOffset.UTC).getYear();
        String shortEdition = edition.substring(0, Math.min(100, edition.length()));
        grid.addMissing(List.of(new DatedFactor(
                fromMs,
                toMs,
                new Grid.Factor(
                        id,
                        zone,
                        year,
                        gramsPerKwh,
                        method,
                        basis,
                        "CO2e",
                        source,
                        shortEdition,
                        "own contract",
                        ""))));
        return id;
    }

    private static long startMs(int year) {
        return LocalDate.of(year, 1, 1).atStartOfDay(ZoneOffset.UTC).toInstant().toEpochMilli();
    }
}
