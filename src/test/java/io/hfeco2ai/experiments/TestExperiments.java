package io.hfeco2ai.experiments;

import io.hfeco2ai.experiments.metrics.MetricStore;
import javax.sql.DataSource;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The reading half of the door, for tests of modules that only ask who ran where. */
public final class TestExperiments {

    private TestExperiments() {}

    @SuppressWarnings("NullAway") // The writing half needs JPA and is never called.
    public static Experiments reading(DataSource dataSource) {
        JdbcTemplate batches = new JdbcTemplate(dataSource);
        JdbcClient jdbc = JdbcClient.create(batches);
        MetricStore metrics = new MetricStore(batches);
        RunLog log = new RunLog(jdbc, metrics, new RunFacts(batches, metrics));
        return new Experiments(null, new RunQueries(jdbc), log, null, new Claims(jdbc), new Joins(jdbc, event -> {}));
    }
}
