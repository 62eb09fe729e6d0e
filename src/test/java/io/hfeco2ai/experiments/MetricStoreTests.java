package io.hfeco2ai.experiments;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hfeco2ai.experiments.Experiments.Metric;
import io.hfeco2ai.experiments.RunLog.MetricPoint;
import io.hfeco2ai.experiments.metrics.MetricStore;
import io.hfeco2ai.testing.TestDatabases.Database;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;

class MetricStoreTests {

    private static final String RUN = "r".repeat(32);

    private static JdbcClient withRun(Database database) {
        JdbcClient jdbc = JdbcClient.create(database.dataSource());
        jdbc.sql("INSERT INTO team (id, name, created_at) VALUES ('t', 't', CURRENT_TIMESTAMP)")
                .update();
        jdbc.sql("INSERT INTO project (id, team_id, name, created_at) VALUES ('p', 't', 'p', CURRENT_TIMESTAMP)")
                .update();
        jdbc.sql("INSERT INTO experiment (id, project_id, name, created_at) VALUES ('e', 'p', 'e', CURRENT_TIMESTAMP)")
                .update();
        jdbc.sql("INSERT INTO run (id, team_id, experiment_id, name, status, synthetic, started_at, created_at)"
                        + " VALUES (?, 't', 'e', 'n', 'RUNNING', FALSE, CURRENT_TIMESTAMP, CURRENT_TIMESTAMP)")
                .param(RUN)
                .update();
        return jdbc;
    }

    private static MetricStore store(Database database) {
        return new MetricStore(new JdbcTemplate(database.dataSource()));
    }

    private static MetricPoint point(String name, long step, long atMs, double amount) {
        return new MetricPoint(name, step, atMs, amount);
    }

    @ParameterizedTest
    @MethodSource("io.hfeco2ai.testing.TestDatabases#both")
    void anyOrderAndRepetitionGiveTheSameHistoryAndLastPoint(Database database) {
        withRun(database);
        MetricStore store = store(database);
        List<MetricPoint> points = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            points.add(point("loss", i / 3, 1_000 + i / 2, i % 7 == 0 ? Double.NaN : 1.0 / (i + 1)));
            points.add(point("x/y z", -i, 5, i % 2 == 0 ? Double.POSITIVE_INFINITY : Double.NEGATIVE_INFINITY));
        }
        Random random = new Random(4);
        for (int round = 0; round < 3; round++) {
            Collections.shuffle(points, random);
            for (int from = 0; from < points.size(); from += 25) {
                store.add(RUN, points.subList(from, Math.min(points.size(), from + 25)));
            }
        }
        List<MetricPoint> expected = points.stream()
                .filter(each -> each.name().equals("loss"))
                .distinct()
                .sorted((one, other) -> one.atMs() != other.atMs()
                        ? Long.compare(one.atMs(), other.atMs())
                        : one.step() != other.step()
                                ? Long.compare(one.step(), other.step())
                                : Double.compare(one.amount(), other.amount()))
                .toList();
        assertThat(store.history(RUN, "loss")).isEqualTo(expected);
        assertThat(store.history(RUN, "x/y z")).hasSize(60);
        assertThat(store.history(RUN, "x/y")).isEmpty();
        List<Metric> last = store.last(List.of(RUN)).getOrDefault(RUN, List.of());
        assertThat(last).hasSize(2);
        assertThat(last.get(0).step()).isEqualTo(19);
        assertThat(last.get(0).at().toEpochMilli()).isEqualTo(1_029);
        assertThat(last.get(1).amount()).isEqualTo(Double.POSITIVE_INFINITY);
    }

    @ParameterizedTest
    @MethodSource("io.hfeco2ai.testing.TestDatabases#both")
    void ofEqualStepAndTimeTheLargestIsLastAndNotANumberCountsAsLargest(Database database) {
        withRun(database);
        MetricStore store = store(database);
        store.add(RUN, List.of(point("m", 1, 1, 7), point("m", 1, 1, 9), point("m", 1, 1, 8)));
        store.add(RUN, List.of(point("m", 1, 1, 2)));
        assertThat(last(store)).isEqualTo(9);
        store.add(RUN, List.of(point("m", 1, 1, Double.NaN)));
        store.add(RUN, List.of(point("m", 1, 1, Double.POSITIVE_INFINITY)));
        assertThat(last(store)).isNaN();
        store.add(RUN, List.of(point("m", 2, 0, -1)));
        assertThat(last(store)).isEqualTo(-1);
    }

    private static double last(MetricStore store) {
        return store.last(List.of(RUN)).getOrDefault(RUN, List.of()).get(0).amount();
    }

    @ParameterizedTest
    @MethodSource("io.hfeco2ai.testing.TestDatabases#both")
    void theSameMessageAgainTakesNoMoreRoom(Database database) {
        JdbcClient jdbc = withRun(database);
        MetricStore store = store(database);
        for (int i = 0; i < 5; i++) {
            store.add(RUN, List.of(point("a", 1, 1, 1), point("b", 1, 1, 1)));
        }
        assertThat(jdbc.sql("SELECT COUNT(*) FROM metric_chunk")
                        .query(Long.class)
                        .single())
                .isEqualTo(1);
    }

    @ParameterizedTest
    @MethodSource("io.hfeco2ai.testing.TestDatabases#both")
    void whatV1StoredIsStillThere(Database database) {
        Flyway.configure()
                .dataSource(database.dataSource())
                .cleanDisabled(false)
                .load()
                .clean();
        Flyway.configure().dataSource(database.dataSource()).target("1").load().migrate();
        JdbcClient jdbc = withRun(database);
        for (int step = 0; step < 3; step++) {
            jdbc.sql("INSERT INTO run_metric (run_id, name, step, at_ms, amount) VALUES (?, 'loss', ?, ?, ?)")
                    .params(RUN, step, 1_700_000_000_000L + step, step == 1 ? Double.NaN : 1e-12 * (step + 1))
                    .update();
        }
        Flyway.configure().dataSource(database.dataSource()).load().migrate();
        assertThat(store(database).history(RUN, "loss"))
                .containsExactly(
                        point("loss", 0, 1_700_000_000_000L, 1e-12),
                        point("loss", 1, 1_700_000_000_001L, Double.NaN),
                        point("loss", 2, 1_700_000_000_002L, 3e-12));
        assertThat(last(store(database))).isEqualTo(3e-12);
    }

    @ParameterizedTest
    @MethodSource("io.hfeco2ai.testing.TestDatabases#both")
    void aParameterKeepsItsFirstContentAndATagItsLast(Database database) {
        withRun(database);
        JdbcTemplate batches = new JdbcTemplate(database.dataSource());
        RunFacts facts = new RunFacts(batches, store(database));
        facts.putOnce(RUN, Map.of("lr", "0.1", "b", ""));
        facts.putOnce(RUN, Map.of("lr", "0.1"));
        assertThatThrownBy(() -> facts.putOnce(RUN, Map.of("a", "new", "lr", "0.2")))
                .isInstanceOf(RunLog.ParamChanged.class)
                .hasMessageContaining("lr");
        assertThat(facts.of("run_param", RUN)).containsOnly(Map.entry("lr", "0.1"), Map.entry("b", ""));
        facts.put("run_tag", RUN, Map.of("t", "1", "u", "1"));
        facts.put("run_tag", RUN, Map.of("t", "2"));
        assertThat(facts.of("run_tag", RUN)).containsOnly(Map.entry("t", "2"), Map.entry("u", "1"));
    }
}
