package io.hfeco2ai.ledger;

import io.hfeco2ai.ledger.Ledger.ReportedCarbon;
import io.hfeco2ai.ledger.Ledger.ToolFigures;
import io.hfeco2ai.units.CarbonMass;
import io.hfeco2ai.units.Energy;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Repository;

/** What other tools say that a run used and emitted: kept and shown beside our figures, never totalled with them. */
@Repository
class ReportedFigures {

    private final JdbcTemplate jdbc;

    ReportedFigures(JdbcTemplate jdbc) {
        this.jdbc = jdbc;
    }

    /** The first that was said of a moment stays. */
    void keep(String runId, List<ReportedCarbon> figures) {
        jdbc.batchUpdate(
                "INSERT INTO reported_carbon (run_id, source, at_ms, energy_uj, emissions_ug) VALUES (?, ?, ?, ?, ?)"
                        + " ON CONFLICT DO NOTHING",
                figures.stream()
                        .map(each ->
                                new Object[] {runId, each.source(), each.atMs(), each.energyUj(), each.emissionsUg()})
                        .toList());
    }

    /** Of the run and of those joined into it. */
    List<ToolFigures> of(String runId) {
        return jdbc.query(
                "SELECT source, SUM(energy_uj), SUM(emissions_ug) FROM reported_carbon WHERE run_id IN"
                        + " (SELECT id FROM run WHERE id = ? OR joined_id = ?) GROUP BY source ORDER BY source",
                (row, number) -> new ToolFigures(
                        row.getString(1),
                        Energy.ofMicrojoules(row.getBigDecimal(2)),
                        CarbonMass.ofMicrograms(row.getBigDecimal(3))),
                runId,
                runId);
    }

    Optional<Instant> last(String runId) {
        Long lastMs = jdbc.queryForObject("SELECT MAX(at_ms) FROM reported_carbon WHERE run_id = ?", Long.class, runId);
        return Optional.ofNullable(lastMs).map(Instant::ofEpochMilli);
    }
}
