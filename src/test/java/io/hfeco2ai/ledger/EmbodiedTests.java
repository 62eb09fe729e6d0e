package io.hfeco2ai.ledger;

import static io.hfeco2ai.ledger.LedgerFixture.interval;
import static org.assertj.core.api.Assertions.assertThat;

import io.hfeco2ai.ledger.Ledger.Question;
import io.hfeco2ai.ledger.embodied.Embodied;
import io.hfeco2ai.ledger.embodied.Embodied.NodeName;
import io.hfeco2ai.ledger.embodied.Embodied.Purchases;
import io.hfeco2ai.ledger.embodied.Embodied.Share;
import io.hfeco2ai.testing.TestDatabases.Database;
import io.hfeco2ai.units.CarbonMass;
import io.hfeco2ai.units.DeviceKind;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Embodied carbon by both rules, from reports to shares, on both databases (law 11). */
class EmbodiedTests {

    private static final String BOTH = "io.hfeco2ai.testing.TestDatabases#both";
    private static final int HOUR_S = 3600;
    private static final long THOUSAND_KG_UG = 1_000_000_000_000L;
    private static final Question EVERYTHING = new Question(null, null, null, null, null, null, null, false);

    private static void embodied(LedgerFixture fixture, String node, String boughtOn, int months, long ug) {
        fixture.jdbc.update(
                "INSERT INTO node_embodied (node_id, bought_on, life_months, embodied_ug, source, changed_ms)"
                        + " VALUES (?, ?, ?, ?, 'maker', 0)",
                node,
                LocalDate.parse(boughtOn),
                months,
                ug);
    }

    private static Share share(LedgerFixture fixture, Question question) {
        return fixture.bean(Embodied.class).share(question);
    }

    private static Share ofRun(LedgerFixture fixture, String run) {
        return share(fixture, Question.ofRun(run, false));
    }

    private static CarbonMass of(Share share, String run) {
        return Objects.requireNonNull(share.byRun().getOrDefault(run, CarbonMass.ZERO));
    }

    private static double grams(@Nullable CarbonMass mass) {
        return Objects.requireNonNull(mass).grams();
    }

    /** One device, reserved by run a for an hour, then by its child b and by c, who have half an hour each. */
    private static LedgerFixture twoHours(Database database) {
        LedgerFixture fixture = new LedgerFixture(database);
        fixture.run("a", "vision", null, false);
        fixture.run("b", "vision", "a", false);
        fixture.member("a", "n", 0, 2.0 * HOUR_S, "gpu0");
        fixture.member("b", "n", HOUR_S, 2.0 * HOUR_S, "gpu0");
        fixture.run("c", "vision", null, false);
        fixture.member("c", "n", HOUR_S, 2.0 * HOUR_S, "gpu0");
        fixture.at(3 * HOUR_S);
        fixture.record("n", interval("gpu0", DeviceKind.GPU, 0, HOUR_S, 3_600_000));
        fixture.record("n", interval("gpu0", DeviceKind.GPU, HOUR_S, 2 * HOUR_S, 3_600_000));
        fixture.book();
        return fixture;
    }

    @ParameterizedTest
    @MethodSource(BOTH)
    void aRunCarriesTheHoursOfTheNodesLifeThatItReserved(Database database) {
        try (LedgerFixture fixture = twoHours(database)) {
            embodied(fixture, "n", "2025-06-01", 48, THOUSAND_KG_UG);
            Share tree = ofRun(fixture, "a");
            assertThat(grams(tree.amount()))
                    .as("28.52 g and its child's half hour")
                    .isBetween(42.77, 42.79);
            assertThat(of(tree, "a").grams()).as("an hour").isBetween(28.51, 28.53);
            assertThat(grams(ofRun(fixture, "b").amount())).as("half an hour").isBetween(14.25, 14.27);
            CarbonMass both = tree.known().plus(ofRun(fixture, "c").known());
            assertThat(tree.note()).isNull();
            assertThat(tree.unreserved()).isEqualTo(CarbonMass.ZERO);
            Question team = new Question(Set.of("vision"), null, null, null, "n", null, null, false);
            assertThat(share(fixture, team).amount()).isEqualTo(both);
            assertThat(share(fixture, new Question(Set.of(), null, null, null, null, null, null, false))
                            .amount())
                    .isNull();
        }
    }

    @ParameterizedTest
    @MethodSource(BOTH)
    void itNeverEntersOperationalFigures(Database database) {
        try (LedgerFixture fixture = twoHours(database)) {
            fixture.grid.setZone("default", "DE");
            fixture.book();
            var before = fixture.everything();
            embodied(fixture, "n", "2025-06-01", 48, THOUSAND_KG_UG);
            fixture.book();
            assertThat(fixture.everything()).isEqualTo(before);
        }
    }

    @ParameterizedTest
    @MethodSource(BOTH)
    void aNodeWithoutAFigureMakesTheShareUnknownAndIsNamed(Database database) {
        try (LedgerFixture fixture = twoHours(database)) {
            fixture.record("other", interval("cpu", DeviceKind.CPU, 0, 60, 100));
            Share unknown = ofRun(fixture, "a");
            assertThat(unknown.amount()).as("unknown, not 0").isNull();
            assertThat(unknown.without()).containsExactly(new NodeName("n", "n"));
            assertThat(unknown.note()).isEqualTo("1 of 1 nodes has no embodied figure");
            embodied(fixture, "n", "2026-01-01", 36, THOUSAND_KG_UG);
            assertThat(ofRun(fixture, "a").amount()).isNotNull();
            Share all = share(fixture, EVERYTHING);
            assertThat(all.amount()).isNull();
            assertThat(all.known()).isNotEqualTo(CarbonMass.ZERO);
            assertThat(all.without()).extracting(NodeName::id).containsExactly("other");
        }
    }

    @ParameterizedTest
    @MethodSource(BOTH)
    void aNodeBoughtInTheYearCountsWholeInItAndByTheHourInTheShare(Database database) {
        try (LedgerFixture fixture = twoHours(database)) {
            embodied(fixture, "n", "2026-01-05", 48, THOUSAND_KG_UG);
            Embodied embodied = fixture.bean(Embodied.class);
            Purchases year = embodied.bought(2026);
            assertThat(year.byNode()).isEqualTo(Map.of("n", CarbonMass.ofMicrograms(THOUSAND_KG_UG)));
            assertThat(grams(year.amount())).isEqualTo(1_000_000);
            assertThat(grams(embodied.bought(2025).amount()))
                    .as("nothing was bought")
                    .isZero();
            assertThat(grams(ofRun(fixture, "b").amount())).isBetween(14.25, 14.27);
            fixture.record("other", interval("cpu", DeviceKind.CPU, 0, 60, 100));
            assertThat(embodied.bought(2026).amount()).isNull();
            assertThat(embodied.bought(2026).known()).isEqualTo(year.amount());
            assertThat(embodied.bought(2026).note()).isEqualTo("1 of 2 nodes has no embodied figure");
        }
    }

    @ParameterizedTest
    @MethodSource(BOTH)
    void law11RunsAndWhatNobodyReservedAreTheNodeForEveryOverlap(Database database) {
        Random random = new Random(11);
        try (LedgerFixture fixture = new LedgerFixture(database)) {
            embodied(fixture, "n", "2026-01-05", 1 + random.nextInt(240), 1 + (long) (random.nextDouble() * 1e12));
            embodied(fixture, "m", "2025-12-05", 1, 7_777_777_777L);
            overlaps(fixture, random);
            for (Question question : List.of(
                    EVERYTHING,
                    Question.ofNode("n", null, null, false),
                    Question.ofNode("m", LedgerFixture.ms(-7 * 24 * HOUR_S), LedgerFixture.ms(3 * HOUR_S), false),
                    Question.ofNode("n", LedgerFixture.ms(HOUR_S), LedgerFixture.ms(3 * HOUR_S), false))) {
                Share all = share(fixture, question);
                CarbonMass sum = all.unreserved();
                assertThat(sum.micrograms()).isNotNegative();
                for (int run = 0; run < 8; run++) {
                    Question one = new Question(
                            null, null, null, "r" + run, question.nodeId(), question.fromMs(), question.toMs(), false);
                    CarbonMass asked = share(fixture, one).known();
                    assertThat(asked).as("run %s, asked for alone", run).isEqualTo(of(all, "r" + run));
                    sum = sum.plus(asked);
                }
                assertThat(sum).isEqualTo(all.known());
            }
            Share whole = share(fixture, Question.ofNode("n", null, null, false));
            assertThat(whole.byRun().values()).anyMatch(mass -> !mass.equals(CarbonMass.ZERO));
        }
    }

    /** Runs that share, leave and take devices of two nodes in five hours. */
    private static void overlaps(LedgerFixture fixture, Random random) {
        for (int run = 0; run < 8; run++) {
            fixture.run("r" + run, "vision", null, false);
            double start = random.nextInt(4 * HOUR_S);
            String[] devices = random.nextInt(3) == 0 ? new String[0] : new String[] {"gpu" + random.nextInt(3)};
            fixture.member(
                    "r" + run, random.nextInt(3) == 0 ? "m" : "n", start, start + random.nextInt(2 * HOUR_S), devices);
        }
        fixture.at(6 * HOUR_S);
        for (String node : List.of("n", "m")) {
            for (int gpu = 0; gpu < 3; gpu++) {
                for (int piece = 0; piece < 20; piece++) {
                    if (random.nextInt(4) > 0) {
                        fixture.record(
                                node, interval("gpu" + gpu, DeviceKind.GPU, piece * 900, piece * 900 + 900, 90_000));
                    }
                }
            }
        }
        fixture.book();
    }
}
