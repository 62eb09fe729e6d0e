package io.hfeco2ai.reports;

import static org.assertj.core.api.Assertions.assertThat;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.get;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.post;

import io.hfeco2ai.reports.Report.Figure;
import io.hfeco2ai.reports.Report.State;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.test.web.servlet.assertj.MvcTestResult;
import org.springframework.test.web.servlet.request.MockHttpServletRequestBuilder;

/** The register of offsets and removals: entered once, told in reports apart, never subtracted. */
class OffsetsInReportsTests extends ReportsInTheApplication {

    private static final String REMOVALS = "Removals retired in the period";
    private static final String REDUCTIONS = "Reductions elsewhere, retired in the period";

    private final String serials = "GS1-1-DE-" + UUID.randomUUID();

    @AfterEach
    void nothingStays() {
        jdbc.sql(
                        "UPDATE carbon_offset SET standing = NULL, voided_ms = 1, void_reason = 'test' WHERE voided_ms IS NULL")
                .update();
    }

    private Map<String, String> credit() {
        return new HashMap<>(Map.of(
                "kind", "REMOVAL",
                "project", "Basalt on fields",
                "tonnes", "1.25",
                "vintage", "2024",
                "retired", LocalDate.ofInstant(HOUR, ZoneOffset.UTC).toString(),
                "registry", "Puro.earth",
                "serials", serials,
                "source", "https://registry.example.org/retirements/1"));
    }

    private MvcTestResult enter(Map<String, String> typed) {
        MockHttpServletRequestBuilder form = post("/offsets");
        typed.forEach(form::param);
        return perform(form);
    }

    private String id() {
        return jdbc.sql("SELECT id FROM carbon_offset WHERE serials = ? ORDER BY entered_ms DESC, id DESC LIMIT 1")
                .param(serials)
                .query(String.class)
                .single();
    }

    private long standing() {
        return jdbc.sql("SELECT COUNT(*) FROM carbon_offset WHERE serials = ? AND voided_ms IS NULL")
                .param(serials)
                .query(Long.class)
                .single();
    }

    private static ReportRequest ofTheOrganisation(Standard standard) {
        return new ReportRequest(standard, null, null, dayMs(-1), dayMs(1), Map.of());
    }

    private static List<String> emissions(Report report) {
        return report.sections().stream()
                .filter(section -> !section.title().startsWith("Offsets"))
                .flatMap(section -> section.figures().stream())
                .filter(figure -> figure.unit().contains("CO2e"))
                .map(figure -> figure.label() + " " + figure.amount())
                .toList();
    }

    @Test
    void aCreditStandsApartAndLowersNothing() throws Exception {
        spent("p", 1, HOUR);
        for (Standard standard : List.of(Standard.GHG_SCOPE2, Standard.ISO_14064, Standard.ESRS_E1)) {
            nothingStays();
            Report before = made(ofTheOrganisation(standard));
            assertThat(figure(before, REMOVALS).state()).isEqualTo(State.MISSING);
            assertThat(enter(credit()).getResponse().getStatus()).isEqualTo(302);
            Report after = made(ofTheOrganisation(standard));
            Figure removals = figure(after, REMOVALS);
            assertThat(removals.amount()).isEqualByComparingTo("1250");
            assertThat(removals.unit()).isEqualTo("kgCO2e");
            assertThat(figure(after, REDUCTIONS).state()).isEqualTo(State.MISSING);
            assertThat(after.toString()).contains(serials);
            assertThat(emissions(after)).hasSizeGreaterThan(3).isEqualTo(emissions(before));
            assertThat(made(request(standard, Map.of())).toString()).doesNotContain(serials);
        }
    }

    @Test
    void anEntryIsVoidedWithAReasonAndStaysToBeSeen() throws Exception {
        spent("p", 1, HOUR);
        enter(credit());
        MvcTestResult again = enter(credit());
        assertThat(again.getResponse().getStatus()).isEqualTo(400);
        assertThat(again.getResponse().getContentAsString()).contains("a credit is retired once");
        assertThat(standing()).isEqualTo(1);
        String id = id();
        assertThat(perform(post("/offsets/{id}/void", id).param("reason", "no"))
                        .getResponse()
                        .getStatus())
                .isEqualTo(400);
        assertThat(standing()).isEqualTo(1);
        String reason = "The registry cancelled the project.";
        assertThat(perform(post("/offsets/{id}/void", id).param("reason", reason))
                        .getResponse()
                        .getStatus())
                .isEqualTo(302);
        assertThat(perform(post("/offsets/{id}/void", id).param("reason", reason))
                        .getResponse()
                        .getStatus())
                .isEqualTo(409);
        assertThat(perform(post("/offsets/{id}/void", "none").param("reason", reason))
                        .getResponse()
                        .getStatus())
                .isEqualTo(404);
        assertThat(perform(get("/offsets")).getResponse().getContentAsString()).contains("voided: " + reason);
        assertThat(figure(made(ofTheOrganisation(Standard.GHG_SCOPE2)), REMOVALS)
                        .state())
                .isEqualTo(State.MISSING);
        assertThat(enter(credit()).getResponse().getStatus()).isEqualTo(302);
        assertThat(jdbc.sql("SELECT action FROM audit_event WHERE subject_id = ? ORDER BY no")
                        .param(id)
                        .query(String.class)
                        .list())
                .containsExactly("offset.added", "offset.voided");
    }

    @Test
    void whatCannotBeIsRefusedAtItsFieldAndNothingIsStored() throws Exception {
        Map<String, List<String>> wrong = Map.of(
                "kind", List.of("", "OTHER"),
                "project", List.of("", "x".repeat(201)),
                "tonnes", List.of("", "0", "-1", "1e308", "NaN", "0.0001", "100000001", "1,5"),
                "vintage", List.of("", "1989", "2999", "soon"),
                "retired", List.of("", "2999-01-01", "0001-01-01", "+1000000000-01-01", "31.12.2024"),
                "registry", List.of("", "x".repeat(101)),
                "serials", List.of("", "x".repeat(201)),
                "source", List.of(" ", "x".repeat(501)));
        for (Map.Entry<String, List<String>> field : wrong.entrySet()) {
            for (String content : field.getValue()) {
                Map<String, String> typed = credit();
                typed.put(field.getKey(), content);
                MvcTestResult answer = enter(typed);
                assertThat(answer.getResponse().getStatus())
                        .as(field.getKey() + " " + content)
                        .isEqualTo(400);
                assertThat(answer.getResponse().getContentAsString()).contains("role=\"alert\"");
            }
            assertThat(enter(without(field.getKey())).getResponse().getStatus()).isEqualTo(400);
        }
        assertThat(standing()).isZero();
    }

    private Map<String, String> without(String field) {
        Map<String, String> typed = credit();
        assertThat(Objects.requireNonNull(typed.remove(field))).isNotBlank();
        return typed;
    }
}
