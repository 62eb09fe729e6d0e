package io.hfeco2ai.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.hfeco2ai.ledger.Ledger.Question;
import io.hfeco2ai.ledger.Ledger.Uncertainty;
import io.hfeco2ai.ledger.UncertaintyQuery.CorrelatedSum;
import io.hfeco2ai.testing.TestDatabases.Database;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The stated interval against known truth, on simulated nodes, zones and months. */
class UncertaintyTests {

    /** A node of a made-up fleet. @param sensor relative, one standard deviation; @param zone its grid */
    private record Node(double energy, double sensor, int model, int zone) {}

    private static final double[] INTENSITY = {50, 300, 700};
    private static final double IN_ZONE = 0.25;

    private static List<Node> fleet(Random random) {
        List<Node> fleet = new ArrayList<>();
        int nodes = 2 + random.nextInt(10);
        for (int i = 0; i < nodes; i++) {
            boolean modelled = random.nextInt(3) == 0;
            fleet.add(new Node(
                    100 * Math.exp(random.nextGaussian()),
                    modelled ? 0.15 : 0.02,
                    modelled ? random.nextInt(2) : -1 - i,
                    random.nextInt(3)));
        }
        return fleet;
    }

    private static Uncertainty stated(List<Node> fleet) {
        CorrelatedSum energy = new CorrelatedSum();
        CorrelatedSum sensors = new CorrelatedSum();
        CorrelatedSum intensity = new CorrelatedSum();
        for (Node node : fleet) {
            double grams = node.energy() * INTENSITY[node.zone()];
            energy.add("sensor" + node.model(), node.energy(), node.energy() * node.sensor());
            sensors.add("sensor" + node.model(), grams, grams * node.sensor());
            intensity.add("zone" + node.zone(), grams, grams * IN_ZONE);
        }
        return UncertaintyQuery.of(energy, sensors, intensity);
    }

    /** A positive error with a mean of 1. */
    private static double error(Random random, double relative) {
        double variance = Math.log1p(relative * relative);
        return Math.exp(random.nextGaussian() * Math.sqrt(variance) - variance / 2);
    }

    @Test
    void theIntervalHoldsTheTruthAsOftenAsItSays() {
        Random random = new Random(20261123);
        int energyHeld = 0;
        int emissionsHeld = 0;
        int cases = 10_000;
        for (int i = 0; i < cases; i++) {
            List<Node> fleet = fleet(random);
            Uncertainty stated = stated(fleet);
            double[] byModel = new double[12 + 2];
            double[] byZone = new double[3];
            for (int zone = 0; zone < 3; zone++) {
                byZone[zone] = error(random, IN_ZONE);
            }
            double energy = 0;
            double trueEnergy = 0;
            double grams = 0;
            double trueGrams = 0;
            for (Node node : fleet) {
                int model = node.model() < 0 ? 1 - node.model() : node.model();
                byModel[model] = byModel[model] == 0 ? error(random, node.sensor()) : byModel[model];
                energy += node.energy();
                trueEnergy += node.energy() * byModel[model];
                grams += node.energy() * INTENSITY[node.zone()];
                trueGrams += node.energy() * byModel[model] * INTENSITY[node.zone()] * byZone[node.zone()];
            }
            double ratio = Objects.requireNonNull(stated.energyRatio());
            energyHeld += Math.abs(trueEnergy / energy - 1) <= ratio ? 1 : 0;
            double emissions = trueGrams / grams;
            emissionsHeld += Objects.requireNonNull(stated.lowRatio()) <= emissions
                            && emissions <= Objects.requireNonNull(stated.highRatio())
                    ? 1
                    : 0;
        }
        assertThat(100.0 * energyHeld / cases).isBetween(94.0, 96.0);
        assertThat(100.0 * emissionsHeld / cases).isBetween(94.0, 96.0);
    }

    /** The spread of many simulated sums is the stated one within 1 %. */
    @Test
    void monteCarloAgreesWithinOnePercent() {
        Random random = new Random(7);
        CorrelatedSum sum = new CorrelatedSum();
        sum.add("a", 100, 10);
        sum.add("a", 50, 5);
        sum.add("b", 200, 8);
        sum.vary("month", 12);
        sum.vary("month", 9);
        int draws = 400_000;
        double squares = 0;
        for (int i = 0; i < draws; i++) {
            double deviation = 15 * random.nextGaussian() + 8 * random.nextGaussian() + 21 * random.nextGaussian();
            squares += deviation * deviation;
        }
        double spread = Math.sqrt(squares / draws) / 350;
        assertThat(sum.relative() / spread).isCloseTo(1, within(0.01));
    }

    /** Two sources on one grid err differently in its mean, and alike in how its hours differ from it. */
    @ParameterizedTest
    @MethodSource("io.hfeco2ai.testing.TestDatabases#both")
    void whatAGridDoesIsOneErrorHoweverManySourcesTellItsMean(Database database) {
        try (LedgerFixture fixture = new LedgerFixture(database)) {
            fixture.jdbc.update("INSERT INTO factor (id, zone, from_ms, to_ms, g_per_kwh, method, basis, gas, source,"
                    + " edition, licence, url) SELECT 'de-direct', zone, from_ms, to_ms, g_per_kwh, method, 'direct', gas,"
                    + " source, edition, licence, url FROM factor WHERE id = 'de-2024'");
            fixture.booked("a", 0, "de-2024");
            double one = intensityVariance(fixture);
            fixture.booked("b", 0, "de-2024");
            assertThat(intensityVariance(fixture)).isCloseTo(one, within(1e-12));
            fixture.jdbc.update("DELETE FROM entry WHERE node_id = 'b'");
            fixture.booked("b", 0, "de-direct");
            assertThat(intensityVariance(fixture)).isCloseTo(one - 0.2 * 0.2 / 2, within(1e-12));
        }
    }

    private static double intensityVariance(LedgerFixture fixture) {
        double twice = Objects.requireNonNull(fixture.ledger
                .uncertainty(new Question(null, null, null, null, null, null, null, false))
                .intensityRatio());
        return twice * twice / 4;
    }

    @Test
    void errorsOfOneSourceAddUpAndThoseOfSeveralPartlyCancel() {
        CorrelatedSum same = new CorrelatedSum();
        CorrelatedSum several = new CorrelatedSum();
        for (int i = 0; i < 4; i++) {
            same.add("one", 10, 1);
            several.add("source " + i, 10, 1);
        }
        assertThat(same.relative()).isCloseTo(0.1, within(1e-12));
        assertThat(several.relative()).isCloseTo(0.05, within(1e-12));
        assertThat(new CorrelatedSum().relative()).isZero();
    }
}
