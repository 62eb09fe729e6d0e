package io.hfeco2ai.reports;

import static org.assertj.core.api.Assertions.assertThat;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.post;

import io.hfeco2ai.reports.Report.Figure;
import io.hfeco2ai.reports.Report.State;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** ESRS E1 and ISO 14064-1 in the whole application: the same sums as the Scope 2 report, in their own units and codes. */
class InventoryReportTests extends ReportsInTheApplication {

    private static List<Figure> figures(Report report) {
        return report.sections().stream()
                .flatMap(section -> section.figures().stream())
                .toList();
    }

    private static Figure coded(Report report, String code) {
        return figures(report).stream()
                .filter(figure -> figure.code().equals(code))
                .findFirst()
                .orElseThrow();
    }

    private static BigDecimal amount(Figure figure) {
        return Objects.requireNonNull(figure.amount());
    }

    @Test
    void esrsIsTheScope2ReportInMegawattHoursAndTonnes() throws Exception {
        spent("p", 1.25, HOUR);
        Report scope2 = made(request(Standard.GHG_SCOPE2, Map.of()));
        Report report = made(request(Standard.ESRS_E1, Map.of()));
        assertThat(coded(report, "E1-5_01").unit()).isEqualTo("MWh");
        assertThat(amount(coded(report, "E1-5_01"))).isEqualByComparingTo("0.00125");
        assertThat(coded(report, "E1-6_09").unit()).isEqualTo("tCO2e");
        assertThat(amount(coded(report, "E1-6_09")).movePointRight(3))
                .isEqualByComparingTo(amount(figure(scope2, "Location-based emissions")));
        assertThat(amount(coded(report, "E1-6_10")).movePointRight(3))
                .isEqualByComparingTo(amount(figure(scope2, "Market-based emissions")));
    }

    @Test
    void whatComputeCannotTellIsMissingWithAReason() throws Exception {
        spent("p", 1, HOUR);
        for (Standard standard : List.of(Standard.ESRS_E1, Standard.ISO_14064)) {
            Report report = made(request(standard, Map.of()));
            assertThat(figures(report))
                    .filteredOn(figure -> figure.state() == State.MISSING)
                    .hasSizeGreaterThan(5)
                    .allSatisfy(figure -> {
                        assertThat(figure.amount()).isNull();
                        assertThat(figure.how()).isNotBlank();
                    });
            assertThat(report.toString()).contains("ontribution").doesNotContainIgnoringCase("compliant");
        }
        Report esrs = made(request(Standard.ESRS_E1, Map.of()));
        for (String code : List.of("E1-5_03", "E1-6_07", "E1-6_12", "E1-6_30, E1-6_31")) {
            assertThat(coded(esrs, code).state()).as(code).isEqualTo(State.MISSING);
        }
    }

    @Test
    void theRevisedCodesNameNoDatapointsOfTheOldOnes() throws Exception {
        spent("p", 1, HOUR);
        Report report = made(request(Standard.ESRS_E1, Map.of("edition", "2026")));
        assertThat(report.edition()).contains("2026/1563");
        assertThat(figures(report)).extracting(Figure::code).noneMatch(code -> code.startsWith("E1-5"));
        assertThat(figures(report)).extracting(Figure::code).noneMatch(code -> code.startsWith("E1-6"));
        assertThat(coded(report, "E1-7").label()).contains("Energy of own operations");
        assertThat(coded(report, "E1-8").label()).contains("location-based");
        assertThat(report.notes()).anySatisfy(note -> assertThat(note).contains("Check every code"));
    }

    @Test
    void theOrganisationsReportSaysWhetherTheBaseYearHasToBeRecalculated() throws Exception {
        ReportRequest organisation = new ReportRequest(Standard.ISO_14064, null, null, dayMs(-1), dayMs(1), Map.of());
        assertThat(figure(made(organisation), "Base year of the organisation").how())
                .contains("on the page of periods");
        perform(post("/periods/base-year")
                .param("year", "2024")
                .param("percent", "5")
                .param("reason", "First year with whole meters."));
        Report report = made(organisation);
        assertThat(figure(report, "Base year of the organisation").text()).isEqualTo("2024");
        assertThat(figure(report, "Base year to be recalculated").text()).isEqualTo("no");
        assertThat(figure(report, "Base year, location-based: moved by").state())
                .isEqualTo(State.MISSING);
    }

    @Test
    void isoPutsElectricityIntoCategory2() throws Exception {
        spent("p", 2, HOUR);
        Report report = made(request(Standard.ISO_14064, Map.of("base-year", "2024")));
        assertThat(amount(figure(report, "Imported electricity"))).isEqualByComparingTo("0.002");
        assertThat(figure(report, "Imported electricity").code()).isEqualTo("2");
        assertThat(figure(report, "Base year").text()).isEqualTo("2024");
        assertThat(figures(report)).extracting(Figure::code).contains("1", "2", "3", "4", "5", "6");
        assertThat(figure(made(request(Standard.ISO_14064, Map.of())), "Base year")
                        .state())
                .isEqualTo(State.MISSING);
    }
}
