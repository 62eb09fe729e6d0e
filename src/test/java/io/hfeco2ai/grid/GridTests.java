package io.hfeco2ai.grid;

import static io.hfeco2ai.grid.GridFixture.ms;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hfeco2ai.platform.BadInput;
import io.hfeco2ai.platform.NotFound;
import io.hfeco2ai.testing.TestDatabases;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Pricing as of an hour, and what a change of a site changes. */
class GridTests {

    private static final long HOUR_2022 = ms("2022-06-01T10:00:00Z");
    private static final long HOUR_NOW = ms("2025-03-10T12:00:00Z");

    static List<TestDatabases.Database> databases() {
        return TestDatabases.both();
    }

    private static Grid.Factor factorOf(Grid.Pricing pricing) {
        return Objects.requireNonNull(pricing.factor());
    }

    @ParameterizedTest
    @MethodSource("databases")
    void aNodeWithoutASiteBelongsToTheDefaultSiteAndAnUnsetZoneSaysWhatToSet(TestDatabases.Database database) {
        Grid grid = new GridFixture(database.dataSource()).started().grid;

        Grid.Pricing pricing = grid.pricing("node-1", HOUR_NOW);

        assertThat(pricing.siteId()).isEqualTo(Grid.DEFAULT_SITE);
        assertThat(pricing.zone()).isNull();
        assertThat(pricing.pue()).isNull();
        assertThat(pricing.factor()).isNull();
        assertThat(pricing.missing()).contains("Set the zone of site \"Default site\"");
    }

    @ParameterizedTest
    @MethodSource("databases")
    void theFirstZoneHoldsFromTheBeginningAndALaterOneFromTheCurrentHour(TestDatabases.Database database) {
        GridFixture fixture = new GridFixture(database.dataSource()).started();
        Grid grid = fixture.grid;

        grid.setZone(Grid.DEFAULT_SITE, "DE");
        grid.setZone(Grid.DEFAULT_SITE, "aws:eu-west-3");

        assertThat(grid.pricing("n", HOUR_2022).zone()).isEqualTo("DE");
        assertThat(grid.pricing("n", HOUR_NOW - 1).zone()).isEqualTo("DE");
        assertThat(grid.pricing("n", HOUR_NOW).zone()).isEqualTo("FR");
        assertThat(fixture.events)
                .containsExactly(new SiteChanged(Grid.DEFAULT_SITE, 0), new SiteChanged(Grid.DEFAULT_SITE, HOUR_NOW));
    }

    @ParameterizedTest
    @MethodSource("databases")
    void aCorrectionHoldsForAllHoursOfWhatItChanges(TestDatabases.Database database) {
        GridFixture fixture = new GridFixture(database.dataSource()).started("DE", new BigDecimal("1.2"));
        Grid grid = fixture.grid;
        grid.setZone(Grid.DEFAULT_SITE, "FR");
        fixture.events.clear();

        grid.correctZoneAndPue(Grid.DEFAULT_SITE, "FR", new BigDecimal("1.4"));
        assertThat(grid.pricing("n", HOUR_2022).zone())
                .as("only the PUE was changed")
                .isEqualTo("DE");
        assertThat(grid.pricing("n", HOUR_2022).pue()).isEqualByComparingTo("1.4");

        grid.correctZoneAndPue(Grid.DEFAULT_SITE, "FR", new BigDecimal("1.4"));
        assertThat(grid.pricing("n", HOUR_2022).zone())
                .as("nothing was changed: both are meant")
                .isEqualTo("FR");
        assertThat(fixture.events)
                .containsExactly(
                        new SiteChanged(Grid.DEFAULT_SITE, 0, true), new SiteChanged(Grid.DEFAULT_SITE, 0, true));
        assertThatThrownBy(() -> grid.correctZoneAndPue(Grid.DEFAULT_SITE, null, null))
                .isInstanceOf(BadInput.class);
    }

    @ParameterizedTest
    @MethodSource("databases")
    void settingWhatIsAlreadySetChangesNothingAndTellsNobody(TestDatabases.Database database) {
        GridFixture fixture = new GridFixture(database.dataSource()).started("DE", new BigDecimal("1.2"));
        fixture.events.clear();

        fixture.grid.setZone(Grid.DEFAULT_SITE, "de");
        fixture.grid.setPue(Grid.DEFAULT_SITE, new BigDecimal("1.20"));
        fixture.grid.assignNode("n", Grid.DEFAULT_SITE);

        assertThat(fixture.events).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("databases")
    void theFactorOfTheHoursYearIsUsedCombustionOnlyBeforeLifeCycle(TestDatabases.Database database) {
        Grid grid = new GridFixture(database.dataSource()).started("DE", null).grid;

        Grid.Pricing pricing = grid.pricing("n", HOUR_2022);

        assertThat(factorOf(pricing).dataYear()).isEqualTo(2022);
        assertThat(factorOf(pricing).basis()).isEqualTo("direct");
        assertThat(factorOf(pricing).gramsPerKwh()).isEqualByComparingTo("412.34");
        assertThat(pricing.fallback()).isFalse();
        assertThat(pricing.missing()).isNull();
    }

    @ParameterizedTest
    @MethodSource("databases")
    void anHourBeyondTheTableTakesTheLatestYearAndAnOlderHourTheEarliestBothFlagged(TestDatabases.Database database) {
        Grid grid = new GridFixture(database.dataSource()).started("DE", null).grid;

        Grid.Pricing later = grid.pricing("n", HOUR_NOW);
        Grid.Pricing older = grid.pricing("n", ms("2015-01-01T00:00:00Z"));

        assertThat(factorOf(later).dataYear()).isEqualTo(2023);
        assertThat(later.fallback()).isTrue();
        assertThat(factorOf(older).dataYear()).isEqualTo(2021);
        assertThat(older.fallback()).isTrue();
    }

    @ParameterizedTest
    @MethodSource("databases")
    void aYearEndsAtMidnightUtc(TestDatabases.Database database) {
        Grid grid = new GridFixture(database.dataSource()).started("DE", null).grid;

        assertThat(factorOf(grid.pricing("n", ms("2022-12-31T23:00:00Z"))).dataYear())
                .isEqualTo(2022);
        assertThat(factorOf(grid.pricing("n", ms("2023-01-01T00:00:00Z"))).dataYear())
                .isEqualTo(2023);
    }

    @ParameterizedTest
    @MethodSource("databases")
    void aZoneWithoutAFactorIsAcceptedAndSaysSo(TestDatabases.Database database) {
        Grid grid = new GridFixture(database.dataSource()).started("LI", null).grid;

        Grid.Pricing pricing = grid.pricing("n", HOUR_2022);

        assertThat(pricing.zone()).isEqualTo("LI");
        assertThat(pricing.factor()).isNull();
        assertThat(pricing.missing()).contains("No factor is known for zone LI");
    }

    @ParameterizedTest
    @MethodSource("databases")
    void pueIsFrom1To5OrUnknown(TestDatabases.Database database) {
        GridFixture fixture = new GridFixture(database.dataSource()).started();
        Grid grid = fixture.grid;

        for (String wrong : List.of("0.99", "5.01", "-1", "1.23456")) {
            assertThatThrownBy(() -> grid.setPue(Grid.DEFAULT_SITE, new BigDecimal(wrong)))
                    .isInstanceOfSatisfying(
                            BadInput.class, e -> assertThat(e.field()).isEqualTo("pue"));
        }
        grid.setPue(Grid.DEFAULT_SITE, new BigDecimal("1.0"));
        assertThat(grid.pricing("n", HOUR_2022).pue()).isEqualByComparingTo("1");
        grid.setPue(Grid.DEFAULT_SITE, new BigDecimal("5"));
        grid.setPue(Grid.DEFAULT_SITE, null);
        assertThat(grid.pricing("n", HOUR_2022).pue()).isEqualByComparingTo("1");
        assertThat(grid.pricing("n", HOUR_NOW).pue()).isNull();
    }

    @ParameterizedTest
    @MethodSource("databases")
    void aNodeMovesToAnotherSiteFromTheCurrentHour(TestDatabases.Database database) {
        GridFixture fixture = new GridFixture(database.dataSource()).started("DE", null);
        Grid grid = fixture.grid;
        Grid.Site paris = grid.createSite("Paris", Grid.Operator.COLOCATION, "FR", null);
        Grid.Site cloud = grid.createSite("Zürich (cloud)", Grid.Operator.CLOUD, "gcp:europe-west6", null);

        grid.assignNode("n", paris.id());
        fixture.at("2025-03-11T00:10:00Z");
        grid.assignNode("n", cloud.id());

        assertThat(grid.siteOf("n", HOUR_2022)).isEqualTo("paris");
        assertThat(grid.siteOf("n", ms("2025-03-10T23:00:00Z"))).isEqualTo("paris");
        assertThat(grid.pricing("n", ms("2025-03-11T00:00:00Z")).zone()).isEqualTo("CH");
        assertThat(grid.siteOf("other", HOUR_NOW)).isEqualTo(Grid.DEFAULT_SITE);
        assertThat(cloud.id()).isEqualTo("zurich-cloud");
        assertThat(grid.sites()).extracting(Grid.Site::name).containsExactly("Default site", "Paris", "Zürich (cloud)");
    }

    @ParameterizedTest
    @MethodSource("databases")
    void refusedInputNamesTheFieldAndStoresNothing(TestDatabases.Database database) {
        GridFixture fixture = new GridFixture(database.dataSource()).started();
        Grid grid = fixture.grid;
        grid.createSite("Paris", Grid.Operator.OWN, null, null);

        assertThatThrownBy(() -> grid.createSite("Paris", Grid.Operator.OWN, null, null))
                .isInstanceOfSatisfying(
                        BadInput.class, e -> assertThat(e.field()).isEqualTo("name"));
        assertThatThrownBy(() -> grid.createSite(" ", Grid.Operator.OWN, null, null))
                .isInstanceOf(BadInput.class);
        assertThatThrownBy(() -> grid.createSite("Rome", Grid.Operator.OWN, "Atlantis", null))
                .isInstanceOfSatisfying(
                        BadInput.class, e -> assertThat(e.field()).isEqualTo("zone"))
                .hasMessageContaining("aws:eu-west-1");
        assertThatThrownBy(() -> grid.setZone("nowhere", "DE")).isInstanceOf(NotFound.class);
        assertThatThrownBy(() -> grid.assignNode("n", "nowhere")).isInstanceOf(NotFound.class);
        assertThat(grid.sites()).extracting(Grid.Site::id).containsExactly("default", "paris");
    }

    @ParameterizedTest
    @MethodSource("databases")
    void aChangeThatIsRolledBackIsForgotten(TestDatabases.Database database) {
        GridFixture fixture = new GridFixture(database.dataSource()).started("DE", null);

        fixture.transaction.executeWithoutResult(status -> {
            fixture.grid.setZone(Grid.DEFAULT_SITE, "FR");
            assertThat(fixture.grid.site(Grid.DEFAULT_SITE).zone()).isEqualTo("FR");
            status.setRollbackOnly();
        });

        assertThat(fixture.grid.site(Grid.DEFAULT_SITE).zone()).isEqualTo("DE");
    }

    /** The ledger asks, in the event, which site a node's hours now belong to. */
    @ParameterizedTest
    @MethodSource("databases")
    void whoHearsOfAChangeAlreadySeesItAndNobodyElseDoesBeforeTheCommit(TestDatabases.Database database) {
        GridFixture fixture = new GridFixture(database.dataSource()).started("DE", null);
        Grid grid = fixture.grid;
        grid.createSite("Paris", Grid.Operator.OWN, "FR", null);
        List<String> seen = new ArrayList<>();
        fixture.onEvent = event -> {
            seen.add(grid.siteOf("n", HOUR_NOW));
            seen.add(CompletableFuture.supplyAsync(() -> grid.siteOf("n", HOUR_NOW))
                    .join());
        };

        grid.assignNode("n", "paris");

        assertThat(seen).containsExactly("paris", Grid.DEFAULT_SITE);
        assertThat(grid.siteOf("n", HOUR_NOW)).isEqualTo("paris");
    }

    @ParameterizedTest
    @MethodSource("databases")
    void aSecondStartChangesNothingAndKeepsWhatThePageSet(TestDatabases.Database database) {
        GridFixture fixture = new GridFixture(database.dataSource()).started("DE", null);
        fixture.grid.setZone(Grid.DEFAULT_SITE, "FR");
        int factors = fixture.store.factors().size();
        fixture.events.clear();

        fixture.started("DE", null);

        assertThat(fixture.store.factors()).hasSize(factors);
        assertThat(fixture.grid.site(Grid.DEFAULT_SITE).zone()).isEqualTo("FR");
        assertThat(fixture.events).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("databases")
    void factorsThatArriveWithANewEditionRepriceTheSitesOfTheirZone(TestDatabases.Database database) {
        GridFixture fixture = new GridFixture(database.dataSource()).started("DE", null);
        Grid grid = fixture.grid;
        grid.createSite("Paris", Grid.Operator.OWN, "FR", null);
        fixture.jdbc.update("DELETE FROM factor WHERE zone = 'DE' AND from_ms = ?", ms("2023-01-01T00:00:00Z"));
        fixture.events.clear();

        fixture.started("DE", null);

        assertThat(fixture.events).containsExactly(new SiteChanged(Grid.DEFAULT_SITE, ms("2023-01-01T00:00:00Z")));
        String id = factorOf(grid.pricing("n", HOUR_NOW)).id();
        assertThat(grid.factor(id)).map(Grid.Factor::dataYear).contains(2023);
    }
}
