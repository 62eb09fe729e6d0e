package io.hfeco2ai.grid;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** What the bundled tables promise: each row complete and plausible, each cloud region priced. */
class ReferenceDataTests {

    /** No electricity statistics in the bundled sources: small states, dependencies, uninhabited places. */
    private static final Set<String> COUNTRIES_WITHOUT_A_FACTOR = Set.of(
            "AD", "AI", "AQ", "AX", "BL", "BQ", "BV", "CC", "CF", "CW", "CX", "FM", "GG", "GS", "HM", "IM", "IO", "JE",
            "LI", "MC", "MF", "MH", "MP", "NF", "NU", "PN", "PW", "SJ", "SM", "SX", "TF", "TK", "TV", "UM", "VA", "WF",
            "YT");

    private final ReferenceData reference = new ReferenceData();
    private final List<DatedFactor> factors = ReferenceData.factors();
    private final Set<String> zonesWithFactor =
            factors.stream().map(dated -> dated.factor().zone()).collect(Collectors.toSet());

    @Test
    void everyFactorHasAZoneAYearAPlausibleValueAndItsOrigin() {
        assertThat(factors).hasSize(1064).allSatisfy(dated -> {
            Grid.Factor factor = dated.factor();
            assertThat(reference.zone(factor.zone())).as(factor.zone()).isPresent();
            assertThat(factor.dataYear()).isBetween(2009, 2024);
            assertThat(factor.gramsPerKwh()).isPositive().isLessThanOrEqualTo(BigDecimal.valueOf(1500));
            assertThat(factor.method()).isEqualTo("average");
            assertThat(factor.basis()).isIn("direct", "life-cycle", "unknown");
            assertThat(factor.gas()).isIn("CO2", "CO2e");
            assertThat(List.of(factor.source(), factor.edition(), factor.licence()))
                    .noneMatch(String::isBlank);
            assertThat(factor.url()).startsWith("https://");
        });
    }

    @Test
    void noTwoFactorsShareAnId() {
        assertThat(factors).extracting(dated -> dated.factor().id()).doesNotHaveDuplicates();
    }

    @Test
    void openDatabaseRowsStayInTheirOwnFile() {
        assertThat(Csv.read("factors-odbl.csv"))
                .allMatch(line -> line.get("licence").equals("ODbL 1.0"));
        assertThat(Csv.read("factors.csv"))
                .noneMatch(line -> line.get("licence").startsWith("ODbL"));
    }

    @Test
    void poundsPerMegawattHourAreConvertedToGramsPerKilowattHour() {
        DatedFactor rhodeIsland = factors.stream()
                .filter(dated ->
                        dated.factor().zone().equals("US-RI") && dated.factor().dataYear() == 2016)
                .findFirst()
                .orElseThrow();
        // 870.822 lb/MWh × 0.45359237 kg/lb
        assertThat(rhodeIsland.factor().gramsPerKwh()).isEqualByComparingTo("394.9982");
    }

    @Test
    void everyCloudRegionIsInAZoneThatHasAFactor() {
        assertThat(reference.regions()).hasSizeGreaterThanOrEqualTo(103).allSatisfy(region -> {
            assertThat(zonesWithFactor).as(region.alias()).contains(region.zone());
            assertThat(region.source()).isNotBlank();
            assertThat(region.licence()).isNotBlank();
            assertThat(region.pue() == null).isEqualTo(region.pueYear() == null);
            assertThat(region.wueLitresPerKwh() == null).isEqualTo(region.wueYear() == null);
        });
        Map<String, Long> byProvider = reference.regions().stream()
                .collect(Collectors.groupingBy(Grid.CloudRegion::provider, Collectors.counting()));
        assertThat(byProvider)
                .containsEntry("aws", 33L)
                .containsEntry("gcp", 43L)
                .containsEntry("azure", 38L);
    }

    @Test
    void everyIsoCountryIsAZoneAndTheOnesWithoutAFactorAreKnown() {
        Set<String> without = new TreeSet<>();
        for (String country : Locale.getISOCountries()) {
            assertThat(reference.zone(country)).as(country).isPresent();
            if (!zonesWithFactor.contains(country)) {
                without.add(country);
            }
        }
        assertThat(without).containsExactlyInAnyOrderElementsOf(COUNTRIES_WITHOUT_A_FACTOR);
    }

    /** How wrong last year's mean is for this year, where both are known: the price of the fallback. */
    @Test
    void aYearsMeanIsPredictedByTheYearBeforeWithinTheStatedError() {
        Map<String, Double> of2022 = lifeCycle(2022);
        Map<String, Double> of2023 = lifeCycle(2023);
        double[] errors = of2023.entrySet().stream()
                .filter(entry -> of2022.containsKey(entry.getKey()))
                .mapToDouble(entry -> 100
                        * Math.abs(of2022.getOrDefault(entry.getKey(), Double.NaN) - entry.getValue())
                        / entry.getValue())
                .sorted()
                .toArray();

        assertThat(errors).hasSize(121);
        assertThat(Arrays.stream(errors).average().orElseThrow()).isBetween(16.0, 16.5);
        assertThat(errors[60]).isBetween(8.3, 8.8);
    }

    private Map<String, Double> lifeCycle(int year) {
        Map<String, Double> values = new HashMap<>();
        factors.stream()
                .map(DatedFactor::factor)
                .filter(factor -> factor.dataYear() == year
                        && factor.basis().equals("life-cycle")
                        && factor.licence().equals("ODbL 1.0"))
                .forEach(
                        factor -> values.put(factor.zone(), factor.gramsPerKwh().doubleValue()));
        return values;
    }

    @Test
    void regionsAndZonesAreFoundWhateverTheCase() {
        assertThat(reference.region("AWS:eu-west-1 "))
                .map(Grid.CloudRegion::zone)
                .contains("IE");
        assertThat(reference.zone(" us-cal-ciso"))
                .map(ReferenceData.NamedZone::code)
                .contains("US-CAL-CISO");
        assertThat(reference.zone("Germany")).isEmpty();
    }
}
