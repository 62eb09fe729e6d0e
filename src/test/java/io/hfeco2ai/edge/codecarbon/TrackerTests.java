package io.hfeco2ai.edge.codecarbon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.hfeco2ai.experiments.Experiments.Member;
import io.hfeco2ai.ledger.Ledger.Footprint;
import io.hfeco2ai.metering.Metering.Node;
import io.hfeco2ai.metering.Metering.SourceUse;
import io.hfeco2ai.units.Boundary;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What trackers of several versions sent, sent again. */
class TrackerTests extends CodeCarbonServer {

    private static final double JOULES_PER_KWH = 3_600_000;

    /** Replays a recording on a node of its own; the repeated and shuffled ones must not matter. */
    private String replay(List<Recorded> recorded, String node, Random disorder) {
        String base = "/codecarbon/" + node;
        String id = start(base, recorded.get(0).body());
        List<Recorded> emissions = new ArrayList<>(recorded.subList(1, recorded.size()));
        emissions.add(recorded.get(1));
        Collections.shuffle(emissions, disorder);
        for (Recorded emission : emissions) {
            emit(base, emission.in(id));
        }
        return id;
    }

    private String ended(String id) {
        var run = experiments.find(id).orElseThrow();
        experiments.finish(run.teamId(), id, "FINISHED", ledger.lastReported(id).orElseThrow());
        return id;
    }

    @ParameterizedTest
    @ValueSource(strings = {"2.4.2", "2.8.4", "3.0.8", "3.3.2"})
    void theEnergyOfEachVersionArrivesWholeAndOnce(String version) {
        List<Recorded> recorded = Recorded.by(version);
        String id = replay(recorded, "arrives-" + version, new Random(1));
        var run = experiments.find(id).orElseThrow();
        assertThat(run.client()).isEqualTo("codecarbon/" + version);
        assertThat(run.project()).isEqualTo("default");
        assertThat(run.experiment()).isEqualTo("codecarbon");
        Footprint footprint = footprint(id);
        assertThat(footprint.energy().joules())
                .isCloseTo(kwh(recorded, "energy_consumed") * JOULES_PER_KWH, within(2e-5));
        assertThat(footprint.byDeviceKind()).containsOnlyKeys("CPU", "RAM");
        assertThat(footprint.unknown().joules()).isCloseTo(kwh(recorded, "cpu_energy") * JOULES_PER_KWH, within(1e-5));
        assertThat(footprint.modelled().joules()).isCloseTo(kwh(recorded, "ram_energy") * JOULES_PER_KWH, within(1e-5));
        assertThat(footprint.boundary()).isEqualTo(Boundary.FACILITY);
        assertThat(footprint.facilityEnergy()).isEqualTo(footprint.energy());
    }

    @Test
    void orderAndRepetitionChangeNoFigure() {
        List<Recorded> recorded = Recorded.by("3.3.2");
        Footprint one = footprint(ended(replay(recorded, "order-1", new Random(2))));
        Footprint other = footprint(ended(replay(recorded, "order-2", new Random(3))));
        assertThat(other.energy()).isEqualTo(one.energy());
        assertThat(other.coverageRatio()).isEqualTo(one.coverageRatio());
        assertThat(other.byDeviceKind()).isEqualTo(one.byDeviceKind());
    }

    /** A client that was slow to send one message was quick with the next: cut to seconds, their spans overlap a little. */
    @Test
    void spansOfOneRunThatOverlapLoseNoEnergy() {
        List<Recorded> recorded = Recorded.by("3.0.8");
        String id = start("/codecarbon/jitter", recorded.get(0).body());
        Instant first = OffsetDateTime.parse(
                        recorded.get(1).body().get("timestamp").asString())
                .toInstant();
        emit("/codecarbon/jitter", recorded.get(1).in(id));
        Recorded second = recorded.get(2).in(id);
        second.body().put("timestamp", first.plusMillis(2_600).toString());
        emit("/codecarbon/jitter", second);
        double kwh = recorded.get(1).number("energy_consumed") + second.number("energy_consumed");
        assertThat(footprint(ended(id)).energy().joules()).isCloseTo(kwh * JOULES_PER_KWH, within(2e-5));
        assertThat(footprint(id).coverageRatio()).isLessThanOrEqualTo(1.0);
    }

    @Test
    void aRunThatIsTransmittedTwiceIsOneRun() {
        var body = Recorded.by("3.0.8").get(0).body();
        String id = start("/codecarbon/twice", body);
        assertThat(start("/codecarbon/twice", body)).isEqualTo(id);
        assertThat(start(
                        "/codecarbon/twice",
                        body.deepCopy()
                                .put("timestamp", Recorded.HOUR.plusSeconds(9).toString())))
                .isNotEqualTo(id);
    }

    @Test
    void aRunThatIsToldWithItsFirstEmissionBeganBeforeIt() {
        List<Recorded> recorded = Recorded.by("3.3.2");
        String id = start("/codecarbon/lazy", recorded.get(0).body());
        Instant told = experiments.find(id).orElseThrow().startedAt();
        emit("/codecarbon/lazy", recorded.get(1).in(id));
        Instant began = experiments.find(id).orElseThrow().startedAt();
        assertThat(began).isBefore(told).isEqualTo(Recorded.HOUR.plus(Duration.parse("PT41M37.243S")));
        assertThat(experiments.detail(id).members())
                .extracting(Member::startedAt)
                .containsExactly(began);
    }

    @Test
    void theNodeIsSaidByTheAddressOrByTheKey() {
        var body = Recorded.by("3.0.8").get(0);
        String byPath = start("/codecarbon/gpu-node-7", body.body());
        var answer = call(
                TOKEN + "~gpu-node-7",
                "/codecarbon/runs",
                body.body()
                        .deepCopy()
                        .put("timestamp", Recorded.HOUR.plusSeconds(60).toString())
                        .toString());
        String byKey = json(answer).get("id").asString();
        String node = experiments.detail(byPath).members().get(0).nodeId();
        assertThat(experiments.detail(byKey).members().get(0).nodeId()).isEqualTo(node);
        emit("/codecarbon/gpu-node-7", Recorded.by("3.0.8").get(1).in(byPath));
        assertThat(metering.node(node)).map(Node::name).contains("gpu-node-7");
        assertThat(metering.node(node)).map(Node::reported).contains(true);
    }

    @Test
    void whereNothingNamesTheNodeTwoTrackersCountOnce() {
        List<Recorded> recorded = Recorded.by("2.8.4").stream()
                .map(each -> each.earlier(Duration.ofHours(3)))
                .toList();
        String first = start("/codecarbon", recorded.get(0).body().put("python_version", "3.9.1"));
        String second = start("/codecarbon", recorded.get(0).body().put("python_version", "3.12.0"));
        assertThat(second).isNotEqualTo(first);
        for (Recorded emission : recorded.subList(1, recorded.size())) {
            emit("/codecarbon", emission.in(first));
            emit("/codecarbon", emission.in(second));
        }
        String node = experiments.detail(first).members().get(0).nodeId();
        assertThat(experiments.detail(second).members().get(0).nodeId()).isEqualTo(node);
        footprint(first);
        footprint(second);
        // Not the two runs' own energy: other tests' runs without an end may have claims on this node too.
        List<SourceUse> sources = metering.sourcesOf(first).stream()
                .filter(use -> use.origin().equals("reported:codecarbon/2.8.4"))
                .toList();
        double counted = sources.stream().mapToLong(SourceUse::countedUj).sum() / 1e6;
        double reported = sources.stream().mapToLong(SourceUse::reportedUj).sum() / 1e6;
        assertThat(counted).isCloseTo(kwh(recorded, "energy_consumed") * JOULES_PER_KWH, within(2e-5));
        assertThat(reported).isCloseTo(2 * counted, within(2e-5));
    }

    @Test
    void theFallbackPlaceIsFlagged() {
        String id = start("/codecarbon/quebec", Recorded.by("2.8.4").get(0).body());
        assertThat(experiments.detail(id).tags()).containsKey("hfeco2ai.notice.codecarbon-location");
        var elsewhere = Recorded.by("2.8.4").get(0).body().put("latitude", 48.9).put("longitude", 2.4);
        assertThat(experiments.detail(start("/codecarbon/paris", elsewhere)).tags())
                .doesNotContainKey("hfeco2ai.notice.codecarbon-location");
    }

    @Test
    void anExperimentIsFoundByItsIdOrMadeByItsName() {
        var body = Recorded.by("3.0.8").get(0).body();
        String made = start("/codecarbon/named", body.put("experiment_id", "speech/baseline"));
        var run = experiments.find(made).orElseThrow();
        assertThat(run.project() + "|" + run.experiment()).isEqualTo("speech|baseline");
        body.put("timestamp", Recorded.HOUR.plusSeconds(60).toString()).put("experiment_id", run.experimentId());
        assertThat(experiments.find(start("/codecarbon/named", body)))
                .map(each -> each.experimentId())
                .contains(run.experimentId());
        String foreign = "6f0fa12a-3dd7-45bb-9766-cc326314d9f1";
        assertThat(experiments.find(start("/codecarbon/named", body.put("experiment_id", foreign))))
                .map(each -> each.project() + "|" + each.experiment())
                .contains("default|" + foreign);
    }

    @Test
    void whatCodeCarbonEmittedIsKeptBesideOurs() {
        List<Recorded> recorded = Recorded.by("3.0.8");
        String id = replay(recorded, "beside", new Random(4));
        var kept = ledger.reportedBy(id);
        assertThat(kept).hasSize(1);
        assertThat(kept.get(0).emissions().kilograms()).isCloseTo(kwh(recorded, "emissions_sum"), within(1e-8));
        assertThat(footprint(id).emissions()).isNull();
    }
}
