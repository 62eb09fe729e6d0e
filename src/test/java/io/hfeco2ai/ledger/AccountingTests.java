package io.hfeco2ai.ledger;

import static io.hfeco2ai.ledger.LedgerFixture.interval;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;

import io.hfeco2ai.grid.Grid;
import io.hfeco2ai.grid.Grid.MarketMethod;
import io.hfeco2ai.grid.Supply;
import io.hfeco2ai.grid.SupplyWishes;
import io.hfeco2ai.ledger.Ledger.Footprint;
import io.hfeco2ai.ledger.Ledger.Market;
import io.hfeco2ai.ledger.periods.PeriodLocks;
import io.hfeco2ai.ledger.periods.Restatements;
import io.hfeco2ai.ledger.periods.Restatements.ApprovedHour;
import io.hfeco2ai.platform.BadInput;
import io.hfeco2ai.platform.Conflict;
import io.hfeco2ai.testing.TestDatabases.Database;
import io.hfeco2ai.units.DeviceKind;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Both Scope 2 views, water, certificates at the close of a year, and periods that are locked; on both databases. */
class AccountingTests {

    private static final String BOTH = "io.hfeco2ai.testing.TestDatabases#both";
    private static final int HOUR_S = 3600;

    /** One kilowatt-hour in one hour at a site in DE (350 g/kWh) with a PUE of 1.5, posted. */
    private static LedgerFixture oneKilowattHour(Database database) {
        LedgerFixture fixture = new LedgerFixture(database);
        fixture.grid.setZoneAndPue("default", "DE", new BigDecimal("1.5"));
        fixture.run("a", "vision", null, false);
        fixture.member("a", "n", 0, (double) HOUR_S, "gpu0");
        fixture.at(HOUR_S);
        fixture.record("n", interval("gpu0", DeviceKind.GPU, 0, HOUR_S, 3_600_000));
        fixture.at(4 * HOUR_S);
        fixture.book();
        assertThat(fixture.rows("POSTED")).isNotEmpty();
        return fixture;
    }

    private static double location(LedgerFixture fixture) {
        return Objects.requireNonNull(fixture.everything().emissions()).grams();
    }

    private static Market market(LedgerFixture fixture) {
        return Objects.requireNonNull(fixture.everything().market());
    }

    @ParameterizedTest
    @MethodSource(BOTH)
    void withoutContractOrResidualMixTheGridAverageStandsInAndSaysSo(Database database) {
        try (LedgerFixture fixture = oneKilowattHour(database)) {
            assertThat(location(fixture)).isCloseTo(525, within(1e-6));
            assertThat(market(fixture).emissions().grams()).isCloseTo(525, within(1e-6));
            assertThat(market(fixture).byMethod()).containsOnlyKeys(MarketMethod.GRID_AVERAGE);
            assertThat(market(fixture).certified().isZero()).isTrue();
        }
    }

    @ParameterizedTest
    @MethodSource(BOTH)
    void aContractMovesTheMarketBasedViewOnlyAndIsWithdrawnWithoutATrace(Database database) {
        try (LedgerFixture fixture = oneKilowattHour(database)) {
            Footprint before = fixture.everything();
            String contract = SupplyWishes.contract(fixture.supply(), "default", "2026-01-01", "2026-12-31", "0");
            fixture.book();
            assertThat(location(fixture)).isCloseTo(525, within(1e-6));
            assertThat(market(fixture).emissions().grams())
                    .as("0 g/kWh is a value")
                    .isZero();
            assertThat(market(fixture).byMethod()).containsOnlyKeys(MarketMethod.SUPPLIER);
            assertThat(fixture.rows("ADJUSTMENT"))
                    .isNotEmpty()
                    .allMatch(row -> AdjustmentReason.SUPPLY.equals(row.get("reason")));

            SupplyWishes.withdrawContract(fixture.supply(), contract);
            fixture.book();
            assertThat(fixture.everything().market()).isEqualTo(before.market());
            assertThat(fixture.everything().emissions()).isEqualTo(before.emissions());
            assertThat(fixture.ledger.verifyChain("n", "2026-01")).isEmpty();
        }
    }

    @ParameterizedTest
    @MethodSource(BOTH)
    void whatHasNoPriceSaysOfItsOwnSiteWhatToSet(Database database) {
        try (LedgerFixture fixture = new LedgerFixture(database)) {
            fixture.grid.setZone("default", "DE");
            Grid.Site bare = fixture.grid.createSite("Barn", Grid.Operator.OWN, null, null);
            fixture.grid.assignNode("b", bare.id());
            fixture.booked("b", 2, null);
            fixture.booked("a", 1, null);
            assertThat(fixture.everything().notes()).first(STRING).contains("Set the zone of site \"Barn\"");
        }
    }

    @ParameterizedTest
    @MethodSource(BOTH)
    void contractsOfASiteMustNotOverlap(Database database) {
        try (LedgerFixture fixture = oneKilowattHour(database)) {
            SupplyWishes.contract(fixture.supply(), "default", "2026-01-01", "2026-06-30", "20");
            SupplyWishes.contract(fixture.supply(), "default", "2026-07-01", "2026-12-31", "30");
            assertThatThrownBy(
                            () -> SupplyWishes.contract(fixture.supply(), "default", "2026-06-30", "2026-07-01", "10"))
                    .isInstanceOf(BadInput.class)
                    .hasMessageContaining("withdraw it");
        }
    }

    @ParameterizedTest
    @MethodSource(BOTH)
    void theResidualMixCountsWhereNoContractIs(Database database) {
        try (LedgerFixture fixture = oneKilowattHour(database)) {
            fixture.jdbc.update(
                    "INSERT INTO factor (id, zone, from_ms, to_ms, g_per_kwh, method, basis, gas, source, edition, licence,"
                            + " url) VALUES ('de-mix', 'DE', 1767225600000, 1798761600000, 700, 'residual', 'direct',"
                            + " 'CO2e', 'test', '2026', 'none', 'none')");
            fixture.grid.setWue("default", new BigDecimal("1.8"));
            fixture.book();
            assertThat(market(fixture).emissions().grams()).isCloseTo(1050, within(1e-6));
            assertThat(market(fixture).byMethod()).containsOnlyKeys(MarketMethod.RESIDUAL);
            assertThat(location(fixture)).isCloseTo(525, within(1e-6));
            assertThat(fixture.everything().waterLitres())
                    .as("of IT energy, not × PUE")
                    .isEqualByComparingTo("1.8");
        }
    }

    /** A partly covered year by hand: 1.5 kWh at the meter, a contract of 200 g/kWh, 40 % covered by certificates of 10 g/kWh. */
    @ParameterizedTest
    @MethodSource(BOTH)
    void certificatesCoverAPartOfTheYearAndTheContractTheRest(Database database) {
        try (LedgerFixture fixture = oneKilowattHour(database)) {
            SupplyWishes.contract(fixture.supply(), "default", "2026-01-01", "2026-12-31", "200");
            fixture.supply().cover(2026, List.of(new Supply.NewCover("default", 400_000, new BigDecimal("10"))));
            fixture.book();
            Market market = market(fixture);
            assertThat(market.emissions().grams()).isCloseTo(1.5 * (0.4 * 10 + 0.6 * 200), within(1e-6));
            assertThat(market.certified().kilowattHours()).isCloseTo(0.4, within(1e-9));
            assertThat(Objects.requireNonNull(market.byMethod().get(MarketMethod.SUPPLIER))
                            .kilowattHours())
                    .isCloseTo(0.6, within(1e-9));
            assertThat(location(fixture)).isCloseTo(525, within(1e-6));

            int adjustments = fixture.rows("ADJUSTMENT").size();
            fixture.supply().cover(2026, List.of(new Supply.NewCover("default", 400_000, new BigDecimal("10"))));
            fixture.book();
            assertThat(fixture.rows("ADJUSTMENT"))
                    .as("the same again adjusts nothing")
                    .hasSize(adjustments);
        }
    }

    @ParameterizedTest
    @MethodSource(BOTH)
    void repricingFromPostedEnergyIsWhatARecomputeFromTheFactsGives(Database database) {
        try (LedgerFixture fixture = oneKilowattHour(database)) {
            SupplyWishes.contract(fixture.supply(), "default", "2026-01-01", "2026-12-31", "200");
            fixture.grid.correctZoneAndPue("default", "DE", new BigDecimal("1.2"));
            fixture.book();
            Footprint repriced = fixture.everything();
            int rows = fixture.rows("ADJUSTMENT").size();
            fixture.metering.markDirty("n", LedgerFixture.ms(0), LedgerFixture.ms(HOUR_S));
            fixture.book();
            assertThat(fixture.everything()).isEqualTo(repriced);
            assertThat(fixture.rows("ADJUSTMENT")).hasSize(rows);
        }
    }

    /** A late agent in a locked period: held, shown, approved by a second person, booked with the reason. */
    @ParameterizedTest
    @MethodSource(BOTH)
    void aLockedPeriodChangesByAnApprovedRestatementOnly(Database database) {
        try (LedgerFixture fixture = oneKilowattHour(database)) {
            PeriodLocks locks = fixture.bean(PeriodLocks.class);
            Restatements restatements = fixture.bean(Restatements.class);
            fixture.at(5 * HOUR_S);
            fixture.book();
            String lock = locks.lock(LedgerFixture.ms(0), LedgerFixture.ms(HOUR_S), "ann");
            Footprint before = fixture.everything();

            fixture.record("n", interval("cpu", DeviceKind.CPU, 0, HOUR_S, 360_000));
            fixture.book();
            Footprint first = fixture.run("a");
            assertThat(first.energy()).as("the locked hour stays").isEqualTo(before.energy());
            assertThatThrownBy(() -> restatements.propose(lock, "late", "ann")).isInstanceOf(BadInput.class);
            String reason = "An agent was offline for a day. "
                    .repeat(32)
                    .substring(0, 1000)
                    .strip();
            String proposed = restatements.propose(lock, reason, "ann");
            assertThat(restatements.all().get(0).energyUj()).isEqualByComparingTo("360000000000");
            assertThatThrownBy(() -> locks.unlock(lock, "ann")).isInstanceOf(Conflict.class);
            assertThatThrownBy(() -> restatements.approve(proposed, "ann")).isInstanceOf(Conflict.class);
            restatements.approve(proposed, "bob");
            fixture.book();
            assertThat(fixture.everything().energy().joules()).isCloseTo(3_960_000, within(1e-6));
            assertThat(fixture.rows("RESTATEMENT")).isNotEmpty().allMatch(row -> reason.equals(row.get("reason")));
            assertThat(restatements.all().get(0).state()).isEqualTo("DONE");
            assertThat(fixture.ledger.verifyChain("n", "2026-01")).isEmpty();
            assertThat(fixture.jdbc.queryForObject("SELECT COUNT(*) FROM held_change", Long.class))
                    .isZero();
        }
    }

    @ParameterizedTest
    @MethodSource(BOTH)
    void whatChangedAgainSinceItWasProposedStaysHeld(Database database) {
        try (LedgerFixture fixture = oneKilowattHour(database)) {
            fixture.at(5 * HOUR_S);
            fixture.book();
            PeriodLocks locks = fixture.bean(PeriodLocks.class);
            Restatements restatements = fixture.bean(Restatements.class);
            String lock = locks.lock(LedgerFixture.ms(0), LedgerFixture.ms(HOUR_S), "ann");
            fixture.record("n", interval("cpu", DeviceKind.CPU, 0, 1800, 100_000));
            fixture.book();
            String proposed = restatements.propose(lock, "An agent was offline for a day.", "ann");
            fixture.record("n", interval("cpu", DeviceKind.CPU, 1800, HOUR_S, 200_000));
            fixture.book();
            restatements.approve(proposed, "bob");
            fixture.book();
            assertThat(fixture.rows("RESTATEMENT")).isEmpty();
            assertThat(fixture.jdbc.queryForObject("SELECT SUM(energy_uj) FROM held_change", Long.class))
                    .isEqualTo(300_000_000_000L);
            assertThat(restatements.all().get(0).state()).isEqualTo("DONE");
        }
    }

    /** However many hours cannot be booked, those behind them are asked for too. */
    @ParameterizedTest
    @MethodSource(BOTH)
    void approvedHoursAreReadOnFromAnyOfThem(Database database) {
        try (LedgerFixture fixture = oneKilowattHour(database)) {
            for (int hour = 1; hour < 3; hour++) {
                fixture.record("n", interval("gpu", DeviceKind.GPU, hour * HOUR_S, (hour + 1) * HOUR_S, 360_000));
            }
            fixture.at(7 * HOUR_S);
            fixture.book();
            PeriodLocks locks = fixture.bean(PeriodLocks.class);
            Restatements restatements = fixture.bean(Restatements.class);
            String lock = locks.lock(LedgerFixture.ms(0), LedgerFixture.ms(3 * HOUR_S), "ann");
            fixture.record("n", interval("cpu", DeviceKind.CPU, 0, 3 * HOUR_S, 360_000));
            fixture.book();
            restatements.approve(restatements.propose(lock, "An agent was offline for a day.", "ann"), "bob");
            List<ApprovedHour> two = restatements.approved(null, 2);
            assertThat(two)
                    .extracting(ApprovedHour::hourMs)
                    .containsExactly(LedgerFixture.ms(0), LedgerFixture.ms(HOUR_S));
            assertThat(restatements.approved(two.get(1), 2))
                    .extracting(ApprovedHour::hourMs)
                    .containsExactly(LedgerFixture.ms(2 * HOUR_S));
            fixture.book();
            assertThat(restatements.approved(null, 2)).isEmpty();
        }
    }

    @ParameterizedTest
    @MethodSource(BOTH)
    void entriesOfMethodVersion1KeepTheirHashAndCountAsGridAverage(Database database) {
        try (LedgerFixture fixture = oneKilowattHour(database)) {
            Map<String, Object> row = fixture.rows("POSTED").get(0);
            assertThat(row.get("method_version")).isEqualTo("2");
            fixture.jdbc.update(
                    "UPDATE entry SET method_version = '1', market_ug = NULL, market_method = NULL,"
                            + " market_factor_id = NULL, certified_ppm = NULL WHERE id = ?",
                    row.get("id"));
            assertThat(market(fixture).emissions().grams()).isCloseTo(525, within(1e-6));
            assertThat(market(fixture).byMethod()).containsOnlyKeys(MarketMethod.GRID_AVERAGE);
            assertThat(fixture.ledger.verifyChain("n", "2026-01"))
                    .as("another content, another hash")
                    .isNotEmpty();
        }
    }

    /** An hour of 2026 priced with the value of 2024: source, two years, month, day and hour, each by its own figure. */
    @ParameterizedTest
    @MethodSource(BOTH)
    void theUncertaintyOfAnHourIsThatOfItsSensorAndOfItsFactor(Database database) {
        try (LedgerFixture fixture = oneKilowattHour(database)) {
            Ledger.Uncertainty sure = fixture.ledger.uncertainty(Ledger.Question.ofRun("a", false));
            assertThat(sure.energyRatio()).isCloseTo(0.05, within(1e-9));
            assertThat(sure.sensorRatio()).isCloseTo(0.05, within(1e-9));
            double years = 0.36 * Math.sqrt(2);
            double relative = Math.sqrt(0.20 * 0.20 + years * years + 0.20 * 0.20 + 0.22 * 0.22 + 0.17 * 0.17);
            assertThat(sure.intensityRatio()).isCloseTo(2 * relative, within(1e-9));
            assertThat(sure.lowRatio()).isBetween(0.2, 0.4);
            assertThat(sure.highRatio()).isBetween(2.0, 3.0);
        }
    }

    @ParameterizedTest
    @MethodSource(BOTH)
    void aFigureTellsWhyItChangedAndWhatItWasBefore(Database database) {
        try (LedgerFixture fixture = oneKilowattHour(database)) {
            Ledger.Question run = Ledger.Question.ofRun("a", false);
            assertThat(fixture.ledger.changes(run)).isEmpty();
            fixture.at(30 * HOUR_S);
            Instant before = Instant.ofEpochMilli(LedgerFixture.ms(29 * HOUR_S));
            fixture.grid.correctZoneAndPue("default", "DE", new BigDecimal("1.2"));
            fixture.book();
            assertThat(fixture.ledger.changes(run)).singleElement().satisfies(change -> {
                assertThat(change.reason()).isEqualTo(AdjustmentReason.PUE_CORRECTED);
                assertThat(change.energyUj()).isEqualByComparingTo("0");
                assertThat(change.locationUg()).isEqualByComparingTo("-105000000");
                assertThat(change.hours()).isEqualTo(1);
            });
            assertThat(fixture.ledger.knownAt(run, before).locationUg()).isEqualByComparingTo("525000000");
            assertThat(fixture.ledger
                            .knownAt(run, Instant.parse("2099-01-01T00:00:00Z"))
                            .locationUg())
                    .isEqualByComparingTo("420000000");
        }
    }
}
