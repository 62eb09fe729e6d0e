package io.hfeco2ai.metering;

import io.hfeco2ai.metering.Metering.GpuLoad;
import io.hfeco2ai.metering.Metering.Watched;
import io.hfeco2ai.platform.rows.Records;
import java.util.List;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** What somebody who looks after the machines asks for: who still speaks, and which GPUs work. Made-up nodes are left out. */
@Component
class NodeWatch {

    private final JdbcClient jdbc;

    NodeWatch(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    List<Watched> watched() {
        return jdbc.sql("SELECT n.id, n.name, MAX(d.last_seen_ms) AS newest_ms FROM node n"
                        + " JOIN device d ON d.node_id = n.id WHERE n.synthetic = FALSE AND d.declared_off_ms IS NULL"
                        + " AND EXISTS (SELECT 1 FROM series s WHERE s.device_id = d.id"
                        + " AND s.origin IN ('sampler', 'agent')) GROUP BY n.id, n.name ORDER BY n.name, n.id")
                .query(Records.of(Watched.class))
                .list();
    }

    List<GpuLoad> gpuLoads(long fromMs, long toMs) {
        List<Long> series = jdbc.sql("SELECT s.id FROM series s JOIN device d ON d.id = s.device_id"
                        + " JOIN node n ON n.id = d.node_id WHERE d.kind = 'GPU' AND n.synthetic = FALSE"
                        + " AND d.declared_off_ms IS NULL AND d.last_seen_ms >= ? AND s.quality = 'MEASURED'"
                        + " AND s.origin IN ('sampler', 'agent')")
                .param(fromMs)
                .query(Long.class)
                .list();
        return series.isEmpty()
                ? List.of()
                : jdbc.sql("SELECT n.id AS node_id, n.name AS node_name, d.device_key, d.name AS device_name,"
                                + " d.idle_watts, d.cap_watts,"
                                + " MAX(i.energy_uj / 1000.0 / (i.end_ms - i.start_ms)) AS most_watts,"
                                + " SUM(i.observed_ms) AS observed_ms FROM energy_interval i"
                                + " JOIN series s ON s.id = i.series_id JOIN device d ON d.id = s.device_id"
                                + " JOIN node n ON n.id = d.node_id"
                                + " WHERE i.series_id IN (:series) AND i.start_ms >= :from AND i.start_ms < :to"
                                + " GROUP BY n.id, n.name, d.device_key, d.name, d.idle_watts, d.cap_watts"
                                + " ORDER BY n.name, d.device_key")
                        .param("series", series)
                        .param("from", fromMs)
                        .param("to", toMs)
                        .query(Records.of(GpuLoad.class))
                        .list();
    }
}
