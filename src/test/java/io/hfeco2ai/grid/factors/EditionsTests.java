package io.hfeco2ai.grid.factors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hfeco2ai.grid.Grid;
import io.hfeco2ai.grid.GridOnDatabase;
import io.hfeco2ai.grid.SiteChanged;
import io.hfeco2ai.platform.BadInput;
import io.hfeco2ai.platform.Changed;
import io.hfeco2ai.platform.Conflict;
import io.hfeco2ai.platform.NotFound;
import io.hfeco2ai.testing.TestDatabases.Database;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.jdbc.core.JdbcTemplate;

/** A new edition prices nothing until it is adopted; a feed's hours price at once. */
class EditionsTests {

    private static final String BOTH = "io.hfeco2ai.testing.TestDatabases#both";
    private static final long HOUR_MS = 3_600_000;
    private static final long START = Instant.parse("2025-03-10T06:00:00Z").toEpochMilli();

    private static final FactorOrigin ORIGIN =
            new FactorOrigin("average", "direct", "CO2e", "AR5", "consumption", "Test grid", "2025-03", "internal", "");

    /** The module on a database with one site in DE and one in FR. */
    private static final class Fixture {
        final GridOnDatabase on;
        final Grid grid;
        final EditionStore store;
        final Editions editions;
        final Feeds feeds;

        Fixture(Database database) {
            on = new GridOnDatabase(database.dataSource(), "DE");
            grid = on.grid();
            JdbcTemplate jdbc = new JdbcTemplate(database.dataSource());
            store = new EditionStore(jdbc);
            editions = new Editions(grid, store, on::heard, on.clock());
            feeds = new Feeds(grid, new FeedStore(jdbc, store), store, on.clock());
            grid.createSite("Paris", Grid.Operator.OWN, "FR", null);
            on.events().clear();
        }

        String priced(int hour) {
            Grid.Factor factor = Objects.requireNonNull(
                    grid.pricing("n", START + hour * HOUR_MS).factor());
            return factor.gramsPerKwh().stripTrailingZeros().toPlainString() + " " + factor.resolution();
        }
    }

    private static FactorFile.Series hours(String zone, int from, String... values) {
        List<FactorFile.Value> all = LongStream.range(0, values.length)
                .mapToObj(i -> {
                    long hourMs = START + (from + i) * HOUR_MS;
                    return new FactorFile.Value(hourMs, hourMs + HOUR_MS, new BigDecimal(values[(int) i]), false);
                })
                .toList();
        return new FactorFile.Series(zone, Grid.Resolution.HOUR, all, List.of(), 0);
    }

    @ParameterizedTest
    @MethodSource(BOTH)
    void aCandidatePricesNothingUntilItIsAdoptedAndThenTheSitesOfItsZoneAreTold(Database database) {
        Fixture fixture = new Fixture(database);
        String before = fixture.priced(0);

        Edition candidate = fixture.editions
                .add(ORIGIN, List.of(hours("DE", 0, "100", "110.123456789")), START, false)
                .get(0);

        assertThat(fixture.priced(0)).isEqualTo(before);
        assertThat(fixture.on.events()).noneMatch(SiteChanged.class::isInstance);
        assertThat(fixture.editions.candidates()).containsExactly(candidate);
        assertThat(candidate.values()).isEqualTo(2);
        assertThat(candidate.origin()).isEqualTo(ORIGIN);

        fixture.editions.adopt(candidate.id());
        fixture.editions.adopt(candidate.id());

        assertThat(fixture.priced(0)).isEqualTo("100 HOUR");
        assertThat(fixture.priced(1)).isEqualTo("110.123456789 HOUR");
        assertThat(fixture.priced(2)).isEqualTo(before);
        assertThat(fixture.on.events())
                .filteredOn(SiteChanged.class::isInstance)
                .containsExactly(new SiteChanged(Grid.DEFAULT_SITE, START, START + 2 * HOUR_MS, true));
        assertThat(fixture.on.events())
                .filteredOn(Changed.class::isInstance)
                .extracting(event -> ((Changed) event).action())
                .containsExactly("factors.imported", "factors.adopted");
        assertThat(fixture.editions.candidates()).isEmpty();
    }

    @ParameterizedTest
    @MethodSource(BOTH)
    void aNewerEditionStandsBesideTheOldOneAndCountsOnceAdopted(Database database) {
        Fixture fixture = new Fixture(database);
        fixture.editions.add(ORIGIN, List.of(hours("DE", 0, "100", "110")), null, true);
        assertThat(fixture.priced(0)).isEqualTo("100 HOUR");
        FactorOrigin next = new FactorOrigin(
                "average", "direct", "CO2e", "AR5", "consumption", "Test grid", "2025-04", "internal", "");
        fixture.on.tick();

        Edition second = fixture.editions
                .add(next, List.of(hours("DE", 1, "90")), null, false)
                .get(0);
        assertThat(fixture.priced(1)).isEqualTo("110 HOUR");
        fixture.editions.adopt(second.id());

        assertThat(fixture.priced(0)).isEqualTo("100 HOUR");
        assertThat(fixture.priced(1)).isEqualTo("90 HOUR");
        assertThat(fixture.store.ofZone("DE")).hasSize(2).allMatch(edition -> edition.adoptedMs() != null);
    }

    @ParameterizedTest
    @MethodSource(BOTH)
    void theSameEditionTwiceIsRefusedAndNothingOfTheFileIsStored(Database database) {
        Fixture fixture = new Fixture(database);
        fixture.editions.add(ORIGIN, List.of(hours("FR", 0, "50")), null, false);

        assertThatThrownBy(() ->
                        fixture.editions.add(ORIGIN, List.of(hours("DE", 0, "100"), hours("FR", 0, "51")), null, true))
                .isInstanceOf(BadInput.class)
                .hasMessageContaining("FR")
                .hasMessageContaining("another name");

        assertThat(fixture.store.ofZone("DE")).isEmpty();
        assertThat(fixture.priced(0)).endsWith("YEAR");
    }

    @ParameterizedTest
    @MethodSource(BOTH)
    void aCandidateIsDiscardedAndWhatWasAdoptedIsNot(Database database) {
        Fixture fixture = new Fixture(database);
        Edition candidate = fixture.editions
                .add(ORIGIN, List.of(hours("DE", 0, "100")), null, false)
                .get(0);
        fixture.editions.discard(candidate.id());
        assertThat(fixture.store.ofZone("DE")).isEmpty();
        assertThatThrownBy(() -> fixture.editions.adopt(candidate.id())).isInstanceOf(NotFound.class);

        Edition adopted = fixture.editions
                .add(ORIGIN, List.of(hours("DE", 0, "100")), null, true)
                .get(0);
        assertThatThrownBy(() -> fixture.editions.discard(adopted.id())).isInstanceOf(Conflict.class);
        assertThat(fixture.priced(0)).isEqualTo("100 HOUR");
    }

    @ParameterizedTest
    @MethodSource(BOTH)
    void marginalValuesAreKeptAndPriceNothingEvenWhenAdopted(Database database) {
        Fixture fixture = new Fixture(database);
        String before = fixture.priced(0);
        FactorOrigin marginal = new FactorOrigin("marginal", "direct", "CO2", null, null, "Test", "1", "internal", "");

        fixture.editions.add(marginal, List.of(hours("DE", 0, "700")), null, true);

        assertThat(fixture.priced(0)).isEqualTo(before);
        assertThat(fixture.on.events()).noneMatch(SiteChanged.class::isInstance);
    }

    private static HourMeans.Hour hour(int hour, String value, boolean estimated) {
        return new HourMeans.Hour(START + hour * HOUR_MS, new BigDecimal(value), 60, estimated);
    }

    @ParameterizedTest
    @MethodSource(BOTH)
    void aFeedsHourIsKeptOnceItIsFinalAndReplacedWhileItIsAnEstimate(Database database) {
        Fixture fixture = new Fixture(database);
        Feed feed = fixture.feeds.store(
                Feed.fresh("test", "DE"), ORIGIN, List.of(hour(4, "100", false), hour(5, "110", true)));
        assertThat(fixture.on.events())
                .as("a correction, whether they are posted or not")
                .containsExactly(new SiteChanged(Grid.DEFAULT_SITE, START + 4 * HOUR_MS, START + 6 * HOUR_MS, true));
        fixture.on.events().clear();

        Feed later = fixture.feeds.store(
                feed, ORIGIN, List.of(hour(4, "999", false), hour(5, "120", false), hour(6, "130", true)));

        assertThat(fixture.priced(4)).isEqualTo("100 HOUR");
        assertThat(fixture.priced(5)).isEqualTo("120 HOUR");
        assertThat(fixture.priced(6)).isEqualTo("130 HOUR");
        assertThat(later.newestMs()).isEqualTo(START + 6 * HOUR_MS);
        assertThat(fixture.feeds.find("test", "DE")).contains(later);
        fixture.on.events().clear();
        fixture.feeds.store(later, ORIGIN, List.of(hour(4, "1", false), hour(6, "1", true)));
        assertThat(fixture.on.events()).isEmpty();

        fixture.feeds.store(later, ORIGIN, List.of(hour(-20, "77", false)));
        assertThat(fixture.on.events())
                .as("what may be posted is corrected")
                .containsExactly(new SiteChanged(Grid.DEFAULT_SITE, START - 20 * HOUR_MS, START - 19 * HOUR_MS, true));
        assertThat(fixture.store.ofZone("DE")).singleElement().satisfies(edition -> {
            assertThat(edition.values()).isEqualTo(4);
            assertThat(edition.missing()).isEqualTo(23);
        });
    }
}
