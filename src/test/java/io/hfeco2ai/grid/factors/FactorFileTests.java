package io.hfeco2ai.grid.factors;

import static org.assertj.core.api.Assertions.assertThat;

import io.hfeco2ai.grid.Grid.Resolution;
import io.hfeco2ai.grid.factors.FactorFile.Checked;
import io.hfeco2ai.grid.factors.FactorFile.Mistake;
import io.hfeco2ai.grid.factors.FactorFile.Series;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is taken from a file, and what is refused with its place and cure. */
class FactorFileTests {

    private static final Set<String> ZONES = Set.of("DE", "GB", "IN-WE", "US-CAL-CISO");

    private static Checked read(String method, String text) {
        return FactorFile.read(
                text.getBytes(StandardCharsets.UTF_8),
                method,
                code -> Optional.of(code.toUpperCase(Locale.ROOT)).filter(ZONES::contains));
    }

    private static Checked rows(String... rows) {
        return read("average", "zone,from,g_per_kwh\n" + String.join("\n", rows));
    }

    private static Series series(String... rows) {
        Checked checked = rows(rows);
        assertThat(checked.mistakes()).isEmpty();
        assertThat(checked.series()).hasSize(1);
        return checked.series().get(0);
    }

    private static Mistake mistake(String... rows) {
        Checked checked = rows(rows);
        assertThat(checked.series()).isEmpty();
        assertThat(checked.mistakes()).hasSize(1);
        return checked.mistakes().get(0);
    }

    private static String at(long ms) {
        return Instant.ofEpochMilli(ms).toString();
    }

    @Test
    void yearsMonthsAndHoursAreToldByHowTheyAreWritten() {
        assertThat(series("DE,2024,350.5").resolution()).isEqualTo(Resolution.YEAR);
        Series months = series("de,2024-02,350", "DE,2024-04,300");
        assertThat(months.resolution()).isEqualTo(Resolution.MONTH);
        assertThat(months.zone()).isEqualTo("DE");
        assertThat(at(months.values().get(0).toMs())).isEqualTo("2024-03-01T00:00:00Z");
        assertThat(months.gaps()).isEmpty();
        Series hours =
                series("DE,2024-02-01T00:00Z,350", "DE,2024-02-01 02:00+01:00,351", "DE,2024-02-01T04:00:00Z,352");
        assertThat(hours.resolution()).isEqualTo(Resolution.HOUR);
        assertThat(hours.gaps()).singleElement().satisfies(gap -> {
            assertThat(at(gap.fromMs())).isEqualTo("2024-02-01T02:00:00Z");
            assertThat(gap.hours()).isEqualTo(2);
        });
    }

    /** Three local days with a clock change, 24 ± 1 hours each: no hour twice, none missing, each at its own instant. */
    @ParameterizedTest
    @CsvSource({
        "Europe/Berlin, DE, 2025-03-30, 23",
        "Europe/Berlin, DE, 2025-10-26, 25",
        "Europe/London, GB, 2025-10-26, 25",
        "America/Los_Angeles, US-CAL-CISO, 2025-11-02, 25",
        "America/Los_Angeles, US-CAL-CISO, 2025-03-09, 23"
    })
    void aDayWithAClockChangeHasEachOfItsHoursOnce(String timeZone, String zone, String day, int hours) {
        ZonedDateTime start = ZonedDateTime.parse(day + "T00:00:00Z").withZoneSameLocal(ZoneId.of(timeZone));
        StringBuilder file = new StringBuilder("zone,from,g_per_kwh\n");
        for (int hour = 0; hour < hours; hour++) {
            String from = start.plus(Duration.ofHours(hour)).toOffsetDateTime().toString();
            file.append(zone)
                    .append(',')
                    .append(from)
                    .append(',')
                    .append(100 + hour)
                    .append('\n');
        }
        Checked checked = read("average", file.toString());

        assertThat(checked.mistakes()).isEmpty();
        Series series = checked.series().get(0);
        assertThat(series.gaps()).isEmpty();
        assertThat(series.values()).hasSize(hours);
        for (int hour = 0; hour < hours; hour++) {
            assertThat(series.values().get(hour).fromMs())
                    .isEqualTo(start.plus(Duration.ofHours(hour)).toInstant().toEpochMilli());
            assertThat(series.values().get(hour).gramsPerKwh()).isEqualByComparingTo(Integer.toString(100 + hour));
        }
    }

    @Test
    void quarterHoursAreAveragedAndAnHourThatLacksOneIsMarked() {
        Series series = series(
                "DE,2025-01-01T00:00Z,100.1",
                "DE,2025-01-01T00:15Z,100.2",
                "DE,2025-01-01T00:30Z,100.3",
                "DE,2025-01-01T00:45Z,100.5",
                "DE,2025-01-01T01:00Z,200",
                "DE,2025-01-01T01:30Z,300");

        assertThat(series.values().get(0).gramsPerKwh()).isEqualByComparingTo("100.275");
        assertThat(series.values().get(0).estimated()).isFalse();
        assertThat(series.values().get(1).gramsPerKwh()).isEqualByComparingTo("250");
        assertThat(series.values().get(1).estimated()).isTrue();
        assertThat(series.partial()).isEqualTo(1);
    }

    /** Local hours in India start at half past: each lies in two UTC hours. */
    @Test
    void hoursThatStartAtHalfPastAreSplitBetweenTheUtcHours() {
        Series series = series(
                "IN-WE,2025-01-01T00:00+05:30,600",
                "IN-WE,2025-01-01T01:00+05:30,700",
                "IN-WE,2025-01-01T02:00+05:30,800");

        assertThat(series.values())
                .extracting(value -> at(value.fromMs()) + " "
                        + value.gramsPerKwh().stripTrailingZeros().toPlainString() + " " + value.estimated())
                .containsExactly(
                        "2024-12-31T18:00:00Z 600 true",
                        "2024-12-31T19:00:00Z 650 false",
                        "2024-12-31T20:00:00Z 750 false",
                        "2024-12-31T21:00:00Z 800 true");
    }

    @Test
    void aSpreadsheetsMarkQuotesBlanksAndEmptyLinesDoNotMatter() {
        Checked checked = read(
                "average",
                "\uFEFF\"zone\",from , g_per_kwh,estimated\r\n DE ,\"2025-01\", 120 ,true\r\n\r\n\"DE\",2025-02,130,\r\n");

        assertThat(checked.mistakes()).isEmpty();
        assertThat(checked.series().get(0).values())
                .extracting(FactorFile.Value::estimated)
                .containsExactly(true, false);
    }

    @ParameterizedTest
    @CsvSource({
        "kg_per_mwh, name the column g_per_kwh",
        "t_per_mwh, multiply by 1000",
        "lb_per_mwh, 0.45359237",
        "co2, Unknown column",
    })
    void anotherUnitOrColumnIsNamedWithItsCure(String column, String cure) {
        Checked checked = read("average", "zone,from," + column + "\nDE,2025,100");

        assertThat(checked.mistakes()).allMatch(mistake -> mistake.row() == 1);
        assertThat(checked.mistakes().get(0).message()).contains(cure);
        assertThat(checked.mistakes()).extracting(Mistake::column).contains(column, "g_per_kwh");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "XX,2025,100|zone|no known zone",
                "=cmd() A0,2025,100|zone|no known zone",
                "DE,2025-03-30T02:00,100|from|does not say how far from UTC",
                "DE,2025-03-30T02:00:00,100|from|does not say how far from UTC",
                "DE,yesterday,100|from|is no time",
                "DE,2025-13,100|from|is no time",
                "DE,1925,100|from|not from 2000 to 2099",
                "DE,2025-03-30T02:00:30Z,100|from|whole minute",
                "DE,2025,-1|g_per_kwh|not from 0 to 1500",
                "DE,2025,1500.01|g_per_kwh|not from 0 to 1500",
                "DE,2025,5000|g_per_kwh|check the unit",
                "DE,2025,0|g_per_kwh|leave the row out",
                "DE,2025,|g_per_kwh|is no number",
                "DE,2025,NaN|g_per_kwh|is no number",
                "DE,2025,1e3|g_per_kwh|is no number",
                "DE,2025,=1+1|g_per_kwh|is no number",
                "DE,2025,\"123,4\"|g_per_kwh|is no number",
                "DE,2025,100,1||another number of fields",
                "DE,2025||another number of fields",
            })
    void aWrongRowIsNamedWithItsColumnAndCure(String row, String column, String message) {
        Mistake mistake = mistake("DE,2019,300", row);

        assertThat(mistake.row()).isEqualTo(3);
        assertThat(mistake.column()).isEqualTo(column == null ? "" : column);
        assertThat(mistake.message()).contains(message);
    }

    @ParameterizedTest
    @ValueSource(strings = {"supplier", "instrument"})
    void aContractMayBeFreeOfEmissionsButNotOf5000Grams(String method) {
        assertThat(read(method, "zone,from,g_per_kwh\nDE,2025,0").mistakes()).isEmpty();
        assertThat(read(method, "zone,from,g_per_kwh\nDE,2025,5000").mistakes()).hasSize(1);
    }

    @Test
    void anHourTwiceIsRefusedWithBothRowsAlsoWhenItIsWrittenInTwoWays() {
        Mistake twice =
                mistake("DE,2025-10-26T02:00+01:00,100", "DE,2025-10-26T02:00+02:00,100", "DE,2025-10-26T01:00Z,90");

        assertThat(twice.row()).isEqualTo(4);
        assertThat(twice.message())
                .contains("row 2")
                .contains("2025-10-26T01:00:00Z")
                .contains("clock change");
    }

    @Test
    void aZoneWithHoursAndMonthsOrUnevenHoursIsRefused() {
        assertThat(mistake("DE,2025-01,100", "DE,2025,100").message()).contains("two files");
        assertThat(mistake("DE,2025-01-01T00:00Z,1", "DE,2025-01-01T00:25Z,1", "DE,2025-01-01T01:00Z,1")
                        .message())
                .contains("even distances");
    }

    @Test
    void aFileWithoutRowsOrThatIsNoTextIsRefused() {
        assertThat(read("average", "").mistakes()).hasSize(1);
        assertThat(read("average", "zone,from,g_per_kwh").mistakes()).hasSize(1);
        assertThat(read("average", "zone,from,g_per_kwh\n\n\n").mistakes()).hasSize(1);
        byte[] image = {(byte) 0x89, 'P', 'N', 'G', (byte) 0xff, 0};
        assertThat(FactorFile.read(image, "average", Optional::of)
                        .mistakes()
                        .get(0)
                        .message())
                .contains("UTF-8");
        assertThat(rows("DE;2025;100").mistakes()).hasSize(1);
    }

    @Test
    void aHugeFileOfMistakesStopsEarly() {
        String[] rows = new String[50_000];
        Arrays.fill(rows, "XX,never,much");
        assertThat(rows(rows).mistakes()).hasSizeBetween(1000, 1010);
        Arrays.fill(rows, "DE,2025-01-01T00:00Z,100");
        String[] more = new String[FactorFile.MOST_ROWS + 1];
        Arrays.fill(more, "DE,2025,1");
        assertThat(mistake(more).message()).contains("one year at a time");
    }
}
