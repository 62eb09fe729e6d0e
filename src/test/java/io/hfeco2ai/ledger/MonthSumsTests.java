package io.hfeco2ai.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;

import io.hfeco2ai.grid.Grid.MarketMethod;
import io.hfeco2ai.ledger.Ledger.Amounts;
import io.hfeco2ai.ledger.Ledger.Footprint;
import io.hfeco2ai.ledger.Ledger.GroupBy;
import io.hfeco2ai.ledger.Ledger.Key;
import io.hfeco2ai.ledger.Ledger.MarketKey;
import io.hfeco2ai.ledger.Ledger.Question;
import io.hfeco2ai.ledger.months.MonthSums;
import io.hfeco2ai.testing.TestDatabases.Database;
import io.hfeco2ai.units.Boundary;
import io.hfeco2ai.units.DeviceKind;
import io.hfeco2ai.units.Quality;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** An answer is the same to the bit however much of it was summed up month by month before. */
class MonthSumsTests {

    private static final String BOTH = "io.hfeco2ai.testing.TestDatabases#both";
    private static final long HOUR_MS = 3_600_000;
    private static final long FIRST_MS = Instant.parse("2025-10-30T00:00:00Z").toEpochMilli();
    private static final int HOURS = 66 * 24;
    private static final List<String> RUNS = List.of("", "a", "b", "made-up", "elsewhere");

    private final Random random = new Random(16);

    @ParameterizedTest
    @MethodSource(BOTH)
    void answersDoNotTellWhetherMonthsAreSummed(Database database) {
        try (LedgerFixture fixture = new LedgerFixture(database)) {
            fixture.experiment("speech");
            fixture.run("a", "vision", null, false);
            fixture.run("b", "vision", null, false);
            fixture.run("made-up", "vision", null, true);
            fixture.run("elsewhere", "speech", null, false);
            MonthSums months = fixture.bean(MonthSums.class);
            EntryBook book = fixture.bean(EntryBook.class);
            for (int round = 0; round < 2; round++) {
                for (int i = 0; i < 120; i++) {
                    long hour = FIRST_MS + random.nextInt(HOURS) * HOUR_MS;
                    String node = "n" + random.nextInt(3);
                    book.book(node, hour, amounts());
                    if (random.nextInt(8) > 0) {
                        book.post(node, hour);
                    }
                }
                Map<String, Object> before = answers(fixture);
                fixture.at((round + 1) * 1000.0); // The next look is due.
                for (int month = 0; month < 4; month++) {
                    months.bite();
                }
                assertThat(summed(fixture)).isEqualTo(posted(fixture));
                assertThat(answers(fixture)).isEqualTo(before);
            }
            assertThat(fixture.ledger.verifyChain("n0", "2025-11")).isEmpty();
            fixture.jdbc.update("UPDATE entry_month_sum SET location_ug = location_ug + 1 WHERE node_id = 'n0'"
                    + " AND chain_month = '2025-11' AND location_ug IS NOT NULL");
            assertThat(fixture.ledger.verifyChain("n0", "2025-11"))
                    .singleElement(STRING)
                    .contains("do not come to what they were summed up to");
            fixture.jdbc.update("DELETE FROM entry WHERE node_id = 'n1' AND chain_month = '2025-11' AND chain_no ="
                    + " (SELECT summed_no FROM entry_month WHERE node_id = 'n1' AND chain_month = '2025-11')");
            assertThat(fixture.ledger.verifyChain("n1", "2025-11"))
                    .first(STRING)
                    .endsWith("that were summed up, 1 are not there");
            assertThat(fixture.jdbc.queryForObject(
                            "SELECT COUNT(*) FROM entry WHERE state = 'PROVISIONAL'", Integer.class))
                    .isPositive();
        }
    }

    /** The experiment is all that its team has, and is read entry by entry. */
    private static Map<String, Object> answers(LedgerFixture fixture) {
        Map<String, Object> answers = new HashMap<>();
        List<@Nullable Long> starts = new ArrayList<>(List.of(FIRST_MS + 30 * HOUR_MS, FIRST_MS + 48 * HOUR_MS));
        starts.add(null);
        for (Long from : starts) {
            for (Long to : new Long[] {null, FIRST_MS + 40 * 24 * HOUR_MS}) {
                for (boolean synthetic : new boolean[] {false, true}) {
                    Question team = new Question(Set.of("vision"), null, null, null, null, from, to, synthetic);
                    Question experiment = new Question(null, null, "vision", null, null, from, to, synthetic);
                    Question everybody = new Question(null, null, null, null, null, from, to, synthetic);
                    String name = from + " to " + to + " synthetic " + synthetic;
                    assertThat(fixture.ledger.footprint(team)).as(name).isEqualTo(fixture.ledger.footprint(experiment));
                    assertThat(fixture.ledger.uncertainty(team))
                            .as(name)
                            .isEqualTo(fixture.ledger.uncertainty(experiment));
                    assertThat(lines(fixture, team)).as(name).isEqualTo(lines(fixture, experiment));
                    assertThat(energyUj(fixture.ledger.groups(everybody, GroupBy.HOUR)))
                            .as(name)
                            .isEqualTo(energyUj(Map.of("", fixture.ledger.footprint(everybody))));
                    answers.put("footprint " + name, fixture.ledger.footprint(everybody));
                    answers.put("uncertainty " + name, fixture.ledger.uncertainty(everybody));
                    answers.put("lines " + name, lines(fixture, everybody));
                    for (GroupBy by : List.of(GroupBy.TEAM, GroupBy.RUN, GroupBy.NODE, GroupBy.MONTH)) {
                        answers.put(by + " " + name, fixture.ledger.groups(everybody, by));
                    }
                }
            }
        }
        return answers;
    }

    private static BigInteger energyUj(Map<String, Footprint> groups) {
        return groups.values().stream().map(one -> one.energy().microjoules()).reduce(BigInteger.ZERO, BigInteger::add);
    }

    /** By node and team: energy, emissions, market-based emissions, expected and observed time, number. */
    private static Map<String, List<BigDecimal>> lines(LedgerFixture fixture, Question question) {
        Map<String, List<BigDecimal>> lines = new HashMap<>();
        fixture.ledger.lines(question, line -> {
            List<BigDecimal> amounts = List.of(
                    line.energyUj(),
                    line.locationUg() == null ? BigDecimal.ZERO : line.locationUg(),
                    line.marketUg() == null ? BigDecimal.ZERO : line.marketUg(),
                    BigDecimal.valueOf(line.expectedMs()),
                    BigDecimal.valueOf(line.observedMs()),
                    BigDecimal.valueOf(line.entries()));
            lines.merge(
                    line.nodeId() + line.teamId() + line.quality() + line.factorId() + line.market(),
                    amounts,
                    MonthSumsTests::sum);
        });
        return lines;
    }

    private static List<BigDecimal> sum(List<BigDecimal> one, List<BigDecimal> other) {
        List<BigDecimal> sum = new ArrayList<>();
        for (int i = 0; i < one.size(); i++) {
            sum.add(one.get(i).add(other.get(i)));
        }
        return sum;
    }

    /** Node, month and last link. */
    private static List<Map<String, Object>> summed(LedgerFixture fixture) {
        return fixture.jdbc.queryForList(
                "SELECT node_id, chain_month, summed_no AS no FROM entry_month ORDER BY node_id, chain_month");
    }

    /** The month that runs is summed when there is more of it. */
    private static List<Map<String, Object>> posted(LedgerFixture fixture) {
        return fixture.jdbc.queryForList("SELECT node_id, chain_month, CASE WHEN chain_month < '2026-01'"
                + " OR MAX(chain_no) > 200 THEN MAX(chain_no) ELSE 0 END AS no FROM entry"
                + " WHERE chain_month IS NOT NULL GROUP BY node_id, chain_month ORDER BY node_id, chain_month");
    }

    private Map<Key, Amounts> amounts() {
        Map<Key, Amounts> amounts = new HashMap<>();
        for (String run : RUNS) {
            if (random.nextBoolean()) {
                boolean priced = random.nextInt(4) > 0;
                boolean cooled = random.nextBoolean();
                long energyUj = random.nextLong(1_000_000_000_000L);
                amounts.put(
                        new Key(
                                run,
                                random.nextBoolean() ? DeviceKind.GPU : DeviceKind.CPU,
                                run.isEmpty() ? "idle" : "cpu-time",
                                random.nextBoolean() ? Quality.MEASURED : Quality.MODELLED,
                                Boundary.CHIP,
                                "test",
                                run.equals("made-up"),
                                priced ? new BigDecimal("1.3") : null,
                                priced ? "de-2024" : null,
                                random.nextInt(300_000),
                                Ledger.METHOD_VERSION,
                                priced ? new MarketKey(MarketMethod.GRID_AVERAGE, "de-2024", 0, null) : null,
                                cooled ? new BigDecimal("0.5") : null),
                        new Amounts(
                                energyUj,
                                priced ? (Long) (energyUj + energyUj / 3) : null,
                                priced ? (Long) random.nextLong(1_000_000_000L) : null,
                                priced ? energyUj : 0,
                                HOUR_MS,
                                random.nextLong(HOUR_MS),
                                priced ? (Long) random.nextLong(1_000_000_000L) : null,
                                cooled ? (Long) random.nextLong(1_000_000L) : null));
            }
        }
        return amounts;
    }
}
