package io.hfeco2ai.edge.mlflow;

import static org.assertj.core.api.Assertions.assertThat;

import io.hfeco2ai.experiments.Experiments;
import io.hfeco2ai.ledger.Ledger;
import io.hfeco2ai.ledger.Ledger.Footprint;
import io.hfeco2ai.ledger.Ledger.Question;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.test.context.TestPropertySource;

/** System metrics of MLflow become energy: laws 3, 4, 6 and 12 over HTTP; no other test's run claims the node meanwhile. */
@TestPropertySource(
        properties =
                "spring.datasource.url=jdbc:h2:mem:mlflow-energy;MODE=PostgreSQL;DATABASE_TO_LOWER=TRUE;DEFAULT_NULL_ORDERING=HIGH;DB_CLOSE_DELAY=-1")
class EnergyTests extends MlflowServer {

    /** Long enough ago that nothing of another test is there. */
    private static final long START_MS = Instant.now()
            .truncatedTo(ChronoUnit.HOURS)
            .minus(50, ChronoUnit.HOURS)
            .toEpochMilli();

    private static final int READINGS = 31;
    private static final int SECONDS = (READINGS - 1) * 10;

    @Autowired
    Experiments experiments;

    @Autowired
    Ledger ledger;

    private String started(String name, int hour, String tags) {
        return call(
                        "runs/create",
                        "{'run_name':'" + name + "','start_time':" + (START_MS + hour * 3_600_000L) + ",'tags':[" + tags
                                + "]}")
                .at("/run/info/run_id")
                .asString();
    }

    private void ended(String run, int hour) {
        call(
                "runs/update",
                "{'run_id':'" + run + "','status':'FINISHED','end_time':"
                        + (START_MS + hour * 3_600_000L + SECONDS * 1000L) + "}");
    }

    private static String reading(String key, double watts, int hour, int number) {
        return "{'key':'system/" + key + "','value':" + watts + ",'timestamp':"
                + (START_MS + hour * 3_600_000L + number * 10_000L) + ",'step':" + number + "}";
    }

    private void log(String run, List<String> readings) {
        call("runs/log-batch", "{'run_id':'" + run + "','metrics':[" + String.join(",", readings) + "]}");
    }

    private Footprint footprint(String run) {
        ledger.settle(run);
        return ledger.footprint(Question.ofRun(run, false));
    }

    @Test
    void gpuPowerIsMeasuredEnergyAndRepetitionInAnyOrderChangesNothing() {
        String run = started("powered", 0, "");
        List<String> readings = new ArrayList<>();
        IntStream.range(0, READINGS).forEach(n -> {
            readings.add(reading("gpu_0_power_usage_watts", 250, 0, n));
            readings.add(reading("gpu_1_power_usage_watts", n * 10, 0, n));
            readings.add(reading("cpu_utilization_percentage", 90, 0, n));
            readings.add(reading("gpu_0_power_usage_percentage", 62.5, 0, n));
        });
        Collections.shuffle(readings, new Random(7));
        log(run, readings.subList(0, 60));
        log(run, readings.subList(40, readings.size()));
        log(run, readings);
        ended(run, 0);
        Footprint footprint = footprint(run);
        assertThat(footprint.energy().microjoules()).isEqualTo((250 + 150) * SECONDS * 1_000_000L);
        assertThat(footprint.measured()).isEqualTo(footprint.energy());
        assertThat(footprint.byDeviceKind().keySet()).containsOnly("GPU");
    }

    @Test
    void readingsThatAreNoNumberAreAGap() {
        String run = started("gap", 2, "");
        log(
                run,
                List.of(
                        reading("gpu_0_power_usage_watts", 100, 2, 0),
                        reading("gpu_0_power_usage_watts", 100, 2, 1),
                        "{'key':'system/gpu_0_power_usage_watts','value':'NaN','timestamp':" + (START_MS + 7_215_000L)
                                + ",'step':2}",
                        reading("gpu_0_power_usage_watts", 100, 2, 20),
                        reading("gpu_0_power_usage_watts", 100, 2, 21)));
        ended(run, 2);
        assertThat(footprint(run).energy().joules()).isEqualTo(2_000);
        assertThat(query("runs/get?run_id=" + run)
                        .at("/run/data/metrics/0/value")
                        .asDouble())
                .isEqualTo(100);
    }

    @Test
    void eachRankMayNameItsNode() {
        String run = started("distributed", 4, "");
        for (String node : List.of("mlflow-rank-0", "mlflow-rank-1")) {
            log(
                    run,
                    IntStream.range(0, READINGS)
                            .mapToObj(n -> reading(node + "/gpu_0_power_usage_watts", 300, 4, n))
                            .toList());
        }
        ended(run, 4);
        assertThat(experiments.detail(run).members()).hasSize(3);
        assertThat(footprint(run).energy().microjoules()).isEqualTo(2L * 300 * SECONDS * 1_000_000);
    }

    @Test
    void ofNestedRunsTheChildHoldsTheEnergyAndTheParentTheSum() {
        String parent = started("sweep", 6, "");
        String child = started("trial", 6, "{'key':'mlflow.parentRunId','value':'" + parent + "'}");
        log(
                child,
                IntStream.range(0, READINGS)
                        .mapToObj(n -> reading("gpu_0_power_usage_watts", 100, 6, n))
                        .toList());
        ended(child, 6);
        ended(parent, 6);
        long energyUj = 100L * SECONDS * 1_000_000;
        assertThat(footprint(child).energy().microjoules()).isEqualTo(energyUj);
        assertThat(footprint(parent).energy().microjoules()).isEqualTo(energyUj);
        assertThat(ledger.footprint(Question.ofRun(child, false)).energy().microjoules())
                .isEqualTo(energyUj);
    }
}
