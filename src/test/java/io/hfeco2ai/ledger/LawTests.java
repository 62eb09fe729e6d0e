package io.hfeco2ai.ledger;

import static io.hfeco2ai.ledger.LedgerFixture.interval;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.assertj.core.api.Assertions.within;

import io.hfeco2ai.grid.Grid;
import io.hfeco2ai.ledger.Ledger.Entry;
import io.hfeco2ai.ledger.Ledger.Footprint;
import io.hfeco2ai.ledger.Ledger.GroupBy;
import io.hfeco2ai.ledger.Ledger.Question;
import io.hfeco2ai.ledger.Ledger.ReportedCarbon;
import io.hfeco2ai.ledger.Ledger.State;
import io.hfeco2ai.metering.Metering.IntervalReport;
import io.hfeco2ai.testing.TestDatabases;
import io.hfeco2ai.testing.TestDatabases.Database;
import io.hfeco2ai.units.Boundary;
import io.hfeco2ai.units.CarbonMass;
import io.hfeco2ai.units.DeviceKind;
import io.hfeco2ai.units.Energy;
import io.hfeco2ai.units.Quality;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The laws of the accounts, from reports to footprints, on both databases. Law 1 has its properties in metering. */
class LawTests {

    private static final String BOTH = "io.hfeco2ai.testing.TestDatabases#both";
    private static final int HOUR_S = 3600;
    private static final Question EVERYTHING = new Question(null, null, null, null, null, null, null, false);

    @ParameterizedTest
    @MethodSource(BOTH)
    void law1TeamsAndTheSharedPoolAreTheOrganisation(Database database) {
        try (LedgerFixture fixture = overlappingRuns(database)) {
            Footprint all = fixture.everything();
            assertThat(all.energy()).isEqualTo(Energy.ofJoules(30_000.000001));
            Map<String, Footprint> teams = fixture.ledger.groups(EVERYTHING, GroupBy.TEAM);
            assertThat(teams.keySet()).containsExactly("", "speech", "vision");
            assertThat(sum(teams)).isEqualTo(all.energy());
            assertThat(of(teams, "").energy()).isEqualTo(all.unattributed()).isNotEqualTo(Energy.ZERO);
        }
    }

    @ParameterizedTest
    @MethodSource(BOTH)
    void law2EveryGroupingAddsUpToTheSameTotal(Database database) {
        try (LedgerFixture fixture = overlappingRuns(database)) {
            fixture.grid.setZone("default", "DE");
            fixture.book();
            Footprint all = fixture.everything();
            for (GroupBy by : GroupBy.values()) {
                Map<String, Footprint> groups = fixture.ledger.groups(EVERYTHING, by);
                assertThat(sum(groups)).as(by.name()).isEqualTo(all.energy());
                assertThat(groups.values().stream().mapToDouble(g -> grams(g)).sum())
                        .as(by.name())
                        .isCloseTo(grams(all), within(1e-9));
            }
            assertThat(fixture.ledger.groups(EVERYTHING, GroupBy.HOUR).keySet())
                    .containsExactly("2026-01-05T10:00:00Z");
            assertThat(fixture.ledger.groups(EVERYTHING, GroupBy.MONTH).keySet())
                    .containsExactly("2026-01");
            assertThat(fixture.ledger.ofRuns(List.of("a", "b")))
                    .isEqualTo(Map.of("a", withoutPeak(fixture.run("a")), "b", withoutPeak(fixture.run("b"))));
            Energy entries = fixture.ledger.entries(EVERYTHING, 0).stream()
                    .map(entry -> Energy.ofMicrojoules(entry.amounts().energyUj()))
                    .reduce(Energy.ZERO, Energy::plus);
            assertThat(entries).isEqualTo(all.energy());
        }
    }

    @ParameterizedTest
    @MethodSource(BOTH)
    void law3MissingIsNeverZero(Database database) {
        try (LedgerFixture fixture = new LedgerFixture(database)) {
            fixture.work.round();
            fixture.at(1800);
            fixture.record("n", interval("cpu", DeviceKind.CPU, 0, 1800, 1_000));
            fixture.at(2 * HOUR_S + 10);
            fixture.book();
            Footprint all = fixture.everything();
            assertThat(all.coverageRatio())
                    .as("half of the first hour, nothing of the silent second")
                    .isEqualTo(0.25);
            assertThat(all.notes()).anyMatch(note -> note.startsWith("No readings for 5400 device-seconds"));
            assertThat(fixture.ledger.entries(EVERYTHING, 0))
                    .filteredOn(entry -> entry.key().quality() == Quality.MISSING)
                    .hasSize(2)
                    .allMatch(entry -> entry.amounts().locationUg() == null
                            && entry.amounts().facilityUj() == null);
            assertThat(fixture.run("nobody").emissions()).isNull();
            assertThat(fixture.run("nobody").coverageRatio()).isNull();
        }
    }

    @ParameterizedTest
    @MethodSource(BOTH)
    void law4EachTotalCarriesItsSplitByQuality(Database database) {
        try (LedgerFixture fixture = new LedgerFixture(database)) {
            fixture.record(
                    "n",
                    interval("cpu", DeviceKind.CPU, 0, 100, 1_000),
                    interval("ram", DeviceKind.RAM, 0, 100, 200, Quality.MODELLED, null));
            fixture.record(
                    "n",
                    "reported:tool/1",
                    false,
                    List.of(interval("gpu", DeviceKind.GPU, 0, 100, 30, Quality.UNKNOWN, null)));
            fixture.book();
            Footprint all = fixture.everything();
            assertThat(List.of(all.measured(), all.modelled(), all.unknown(), all.energy()))
                    .containsExactly(
                            Energy.ofJoules(1_000), Energy.ofJoules(200), Energy.ofJoules(30), Energy.ofJoules(1_230));
            assertThat(all.notes()).anyMatch(note -> note.contains("were reported by other tools"));
        }
    }

    @ParameterizedTest
    @MethodSource(BOTH)
    void law5PostedEntriesStayAndCorrectionsAreAdjustments(Database database) {
        try (LedgerFixture fixture = overlappingRuns(database)) {
            fixture.at(4 * HOUR_S);
            fixture.book();
            assertThat(fixture.posted).contains(new HoursPosted("n", LedgerFixture.ms(0), LedgerFixture.ms(HOUR_S)));
            List<Map<String, Object>> before = fixture.rows("POSTED");
            assertThat(before).isNotEmpty();
            Energy energy = fixture.everything().energy();

            fixture.record("n", interval("cpu", DeviceKind.CPU, 500, 600, 77));
            fixture.grid.setZone("default", "DE");
            fixture.book();

            assertThat(fixture.rows("POSTED")).startsWith(before.toArray(new Map[0]));
            assertThat(fixture.rows("ADJUSTMENT")).isNotEmpty();
            assertThat(fixture.everything().energy()).isEqualTo(energy.plus(Energy.ofJoules(77)));
            assertThat(fixture.everything().priced())
                    .isEqualTo(fixture.everything().energy());
            assertThat(fixture.ledger.verifyChain("n", "2026-01")).isEmpty();
            fixture.jdbc.update(
                    "UPDATE entry SET energy_uj = energy_uj + 1 WHERE id = ?",
                    before.get(0).get("id"));
            assertThat(fixture.ledger.verifyChain("n", "2026-01"))
                    .singleElement()
                    .asString()
                    .contains("its content is not what was posted");
            fixture.jdbc.update("DELETE FROM entry WHERE id = ?", before.get(1).get("id"));
            assertThat(fixture.ledger.verifyChain("n", "2026-01")).hasSizeGreaterThan(1);
        }
    }

    @ParameterizedTest
    @MethodSource(BOTH)
    void law6RepeatedShuffledAndLateDataGiveTheSameFiguresToTheBit(Database database) {
        List<IntervalReport> reports = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            reports.add(interval("cpu", DeviceKind.CPU, i * 30.0, i * 30.0 + 30, 100 + i / 7.0));
            reports.add(interval("gpu0", DeviceKind.GPU, i * 30.0 + 5, i * 30.0 + 33, 900 - i / 3.0));
        }
        Footprint ordered;
        try (LedgerFixture fixture = withTwoRuns(database)) {
            fixture.grid.setZone("default", "DE");
            fixture.at(2 * HOUR_S);
            fixture.record("n", "agent", false, reports);
            fixture.at(6 * HOUR_S);
            fixture.book();
            ordered = fixture.everything();
        }
        Database other = database.name().equals("H2") ? TestDatabases.h2() : TestDatabases.postgres();
        try (LedgerFixture fixture = withTwoRuns(other)) {
            List<IntervalReport> shuffled = new ArrayList<>(reports);
            shuffled.addAll(reports);
            Collections.shuffle(shuffled, new Random(7));
            for (int part = 0; part < 4; part++) {
                fixture.at((2 + part) * HOUR_S);
                fixture.record("n", "agent", false, shuffled.subList(part * 200, part * 200 + 200));
                fixture.book();
            }
            fixture.grid.setZone("default", "DE");
            fixture.at(6 * HOUR_S);
            fixture.book();
            assertThat(fixture.rows("ADJUSTMENT")).isNotEmpty();
            assertThat(fixture.everything()).isEqualTo(ordered);
        }
    }

    @ParameterizedTest
    @MethodSource(BOTH)
    void law6AnEarlierFirstSightChangesTheCoverageOfAllHoursSince(Database database) {
        List<IntervalReport> reports = List.of(
                interval("cpu", DeviceKind.CPU, 600, 1800, 5_000),
                interval("gpu0", DeviceKind.GPU, 5 * HOUR_S + 60, 5 * HOUR_S + 90, 900),
                interval("cpu", DeviceKind.CPU, 11 * HOUR_S, 11 * HOUR_S + 1000, 4_000),
                interval("gpu0", DeviceKind.GPU, 20 * HOUR_S, 20 * HOUR_S + 100, 700),
                interval("cpu", DeviceKind.CPU, 30 * HOUR_S, 30 * HOUR_S + 3600, 6_000));
        Map<String, Footprint> atOnce;
        try (LedgerFixture fixture = withTwoRuns(database)) {
            fixture.at(40 * HOUR_S);
            fixture.record("n", "agent", false, reports);
            fixture.book();
            atOnce = hoursUntil40(fixture);
            assertThat(atOnce).hasSize(40);
        }
        for (boolean backwards : new boolean[] {true, false}) {
            List<IntervalReport> parts = new ArrayList<>(reports);
            if (backwards) {
                Collections.reverse(parts);
            }
            Database other = database.name().equals("H2") ? TestDatabases.h2() : TestDatabases.postgres();
            try (LedgerFixture fixture = withTwoRuns(other)) {
                for (int part = 0; part < parts.size(); part++) {
                    fixture.at((32 + 2 * part) * HOUR_S);
                    fixture.record("n", "agent", false, parts.subList(part, part + 1));
                    fixture.book();
                }
                fixture.at(40 * HOUR_S + 1);
                fixture.book();
                assertThat(fixture.rows("ADJUSTMENT")).isNotEmpty();
                assertThat(hoursUntil40(fixture))
                        .usingRecursiveComparison()
                        .ignoringFieldsMatchingRegexes(".*provisional")
                        .isEqualTo(atOnce);
            }
        }
    }

    @ParameterizedTest
    @MethodSource(BOTH)
    void law6WhichOfTwoEqualSourcesComesFirstDoesNotMatter(Database database) {
        List<IntervalReport> reports = List.of(
                equalSource("gpu0", DeviceKind.GPU, "nvml", 9_000, 60.0),
                equalSource("gpu0", DeviceKind.GPU, "amd", 7_000, 30.0),
                equalSource("gpu0", DeviceKind.GPU, "amd", 7_000, 40.0),
                equalSource("meter1", DeviceKind.NODE, "test", 31_000, 100.0),
                equalSource("meter0", DeviceKind.NODE, "test", 30_000, 90.0));
        List<Footprint> footprints = new ArrayList<>();
        for (boolean backwards : new boolean[] {false, true}) {
            List<IntervalReport> parts = new ArrayList<>(reports);
            if (backwards) {
                Collections.reverse(parts);
            }
            Database own = database.name().equals("H2") ? TestDatabases.h2() : TestDatabases.postgres();
            try (LedgerFixture fixture = withTwoRuns(own)) {
                fixture.at(HOUR_S);
                parts.forEach(part -> fixture.record("n", part));
                fixture.book();
                footprints.add(fixture.everything());
            }
        }
        assertThat(footprints.get(0)).isEqualTo(footprints.get(1));
        assertThat(footprints.get(0).energy()).isEqualTo(Energy.ofJoules(30_000));
        assertThat(footprints.get(0).byDeviceKind())
                .isEqualTo(Map.of("GPU", Energy.ofJoules(7_000), "REST", Energy.ofJoules(23_000)));
    }

    private static IntervalReport equalSource(
            String device, DeviceKind kind, String source, double joules, double idleWatts) {
        IntervalReport report = interval(device, kind, 0, 300, joules);
        return new IntervalReport(
                device,
                kind,
                null,
                report.startMs(),
                report.endMs(),
                report.energyUj(),
                null,
                Quality.MEASURED,
                source,
                null,
                null,
                0.05,
                null,
                idleWatts);
    }

    @ParameterizedTest
    @MethodSource(BOTH)
    void law6ALaterCalibrationLeavesEarlierHours(Database database) {
        try (LedgerFixture fixture = new LedgerFixture(database)) {
            fixture.at(HOUR_S);
            fixture.record("n", equalSource("gpu0", DeviceKind.GPU, "nvml", 9_000, 10.0));
            fixture.book();
            Map<String, Energy> before = fixture.everything().byShareKey();
            assertThat(before).isEqualTo(Map.of("idle", Energy.ofJoules(3_000), "other", Energy.ofJoules(6_000)));
            IntervalReport late = equalSource("gpu0", DeviceKind.GPU, "nvml", 0, 25.0);
            fixture.record(
                    "n",
                    new IntervalReport(
                            "gpu0",
                            DeviceKind.GPU,
                            null,
                            late.endMs(),
                            late.endMs() + 10_000,
                            0,
                            null,
                            Quality.MEASURED,
                            "nvml",
                            null,
                            null,
                            0.05,
                            null,
                            25.0));
            fixture.book();
            assertThat(fixture.everything().byShareKey()).containsAllEntriesOf(before);
        }
    }

    private static Map<String, Footprint> hoursUntil40(LedgerFixture fixture) {
        long endMs = LedgerFixture.ms(40 * HOUR_S);
        return fixture.ledger.groups(
                new Question(null, null, null, null, null, LedgerFixture.ms(0), endMs, false), GroupBy.HOUR);
    }

    @ParameterizedTest
    @MethodSource(BOTH)
    void law7And8TheMeterSetsTheTotalAndTheWorseSourceIsNotAdded(Database database) {
        try (LedgerFixture fixture = new LedgerFixture(database)) {
            fixture.record(
                    "n",
                    interval("cpu", DeviceKind.CPU, 0, 100, 1_000),
                    interval("bmc", DeviceKind.NODE, 0, 100, 5_000));
            fixture.record("n", "reported:tool/1", false, List.of(interval("cpu", DeviceKind.CPU, 0, 100, 1_234)));
            fixture.book();
            Footprint all = fixture.everything();
            assertThat(all.energy()).isEqualTo(Energy.ofJoules(5_000));
            assertThat(all.boundary()).isEqualTo(Boundary.NODE);
            assertThat(all.byDeviceKind())
                    .isEqualTo(Map.of("CPU", Energy.ofJoules(1_000), "REST", Energy.ofJoules(4_000)));
        }
    }

    @ParameterizedTest
    @MethodSource(BOTH)
    void law9WithoutZoneNoEmissionsAndWithoutPueNoFacilityEnergy(Database database) {
        try (LedgerFixture fixture = new LedgerFixture(database)) {
            fixture.at(5 * HOUR_S);
            fixture.record("n", interval("cpu", DeviceKind.CPU, 0, HOUR_S, 3_600_000));
            fixture.book();
            assertThat(fixture.everything().emissions()).isNull();
            assertThat(fixture.everything().facilityEnergy()).isNull();
            assertThat(fixture.everything().notes()).anyMatch(note -> note.contains("Set the zone of site"));

            fixture.grid.setZone("default", "DE");
            fixture.book();
            Footprint priced = fixture.everything();
            assertThat(grams(priced)).isEqualTo(350.0);
            assertThat(priced.facilityEnergy()).isNull();
            assertThat(priced.notes()).anyMatch(note -> note.startsWith("Overhead excluded"));
            assertThat(priced.notes()).anyMatch(note -> note.contains("annual value of 2024"));
            assertThat(priced.factors())
                    .singleElement()
                    .satisfies(use -> assertThat(use.fallback()).isTrue());

            fixture.grid.setPue("default", new BigDecimal("1.5"));
            fixture.book();
            Footprint whole = fixture.everything();
            assertThat(grams(whole)).isEqualTo(525.0);
            assertThat(whole.facilityEnergy()).isEqualTo(Energy.ofJoules(5_400_000));
            assertThat(whole.energy()).isEqualTo(Energy.ofJoules(3_600_000));
            assertThat(fixture.ledger.verifyChain("n", "2026-01")).isEmpty();
        }
    }

    @ParameterizedTest
    @MethodSource(BOTH)
    void law10EnergyThatIncludesTheOverheadIsNotMultipliedAgain(Database database) {
        try (LedgerFixture fixture = new LedgerFixture(database)) {
            fixture.grid.setZone("default", "DE");
            fixture.grid.setPue("default", new BigDecimal("2"));
            fixture.at(HOUR_S);
            fixture.record(
                    "n",
                    "reported:codecarbon/3",
                    false,
                    List.of(interval(
                            "cpu", DeviceKind.CPU, 0, HOUR_S, 3_600_000, Quality.MODELLED, Boundary.FACILITY)));
            fixture.book();
            assertThat(fixture.everything().facilityEnergy()).isEqualTo(Energy.ofJoules(3_600_000));
            assertThat(grams(fixture.everything())).isEqualTo(350.0);
            assertThat(fixture.everything().notes()).noneMatch(note -> note.startsWith("Overhead excluded"));
        }
    }

    @ParameterizedTest
    @MethodSource(BOTH)
    void law12AParentIsItsOwnTimeAndAllItsChildren(Database database) {
        try (LedgerFixture fixture = new LedgerFixture(database)) {
            fixture.run("sweep", "vision", null, false);
            fixture.run("child", "vision", "sweep", false);
            fixture.run("grandchild", "vision", "child", false);
            fixture.at(600);
            fixture.record("n", interval("gpu0", DeviceKind.GPU, 0, 300, 3_000));
            fixture.member("sweep", "n", 0, 100.0, "gpu0");
            fixture.member("child", "n", 100, 200.0, "gpu0");
            fixture.member("grandchild", "n", 200, 250.0, "gpu0");
            fixture.book();
            assertThat(fixture.run("sweep").energy()).isEqualTo(Energy.ofJoules(2_500));
            assertThat(fixture.run("child").energy()).isEqualTo(Energy.ofJoules(1_500));
            assertThat(fixture.run("grandchild").energy()).isEqualTo(Energy.ofJoules(500));
            assertThat(of(fixture.ledger.ofRuns(List.of("sweep", "child")), "sweep")
                            .energy())
                    .isEqualTo(Energy.ofJoules(2_500));
            assertThat(of(fixture.ledger.groups(Question.ofRun("sweep", false), GroupBy.RUN), "sweep")
                            .energy())
                    .as("groups do not overlap")
                    .isEqualTo(Energy.ofJoules(1_000));
        }
    }

    @ParameterizedTest
    @MethodSource(BOTH)
    void law13MadeUpDataStaysOutUnlessAskedFor(Database database) {
        try (LedgerFixture fixture = new LedgerFixture(database)) {
            fixture.run("demo", "vision", null, true);
            fixture.record("d", "simulator", true, List.of(interval("gpu0", DeviceKind.GPU, 0, 100, 1_000)));
            fixture.record("n", interval("gpu0", DeviceKind.GPU, 0, 100, 10));
            fixture.member("demo", "d", 0, null);
            fixture.book();
            assertThat(fixture.everything().energy()).isEqualTo(Energy.ofJoules(10));
            assertThat(fixture.run("demo").energy()).isEqualTo(Energy.ZERO);
            Footprint asked = fixture.ledger.footprint(Question.ofRun("demo", true));
            assertThat(asked.energy()).isEqualTo(Energy.ofJoules(1_000));
            assertThat(asked.notes()).anyMatch(note -> note.startsWith("Contains made-up data"));
            assertThat(of(fixture.ledger.ofRuns(List.of("demo")), "demo").energy())
                    .isEqualTo(Energy.ofJoules(1_000));
        }
    }

    @ParameterizedTest
    @MethodSource(BOTH)
    void settlingARunBooksItsHoursAtOnce(Database database) {
        try (LedgerFixture fixture = withTwoRuns(database)) {
            fixture.record("n", interval("gpu0", DeviceKind.GPU, 0, 40, 4_000));
            assertThat(fixture.run("a").provisional())
                    .as("nothing is booked yet")
                    .isTrue();
            fixture.ledger.settle("a");
            assertThat(fixture.run("a").energy()).isEqualTo(Energy.ofJoules(4_000));
            assertThat(fixture.run("a").peakWatts()).isEqualTo(100.0);
            assertThat(fixture.run("a").provisional()).isTrue();
            assertThat(fixture.ledger.entries(Question.ofRun("a", false), 0))
                    .extracting(Entry::state)
                    .containsOnly(State.PROVISIONAL);
        }
    }

    /** Until then its hours were priced as the default site's, and figures must not depend on when an hour is computed. */
    @ParameterizedTest
    @MethodSource(BOTH)
    void theFirstPlaceOfANodeCorrectsItsPast(Database database) {
        try (LedgerFixture fixture = overlappingRuns(database)) {
            fixture.jdbc.update(
                    "INSERT INTO factor (id, zone, from_ms, to_ms, g_per_kwh, method, basis, gas, source, edition, licence,"
                            + " url) VALUES ('fr-2024', 'FR', 1704067200000, 1735689600000, 35.0, 'average', 'life-cycle',"
                            + " 'CO2e', 'test', '2025', 'none', 'none')");
            fixture.grid.setZoneAndPue("default", "DE", new BigDecimal("1.5"));
            fixture.at(4 * HOUR_S);
            fixture.book();
            double asDefault = grams(fixture.everything());

            fixture.grid.createSite("Paris", Grid.Operator.OWN, "FR", new BigDecimal("1.5"));
            fixture.grid.assignNode("n", "paris");
            fixture.book();

            assertThat(grams(fixture.everything())).isCloseTo(asDefault / 10, within(1e-5));
            assertThat(fixture.rows("ADJUSTMENT"))
                    .isNotEmpty()
                    .allMatch(row -> "zone corrected".equals(row.get("reason")));
        }
    }

    @ParameterizedTest
    @MethodSource(BOTH)
    void aWrongZoneIsCorrectedForThePastByAdjustments(Database database) {
        try (LedgerFixture fixture = overlappingRuns(database)) {
            fixture.jdbc.update(
                    "INSERT INTO factor (id, zone, from_ms, to_ms, g_per_kwh, method, basis, gas, source, edition, licence,"
                            + " url) VALUES ('fr-2024', 'FR', 1704067200000, 1735689600000, 35.0, 'average', 'life-cycle',"
                            + " 'CO2e', 'test', '2025', 'none', 'none')");
            fixture.grid.setZoneAndPue("default", "DE", new BigDecimal("1.5"));
            fixture.at(4 * HOUR_S);
            fixture.book();
            List<Map<String, Object>> posted = fixture.rows("POSTED");
            double wrong = grams(fixture.everything());

            fixture.grid.setZone("default", "FR");
            fixture.book();
            assertThat(grams(fixture.everything()))
                    .as("a change does not touch the past")
                    .isEqualTo(wrong);

            fixture.grid.correctZoneAndPue("default", "FR", new BigDecimal("1.5"));
            fixture.book();
            assertThat(grams(fixture.everything())).isCloseTo(wrong / 10, within(1e-5));
            assertThat(fixture.everything().factors())
                    .extracting(Ledger.FactorUse::zone)
                    .containsExactly("FR");
            assertThat(fixture.rows("POSTED")).isEqualTo(posted);
            assertThat(fixture.rows("ADJUSTMENT"))
                    .isNotEmpty()
                    .allMatch(row -> "zone corrected".equals(row.get("reason")));

            int zoneAdjustments = fixture.rows("ADJUSTMENT").size();
            fixture.grid.correctZoneAndPue("default", "FR", new BigDecimal("1.2"));
            fixture.book();
            assertThat(grams(fixture.everything())).isCloseTo(wrong / 10 / 1.5 * 1.2, within(1e-5));
            assertThat(fixture.rows("ADJUSTMENT")
                            .subList(zoneAdjustments, fixture.rows("ADJUSTMENT").size()))
                    .isNotEmpty()
                    .allMatch(row -> "PUE corrected".equals(row.get("reason")));
            fixture.grid.correctZoneAndPue("default", "FR", new BigDecimal("1.2"));
            int all = fixture.rows("ADJUSTMENT").size();
            fixture.book();
            assertThat(fixture.rows("ADJUSTMENT"))
                    .as("the same again adjusts nothing")
                    .hasSize(all);
            assertThat(fixture.ledger.verifyChain("n", "2026-01")).isEmpty();
        }
    }

    @ParameterizedTest
    @MethodSource(BOTH)
    void meanPowerIsOverTheObservedTimeAndChildrenCount(Database database) {
        try (LedgerFixture fixture = new LedgerFixture(database)) {
            fixture.run("parent", "vision", null, false);
            fixture.run("child", "vision", "parent", false);
            fixture.member("parent", "n", 0, 1000.0, "gpu0");
            fixture.member("child", "n", 0, 1000.0, "gpu1");
            assertThat(fixture.run("parent").meanWatts()).as("nothing observed").isNull();
            fixture.at(1100);
            fixture.record(
                    "n",
                    interval("gpu0", DeviceKind.GPU, 0, 100, 10_000),
                    interval("gpu0", DeviceKind.GPU, 900, 1000, 30_000),
                    interval("gpu1", DeviceKind.GPU, 900, 1000, 5_000));
            fixture.book();
            Footprint parent = fixture.run("parent");
            assertThat(parent.meanWatts()).as("45 kJ in 200 s").isEqualTo(225.0);
            assertThat(parent.peakWatts()).isEqualTo(350.0);
            assertThat(fixture.run("child").meanWatts()).isEqualTo(50.0);
            assertThat(fixture.ledger.ofExperiments(List.of("vision", "none")).get("vision"))
                    .isEqualTo(fixture.ledger.footprint(
                            new Question(null, null, "vision", null, null, null, null, false)));
        }
    }

    @ParameterizedTest
    @MethodSource(BOTH)
    void settlingARunThatEndedEarlierBooksTheHoursSinceItsEndToo(Database database) {
        try (LedgerFixture fixture = new LedgerFixture(database)) {
            fixture.run("a", "vision", null, false);
            fixture.at(2 * HOUR_S + 60);
            fixture.member("a", "n", 0, null, "gpu0");
            fixture.record(
                    "n",
                    interval("gpu0", DeviceKind.GPU, 0, HOUR_S, 4_000),
                    interval("gpu0", DeviceKind.GPU, HOUR_S, 2 * HOUR_S, 5_000));
            fixture.book();
            assertThat(fixture.run("a").energy()).isEqualTo(Energy.ofJoules(9_000));
            fixture.jdbc.update("UPDATE member SET end_ms = ? WHERE run_id = 'a'", LedgerFixture.ms(HOUR_S / 2));
            fixture.metering.markDirty("n", LedgerFixture.ms(HOUR_S / 2), LedgerFixture.ms(2 * HOUR_S));
            fixture.ledger.settle("a");
            assertThat(fixture.run("a").energy()).isEqualTo(Energy.ofJoules(2_000));
        }
    }

    /** Three runs of two teams on one node; 30,000.000001 J, part of it claimed by nobody. */
    private static LedgerFixture overlappingRuns(Database database) {
        LedgerFixture fixture = withTwoRuns(database);
        fixture.experiment("speech");
        fixture.run("c", "speech", null, false);
        fixture.member("c", "n", 0, 250.0, "gpu0");
        fixture.record(
                "n",
                interval("cpu", DeviceKind.CPU, 0, 333, 10_000.000001),
                interval("gpu0", DeviceKind.GPU, 0, 300, 20_000));
        fixture.book();
        return fixture;
    }

    private static LedgerFixture withTwoRuns(Database database) {
        LedgerFixture fixture = new LedgerFixture(database);
        fixture.run("a", "vision", null, false);
        fixture.run("b", "vision", null, false);
        fixture.member("a", "n", 0, 200.0, "gpu0");
        fixture.member("b", "n", 100, 211.0, "gpu0");
        return fixture;
    }

    private static Footprint of(Map<String, Footprint> groups, String key) {
        return Objects.requireNonNull(groups.get(key));
    }

    private static Energy sum(Map<String, Footprint> groups) {
        return groups.values().stream().map(Footprint::energy).reduce(Energy.ZERO, Energy::plus);
    }

    private static double grams(Footprint footprint) {
        return footprint.emissions() == null ? 0 : footprint.emissions().grams();
    }

    private static Footprint withoutPeak(Footprint f) {
        return new Footprint(
                f.energy(),
                f.boundary(),
                f.facilityEnergy(),
                f.unattributed(),
                f.emissions(),
                f.priced(),
                f.market(),
                f.waterLitres(),
                f.measured(),
                f.modelled(),
                f.unknown(),
                f.coverageRatio(),
                f.uncertaintyRatio(),
                f.provisional(),
                f.factors(),
                f.byDeviceKind(),
                f.byShareKey(),
                null,
                null,
                f.methodVersion(),
                f.notes());
    }

    @ParameterizedTest
    @MethodSource(BOTH)
    void law6PowerReadingsInAnyOrderGiveTheSameEnergy(Database database) {
        try (LedgerFixture fixture = new LedgerFixture(database)) {
            fixture.run("a", "vision", null, false);
            fixture.member("a", "n", 0, 40.0);
            fixture.at(HOUR_S);
            fixture.power("n", 30, 500);
            fixture.power("n", 0, 100);
            fixture.power("n", 20, 300);
            fixture.power("n", 200, 700);
            fixture.power("n", 10, 100);
            assertThat(fixture.power("n", 10, 100).duplicates()).isEqualTo(1);
            assertThat(fixture.power("n", 10, 101).rejected()).hasSize(1);
            assertThat(fixture.power("n", 50, -1).rejected()).hasSize(1);
            fixture.book();
            assertThat(fixture.run("a").energy())
                    .as("the area under the lines, nothing over the gap")
                    .isEqualTo(Energy.ofJoules(1_000 + 2_000 + 4_000));
        }
    }

    @ParameterizedTest
    @MethodSource(BOTH)
    void law8AnotherToolOnAMeasuredNodeOverlapsAndIsListed(Database database) {
        try (LedgerFixture fixture = new LedgerFixture(database)) {
            fixture.run("a", "vision", null, false);
            fixture.member("a", "n", 0, 600.0);
            fixture.at(HOUR_S);
            fixture.record("n", interval("gpu0", DeviceKind.GPU, 0, 600, 6_000));
            fixture.record(
                    "n",
                    "reported:codecarbon/3",
                    false,
                    List.of(interval("reported:gpu", DeviceKind.GPU, 0, 600, 9_000)));
            fixture.book();
            assertThat(fixture.run("a").energy()).isEqualTo(Energy.ofJoules(6_000));
            assertThat(fixture.metering.sourcesOf("a"))
                    .extracting(use -> use.origin(), use -> use.reportedUj(), use -> use.countedUj())
                    .containsExactlyInAnyOrder(
                            tuple("agent", 6_000_000_000L, 6_000_000_000L),
                            tuple("reported:codecarbon/3", 9_000_000_000L, 0L));
        }
    }

    @ParameterizedTest
    @MethodSource(BOTH)
    void law10AnotherToolsCarbonIsKeptBesideOurs(Database database) {
        try (LedgerFixture fixture = new LedgerFixture(database)) {
            fixture.run("a", "vision", null, false);
            for (int i = 0; i < 2; i++) {
                fixture.ledger.keepReported(
                        "a",
                        List.of(
                                new ReportedCarbon("codecarbon/3", 1_000, 10_000_000, 7),
                                new ReportedCarbon("codecarbon/3", 2_000, 20_000_000, 8)));
            }
            assertThat(fixture.ledger.reportedBy("a"))
                    .extracting(each -> each.energy(), each -> each.emissions())
                    .containsExactly(tuple(Energy.ofJoules(30), CarbonMass.ofMicrograms(15)));
            assertThat(fixture.run("a").energy()).isEqualTo(Energy.ZERO);
        }
    }

    @ParameterizedTest
    @MethodSource(BOTH)
    void law12AParentGivesWayToTheRunsBelowItOnTheSameNode(Database database) {
        try (LedgerFixture fixture = new LedgerFixture(database)) {
            fixture.run("sweep", "vision", null, false);
            fixture.run("child", "vision", "sweep", false);
            fixture.run("grandchild", "vision", "child", false);
            fixture.at(600);
            fixture.record("n", interval("gpu0", DeviceKind.GPU, 0, 300, 3_000));
            fixture.member("sweep", "n", 0, 300.0);
            fixture.member("child", "n", 100, 200.0);
            fixture.member("grandchild", "n", 150, 200.0);
            fixture.book();
            assertThat(fixture.run("grandchild").energy()).isEqualTo(Energy.ofJoules(500));
            assertThat(fixture.run("child").energy()).isEqualTo(Energy.ofJoules(1_000));
            assertThat(fixture.run("sweep").energy()).isEqualTo(Energy.ofJoules(3_000));
        }
    }
}
