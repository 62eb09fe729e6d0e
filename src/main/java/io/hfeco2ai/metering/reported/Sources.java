package io.hfeco2ai.metering.reported;

import io.hfeco2ai.metering.Metering.SourceUse;
import io.hfeco2ai.units.DeviceKind;
import io.hfeco2ai.units.Quality;
import java.util.List;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;

/** Which sources spoke of a run's nodes while it ran, and which of them counted. */
@Component
public class Sources {

    private static final String OF_RUN = "SELECT s.node_id, n.name, d.kind, x.source, x.origin, x.quality,"
            + " SUM(s.reported_uj), SUM(s.counted_uj) FROM hour_source s"
            + " JOIN (SELECT DISTINCT node_id, hour_ms FROM hour_sum WHERE run_id = ?) h"
            + " ON h.node_id = s.node_id AND h.hour_ms = s.hour_ms"
            + " JOIN series x ON x.id = s.series_id JOIN device d ON d.id = x.device_id JOIN node n ON n.id = s.node_id"
            + " GROUP BY s.node_id, n.name, d.kind, x.source, x.origin, x.quality"
            + " ORDER BY n.name, s.node_id, d.kind, 8 DESC, x.origin, x.source";

    private final JdbcTemplate jdbc;

    Sources(JdbcTemplate jdbc) {
        this.jdbc = jdbc;
    }

    public List<SourceUse> ofRun(String runId) {
        return jdbc.query(
                OF_RUN,
                (row, number) -> new SourceUse(
                        row.getString(1),
                        row.getString(2),
                        DeviceKind.valueOf(row.getString(3)),
                        row.getString(4),
                        row.getString(5),
                        Quality.valueOf(row.getString(6)),
                        row.getBigDecimal(7).longValueExact(),
                        row.getBigDecimal(8).longValueExact()),
                runId);
    }
}
