package io.hfeco2ai.grid.factors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.springframework.security.test.web.servlet.request.SecurityMockMvcRequestPostProcessors.csrf;
import static org.springframework.security.test.web.servlet.request.SecurityMockMvcRequestPostProcessors.user;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.get;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.multipart;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.post;

import io.hfeco2ai.grid.Grid;
import io.hfeco2ai.grid.SiteChanged;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.webmvc.test.autoconfigure.AutoConfigureMockMvc;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.mock.web.MockMultipartFile;
import org.springframework.test.context.event.ApplicationEvents;
import org.springframework.test.context.event.RecordApplicationEvents;
import org.springframework.test.web.servlet.assertj.MockMvcTester;
import org.springframework.test.web.servlet.assertj.MvcTestResult;
import org.springframework.test.web.servlet.request.AbstractMockHttpServletRequestBuilder;
import org.springframework.test.web.servlet.request.MockMultipartHttpServletRequestBuilder;

/** Importing and adopting as an admin does it, in the whole application. */
@SpringBootTest(
        properties = {
            "hfeco2ai.sampler.enabled=false",
            "spring.datasource.url=jdbc:h2:mem:import-page;MODE=PostgreSQL;DATABASE_TO_LOWER=TRUE;DEFAULT_NULL_ORDERING=HIGH;DB_CLOSE_DELAY=-1"
        })
@AutoConfigureMockMvc
@RecordApplicationEvents
class ImportPageTests {

    private static final long HOUR_MS = 3_600_000;

    @Autowired
    MockMvcTester mvc;

    @Autowired
    Grid grid;

    @Autowired
    ApplicationEvents events;

    @Autowired
    JdbcTemplate jdbc;

    private MvcTestResult send(AbstractMockHttpServletRequestBuilder<?> request) {
        return mvc.perform(request.with(user("admin").roles("ADMIN")).with(csrf()));
    }

    private static String text(MvcTestResult result) throws Exception {
        return result.getResponse().getContentAsString();
    }

    private static MockMultipartHttpServletRequestBuilder upload(String csv) {
        MockMultipartHttpServletRequestBuilder form = multipart("/grid/import")
                .file(new MockMultipartFile("file", "f.csv", "text/csv", csv.getBytes(StandardCharsets.UTF_8)));
        form.param("method", "average")
                .param("basis", "direct")
                .param("gas", "CO2e")
                .param("gwp", "AR6")
                .param("perspective", "consumption")
                .param("source", "Our grid operator")
                .param("licence", "internal")
                .param("url", "");
        return form;
    }

    private int stored() {
        return Objects.requireNonNull(
                jdbc.queryForObject("SELECT COUNT(*) FROM factor WHERE edition_id IS NOT NULL", Integer.class));
    }

    private String hours(String zone, int... values) {
        StringBuilder csv = new StringBuilder("zone,from,g_per_kwh\n");
        long thisHour = Instant.now().toEpochMilli() / HOUR_MS * HOUR_MS;
        for (int i = 0; i < values.length; i++) {
            Instant at = Instant.ofEpochMilli(thisHour - (values.length - i) * HOUR_MS);
            csv.append(values[i] == 0 ? "" : zone + "," + at + "," + values[i] + "\n");
        }
        return csv.toString();
    }

    @Test
    void aFileIsImportedShownWithItsGapsAdoptedAndThenPrices() throws Exception {
        MvcTestResult done = send(upload(hours("PL", 610, 620, 0, 640, 650)).param("edition", "1"));

        assertThat(done).hasStatus(200);
        assertThat(text(done)).contains("4 hours").contains("candidate").contains("1 hours are missing");
        assertThat(text(send(get("/grid")))).contains("Our grid operator").contains("Adopt");
        String edition = jdbc.queryForObject(
                "SELECT edition_id FROM factor WHERE zone = 'PL' AND source = 'Our grid operator'", String.class);
        assertThat(grid.factorOfZone("PL", System.currentTimeMillis() - HOUR_MS)
                        .orElseThrow()
                        .resolution())
                .isEqualTo(Grid.Resolution.YEAR);

        assertThat(send(post("/grid/editions/{id}/adopt", edition))).hasRedirectedUrl("/grid/zones/PL");

        assertThat(text(send(get("/grid/zones/PL"))))
                .contains("Our grid operator")
                .contains("650")
                .contains("live")
                .contains("zone-day")
                .contains("no value of its own")
                .contains("AR6, consumption")
                .doesNotContain("??");
        assertThat(text(send(get("/grid").param("q", "PL"))))
                .contains("last day 610 to 650")
                .doesNotContain("??");
        assertThat(jdbc.queryForList("SELECT action FROM audit_event ORDER BY no", String.class))
                .contains("factors.imported", "factors.adopted");
    }

    /** A year's value stands in for other years, so their hours without a price are priced by it too. */
    @Test
    void anAdoptedYearIsAnnouncedToAllHoursThatHaveNoPrice() {
        String site = grid.createSite("Plant", Grid.Operator.OWN, "CZ", null).id();
        assertThat(send(upload("zone,from,g_per_kwh\nCZ,2024,410\n")
                        .param("edition", "year")
                        .param("resolution", "year")
                        .param("adopt", "true")))
                .hasStatus(200);
        assertThat(events.stream(SiteChanged.class)
                        .filter(event -> event.siteId().equals(site)))
                .contains(new SiteChanged(site, 0))
                .anyMatch(SiteChanged::correction);
    }

    @Test
    void aWrongFileIsRefusedWholeWithRowColumnAndCure() throws Exception {
        int before = stored();
        MvcTestResult refused = send(upload("zone,from,g_per_kwh\nDE,2025,300\n<b>X</b>,2025,300\nDE,2025-02,5000\n")
                .param("edition", "1"));

        assertThat(refused).hasStatus(400);
        assertThat(text(refused))
                .contains("Nothing was stored")
                .contains("&lt;b&gt;X&lt;/b&gt;")
                .contains("no known zone")
                .contains("check the unit")
                .contains("value=\"Our grid operator\"")
                .doesNotContain("<b>X")
                .doesNotContain("??");
        assertThat(stored()).isEqualTo(before);
    }

    @Test
    void anEmptyFieldOrAFormulaInItIsNamedBesideIt() throws Exception {
        int before = stored();
        assertThat(text(send(upload("zone,from,g_per_kwh\nDE,2025,300\n").param("edition", ""))))
                .contains("Say which edition it is");
        assertThat(text(send(upload("zone,from,g_per_kwh\nDE,2025,300\n").param("edition", "=HYPERLINK(1)"))))
                .contains("spreadsheet formula");
        assertThat(text(send(upload("zone,from,g_per_kwh\nDE,2025,300\n")
                        .param("edition", "1")
                        .param("retrieved", "2999-01-01"))))
                .contains("still to come");
        assertThat(text(send(upload("zone,from,g_per_kwh\nDE,2025,300\n")
                        .param("edition", "1")
                        .param("retrieved", "-999999999-01-01"))))
                .contains("Write a day from 1990 on");
        assertThat(send(post("/grid/import").param("method", "average"))).hasStatus(400);
        assertThat(stored()).isEqualTo(before);
    }

    @Test
    void anUnknownZoneOrEditionIsNotFound() {
        assertThat(send(get("/grid/zones/XX"))).hasStatus(404);
        assertThat(send(post("/grid/editions/none/adopt"))).hasStatus(404);
        assertThat(send(post("/grid/editions/none/discard"))).hasStatus(404);
    }
}
