package io.hfeco2ai.edge.codecarbon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.hfeco2ai.experiments.Experiments.Run;
import io.hfeco2ai.experiments.Experiments.RunSearch;
import io.hfeco2ai.ledger.Ledger.Footprint;
import io.hfeco2ai.ledger.Ledger.Question;
import io.hfeco2ai.metering.Metering.Node;
import io.hfeco2ai.units.Energy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.test.context.TestPropertySource;

/** What is tried with real clients of any version. This machine is measured by the server's own sampler. */
@TestPropertySource(
        properties = {
            "hfeco2ai.sampler.enabled=true",
            "spring.datasource.url=jdbc:h2:mem:trackers;MODE=PostgreSQL;DATABASE_TO_LOWER=TRUE;DEFAULT_NULL_ORDERING=HIGH"
        })
abstract class RealClients extends CodeCarbonServer {

    private static final double JOULES_PER_KWH = 3_600_000;

    @TempDir
    Path folders;

    /** Before 2.6 a client sends no key, but its HTTP library sends the address's password. */
    private static boolean sendsKey(String version) {
        return !version.startsWith("2.4");
    }

    RealClient client(String version, String name, String node, String experiment)
            throws IOException, InterruptedException {
        Map<String, String> settings = new HashMap<>();
        boolean key = sendsKey(version);
        String server = "127.0.0.1:" + port + "/codecarbon";
        settings.put(
                "CODECARBON_API_ENDPOINT",
                key ? "http://" + server : "http://token:" + TOKEN + "@" + server + (node.isEmpty() ? "" : "/" + node));
        if (key) {
            settings.put("CODECARBON_API_KEY", node.isEmpty() ? TOKEN : TOKEN + "~" + node);
        }
        settings.put("CODECARBON_SAVE_TO_API", "true");
        settings.put("CODECARBON_OUTPUT_METHODS", "csv,api");
        settings.put("CODECARBON_EXPERIMENT_ID", experiment);
        settings.put("CODECARBON_ALLOW_MULTIPLE_RUNS", "true");
        return new RealClient(version, Files.createDirectories(folders.resolve(name)), settings);
    }

    List<Run> runsOf(String experiment) {
        return experiments
                .search(new RunSearch(null, null, null, null, experiment, 0, 50))
                .items();
    }

    /** One emission with everything: then the client drops nothing at its end. */
    void theClientsOwnTotalArrives(String version) throws Exception {
        RealClient client = client(version, "one", "far-" + version, "total-" + version);
        client.output(client.track("4.2", "-1"));
        Run run = runsOf("total-" + version).get(0);
        assertThat(run.client()).isEqualTo("codecarbon/" + version);
        Map<String, String> totals = client.totals();
        Footprint footprint = footprint(run.id());
        assertThat(footprint.energy().joules()).isCloseTo(joules(totals), within(1e-5));
        double cpu = Double.parseDouble(totals.get("cpu_energy")) * JOULES_PER_KWH;
        assertThat(footprint.byDeviceKind().getOrDefault("CPU", Energy.ZERO).joules())
                .isCloseTo(cpu, within(1e-5));
        assertThat(ledger.reportedBy(run.id()).get(0).emissions().kilograms())
                .isCloseTo(Double.parseDouble(totals.get("emissions")), within(1e-9));
    }

    /**
     * What the client drops by itself is its last part, when that is shorter than a second. One that waits 2 s for an
     * answer gives up that part, too, and says so: on a busy machine it is tried again.
     */
    void whatIsReportedInStepsArrives(String version) throws Exception {
        String output = "";
        for (int attempt = 0; attempt < 3; attempt++) {
            String name = "steps-" + attempt + "-" + version;
            RealClient client = client(version, name, name, name);
            output = client.output(client.track("8", "2"));
            if (!output.contains("Read timed out")) {
                assertThat(counted(name))
                        .as(output)
                        .isBetween(lessTwoSeconds(client.totals()), joules(client.totals()) + 1e-5);
                return;
            }
        }
        throw new AssertionError(output);
    }

    private double counted(String experiment) {
        double joules = 0;
        for (Run run : runsOf(experiment)) {
            joules += footprint(run.id()).energy().joules();
        }
        return joules;
    }

    private static double joules(Map<String, String> totals) {
        return Double.parseDouble(totals.get("energy_consumed")) * JOULES_PER_KWH;
    }

    private static double lessTwoSeconds(Map<String, String> totals) {
        return joules(totals) * (1 - 2 / Double.parseDouble(totals.get("duration")));
    }

    /** A client waits 2 s for an answer, which the first call of a server on a busy machine may take. */
    @BeforeEach
    void warm() {
        List<Recorded> recorded = Recorded.by("3.0.8");
        emit(
                "/codecarbon/warm",
                recorded.get(1).in(start("/codecarbon/warm", recorded.get(0).body())));
    }

    /** Each measures the whole machine, and so does our sampler: it counts once, and is divided between the two. */
    void twoRanksOnTheServersOwnMachineCountOnce(String version) throws Exception {
        Node own = own();
        RealClient one = client(version, "rank-0", "", "ranks-" + version);
        RealClient other = client(version, "rank-1", "", "ranks-" + version);
        Process first = one.track("15", "3");
        Process second = other.track("15", "3");
        one.output(first);
        other.output(second);
        metering.flush();
        // A client that waits for an answer asks for another run: after 2 s, or earlier from another of its threads.
        List<Run> runs = runsOf("ranks-" + version).stream()
                .filter(run -> ledger.lastReported(run.id()).isPresent())
                .toList();
        assertThat(runs).hasSizeGreaterThanOrEqualTo(2);
        double sum = 0;
        for (Run run : runs) {
            assertThat(experiments.detail(run.id()).members())
                    .singleElement()
                    .satisfies(member -> assertThat(member.nodeId()).isEqualTo(own.id()));
            Footprint footprint = footprint(run.id());
            assertThat(footprint.energy().isZero()).isFalse();
            sum += footprint.energy().joules();
            var sources = metering.sourcesOf(run.id());
            assertThat(sources).anySatisfy(source -> {
                assertThat(source.origin()).startsWith("reported:codecarbon");
                assertThat(source.countedUj()).isLessThan(source.reportedUj());
            });
        }
        Footprint node = ledger.footprint(Question.ofNode(own.id(), null, null, false));
        assertThat(node.energy().joules() - node.unattributed().joules()).isGreaterThanOrEqualTo(sum - 1e-5);
        assertThat(runs)
                .anySatisfy(run -> assertThat(
                                experiments.detail(run.id()).members().get(0).pid())
                        .isNotNull());
        assertThat(node.boundary()).as("no figure with a PUE inside counts").isNotNull();
    }

    Node own() throws InterruptedException {
        for (int tries = 0; tries < 300; tries++) {
            for (Node node : metering.nodes()) {
                if (node.embedded() && metering.watches(node.id(), node.bootId())) {
                    return node;
                }
            }
            Thread.sleep(100);
        }
        throw new AssertionError("the server measures nothing");
    }
}
