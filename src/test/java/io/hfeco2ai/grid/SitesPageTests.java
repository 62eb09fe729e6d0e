package io.hfeco2ai.grid;

import static org.assertj.core.api.Assertions.assertThat;
import static org.springframework.security.test.web.servlet.request.SecurityMockMvcRequestPostProcessors.csrf;
import static org.springframework.security.test.web.servlet.request.SecurityMockMvcRequestPostProcessors.user;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.get;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.post;

import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.webmvc.test.autoconfigure.AutoConfigureMockMvc;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.test.web.servlet.assertj.MockMvcTester;
import org.springframework.test.web.servlet.assertj.MvcTestResult;
import org.springframework.test.web.servlet.request.MockHttpServletRequestBuilder;

/** The pages as a signed-in person gets them, in the whole application. */
@SpringBootTest(
        properties = {
            "hfeco2ai.sampler.enabled=false",
            "spring.datasource.url=jdbc:h2:mem:sites-page;MODE=PostgreSQL;DATABASE_TO_LOWER=TRUE;DEFAULT_NULL_ORDERING=HIGH;DB_CLOSE_DELAY=-1"
        })
@AutoConfigureMockMvc
class SitesPageTests {

    @Autowired
    MockMvcTester mvc;

    @Autowired
    Grid grid;

    @Autowired
    JdbcTemplate jdbc;

    private static String text(MvcTestResult result) throws Exception {
        return result.getResponse().getContentAsString();
    }

    private MvcTestResult send(MockHttpServletRequestBuilder request) {
        return mvc.perform(request.with(user("admin").roles("ADMIN")).with(csrf()));
    }

    @Test
    void anUnsetZoneIsAskedForAndNeverGuessed() throws Exception {
        String page = text(send(get("/sites")));

        assertThat(page)
                .contains("Set the zone of site &quot;Default site&quot;")
                .contains("Set the zone");
        assertThat(page).contains("value=\"DE\"").contains("value=\"aws:eu-west-1\"");
        assertThat(page).doesNotContain("??");
    }

    @Test
    void aZoneAndAPueAreSetAndShownWithTheFactorAndItsOrigin() throws Exception {
        String id = grid.createSite("Frankfurt", Grid.Operator.OWN, null, null).id();

        MvcTestResult saved =
                send(post("/sites/{id}", id).param("zone", "aws:eu-central-1").param("pue", "1.25"));

        assertThat(saved).hasRedirectedUrl("/sites/frankfurt");
        assertThat(text(send(get("/sites/frankfurt"))))
                .contains("Germany")
                .contains("307.58")
                .contains("Electricity Maps")
                .contains("annual value of 2023 used for")
                .contains("ODbL 1.0")
                .contains("value=\"1.25\"")
                .contains("aws:eu-central-1")
                .contains("1.35 (2024)")
                .doesNotContain("??");
    }

    @Test
    void aWrongPueIsExplainedBesideItsFieldAndStoresNothing() throws Exception {
        String id = grid.createSite("Rome", Grid.Operator.OWN, null, null).id();

        MvcTestResult refused = send(post("/sites/{id}", id).param("zone", "IT").param("pue", "0.8"));

        assertThat(refused).hasStatus(400);
        assertThat(text(refused))
                .contains("use a number from 1 to 5")
                .contains("value=\"0.8\"")
                .contains("value=\"IT\"");
        assertThat(text(send(post("/sites/{id}", id).param("pue", "one")))).contains("is no number");
        assertThat(grid.site(id).zone()).isNull();
    }

    @Test
    void aMistakeIsCorrectedFromTheBeginning() throws Exception {
        String id = grid.createSite("Turin", Grid.Operator.OWN, "FR", null).id();

        assertThat(text(send(get("/sites/{id}", id)))).contains("from the beginning (correct a mistake)");
        send(post("/sites/{id}", id).param("zone", "IT"));
        assertThat(grid.pricingOfSite(id, 0).zone()).isEqualTo("FR");
        assertThat(send(post("/sites/{id}", id).param("zone", "IT").param("from", "beginning")))
                .hasRedirectedUrl("/sites/turin");
        assertThat(grid.pricingOfSite(id, 0).zone()).isEqualTo("IT");
    }

    @Test
    void whoControlsTheEnergyIsChosenWithAReasonAndAudited() throws Exception {
        String id =
                grid.createSite("Bergen", Grid.Operator.COLOCATION, "NO", null).id();
        assertThat(text(send(get("/sites/{id}", id))))
                .contains("Nobody chose yet.")
                .doesNotContain("??");

        MvcTestResult refused = send(post("/sites/{id}", id).param("control", "LEASED"));
        assertThat(refused).hasStatus(400);
        assertThat(text(refused)).contains("Say in 1 to 500 characters why");
        assertThat(send(post("/sites/{id}", id).param("control", "LEASED").param("reason", "rack lease 12")))
                .hasRedirectedUrl("/sites/" + id);
        send(post("/sites/{id}", id).param("control", "OPERATIONAL").param("reason", "we run the room since May"));

        assertThat(text(send(get("/sites/{id}", id))))
                .contains("Scope 2: own or leased, we control it")
                .contains("we run the room since May")
                .doesNotContain("Nobody chose yet.");
        assertThat(jdbc.queryForList(
                        "SELECT details FROM audit_event WHERE subject_id = 'site.control.bergen' ORDER BY no",
                        String.class))
                .hasSize(2)
                .last()
                .asString()
                .contains("LEASED: rack lease 12")
                .contains("OPERATIONAL: we run the room since May");
    }

    @Test
    void aSiteIsAddedOrTheFormSaysWhyNot() throws Exception {
        assertThat(send(post("/sites")
                        .param("name", "Lab 2")
                        .param("operator", "COLOCATION")
                        .param("zone", "fr")))
                .hasRedirectedUrl("/sites/lab-2");
        MvcTestResult refused = send(post("/sites").param("name", "Lab 3").param("zone", "Atlantis"));

        assertThat(refused).hasStatus(400);
        assertThat(text(refused)).contains("Unknown zone &quot;Atlantis&quot;").contains("value=\"Lab 3\"");
        assertThat(grid.site("lab-2").zone()).isEqualTo("FR");
    }

    @Test
    void aNodeIsMovedHereAndOneThatIsUnknownIsNot() throws Exception {
        jdbc.update("INSERT INTO node (id, name, boot_id, synthetic, first_seen_ms, last_seen_ms)"
                + " VALUES ('n1', 'gpu-box', 'b1', FALSE, 0, 0)");
        String id = grid.createSite("Oslo", Grid.Operator.OWN, "NO", null).id();
        assertThat(text(send(get("/sites/oslo"))))
                .contains("No node stands here yet")
                .contains("gpu-box");

        assertThat(send(post("/sites/{id}", id).param("node", "n1"))).hasRedirectedUrl("/sites/oslo");
        send(post("/sites/{id}", id).param("node", "n2"));

        assertThat(text(send(get("/sites/oslo"))))
                .contains("href=\"/nodes/n1\"")
                .doesNotContain("Move a node here");
        assertThat(grid.siteOf("n2", 0)).isEqualTo(Grid.DEFAULT_SITE);
    }

    @Test
    void factorsAreSearchedByNameAndEachShowsYearBasisSourceAndLicence() throws Exception {
        assertThat(text(send(get("/grid").param("q", "denmark"))))
                .contains("East Denmark")
                .contains("direct")
                .contains("ODbL 1.0")
                .doesNotContain("Germany");
        assertThat(text(send(get("/grid/zones/de"))))
                .contains("All values of DE")
                .contains("412.34");
        assertThat(text(send(get("/grid").param("page", "99"))))
                .contains("Newer")
                .doesNotContain("Older");
        assertThat(text(send(get("/grid").param("q", "<script>"))))
                .contains("No zone matches")
                .doesNotContain("q=<script>");
    }
}
