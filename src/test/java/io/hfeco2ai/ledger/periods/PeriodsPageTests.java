package io.hfeco2ai.ledger.periods;

import static org.assertj.core.api.Assertions.assertThat;
import static org.springframework.security.test.web.servlet.request.SecurityMockMvcRequestPostProcessors.csrf;
import static org.springframework.security.test.web.servlet.request.SecurityMockMvcRequestPostProcessors.user;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.get;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.post;

import io.hfeco2ai.grid.Grid;
import java.time.YearMonth;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.webmvc.test.autoconfigure.AutoConfigureMockMvc;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.test.web.servlet.assertj.MockMvcTester;
import org.springframework.test.web.servlet.assertj.MvcTestResult;
import org.springframework.test.web.servlet.request.MockHttpServletRequestBuilder;

/** Contracts, certificates and periods as an admin uses them in the browser, in the whole application. */
@SpringBootTest(
        properties = {
            "hfeco2ai.sampler.enabled=false",
            "spring.datasource.url=jdbc:h2:mem:periods-page;MODE=PostgreSQL;DATABASE_TO_LOWER=TRUE;DEFAULT_NULL_ORDERING=HIGH;DB_CLOSE_DELAY=-1"
        })
@AutoConfigureMockMvc
class PeriodsPageTests {

    @Autowired
    MockMvcTester mvc;

    @Autowired
    Grid grid;

    @Autowired
    PeriodLocks locks;

    @Autowired
    HeldChanges held;

    @Autowired
    JdbcTemplate jdbc;

    private static String text(MvcTestResult result) throws Exception {
        return result.getResponse().getContentAsString();
    }

    private MvcTestResult send(MockHttpServletRequestBuilder request) {
        return mvc.perform(request.with(user("admin").roles("ADMIN")).with(csrf()));
    }

    private static MockHttpServletRequestBuilder contract(String site, String grams) {
        return post("/contracts")
                .param("site", site)
                .param("name", "Green tariff")
                .param("from", "2026-01-01")
                .param("last", "2026-12-31")
                .param("g_per_kwh", grams)
                .param("basis", "direct")
                .param("source", "Supplier's label 2026");
    }

    @Test
    void aContractIsAddedShownAndPricesTheMarketBasedViewOfTheSite() throws Exception {
        String site = grid.createSite("Oslo", Grid.Operator.OWN, "NO", null).id();
        assertThat(text(send(get("/contracts"))))
                .contains("No contract is known")
                .doesNotContain("??");
        assertThat(send(contract(site, "12.5"))).hasRedirectedUrl("/contracts");
        assertThat(text(send(get("/contracts"))))
                .contains("Green tariff")
                .contains("12.5")
                .doesNotContain("??");
        long hourMs = YearMonth.of(2026, 6)
                .atDay(1)
                .atStartOfDay(ZoneOffset.UTC)
                .toInstant()
                .toEpochMilli();
        assertThat(grid.pricingOfSite(site, hourMs).market())
                .extracting(market -> market.method().name())
                .isEqualTo("SUPPLIER");
        MvcTestResult refused = send(contract(site, "20"));
        assertThat(refused).hasStatus(400);
        assertThat(text(refused)).contains("is in force on some of these days").contains("value=\"20\"");
    }

    @Test
    void wrongFiguresAreExplainedBesideTheirField() throws Exception {
        String site = grid.createSite("Bonn", Grid.Operator.OWN, "DE", null).id();
        assertThat(text(send(contract(site, "5000")))).contains("0 to 1500");
        assertThat(text(send(contract(site, "-1")))).contains("0 to 1500");
        assertThat(text(send(contract(site, "1e999")))).contains("too many digits");
        assertThat(text(send(contract(site, "green")))).contains("is no number");
        MvcTestResult certificate = send(post("/certificates")
                .param("kind", "GO")
                .param("tracking", "AIB 1-2")
                .param("zones", "DE Atlantis")
                .param("vintage", "2025")
                .param("volume_mwh", "0")
                .param("g_per_kwh", "0"));
        assertThat(certificate).hasStatus(400);
        assertThat(text(certificate)).contains("Unknown zone &quot;Atlantis&quot;");
        assertThat(text(send(post("/certificates/allocate").param("vintage", "2098"))))
                .contains("is not over");
        assertThat(text(send(post("/certificates/allocate").param("vintage", "last"))))
                .contains("Write the year");
        assertThat(text(send(post("/periods").param("month", "2098-01")))).contains("not over yet");
        for (String beyond : new String[] {"+999999999", "1999", "2100", "-2025"}) {
            assertThat(text(send(post("/certificates/allocate").param("vintage", beyond))))
                    .contains("Write the year as 2025.");
            assertThat(text(send(post("/periods").param("month", "2025-01").param("last", beyond + "-12"))))
                    .contains("Write the month as");
        }
        assertThat(text(send(post("/periods").param("month", "May")))).contains("Write the month as");
    }

    @Test
    void aCertificateIsAllocatedAtTheCloseOfItsYear() throws Exception {
        grid.createSite("Lyon", Grid.Operator.OWN, "FR", null);
        assertThat(send(post("/certificates")
                        .param("kind", "GO")
                        .param("tracking", "AIB 17-18")
                        .param("zones", "fr DE")
                        .param("vintage", "2025")
                        .param("volume_mwh", "1.5")
                        .param("g_per_kwh", "0")
                        .param("retired", "2026-02-01")))
                .hasRedirectedUrl("/contracts");
        assertThat(text(send(get("/contracts"))))
                .contains("AIB 17-18")
                .contains("2026-02-01")
                .doesNotContain("??");
        assertThat(text(send(post("/certificates/allocate").param("vintage", "2025"))))
                .contains("certificates for 1.500 MWh are left over")
                .doesNotContain("??");
    }

    @Test
    void aCertificateCountsOnceAndNotBeforeItIsRetired() throws Exception {
        MockHttpServletRequestBuilder certificate = post("/certificates")
                .param("kind", "GO")
                .param("tracking", "AIB 31-40")
                .param("zones", "FR")
                .param("vintage", "2024")
                .param("volume_mwh", "1.5")
                .param("g_per_kwh", "0");
        assertThat(text(send(certificate.param("retired", "2098-01-01")))).contains("still to come");
        for (String expected : new String[] {"", "each counts once"}) {
            assertThat(text(send(post("/certificates")
                            .param("kind", "GO")
                            .param("tracking", "aib 31-40")
                            .param("zones", "FR")
                            .param("vintage", "2024")
                            .param("volume_mwh", "1.5")
                            .param("g_per_kwh", "0")
                            .param("retired", "2025-02-01"))))
                    .contains(expected);
        }
        assertThat(jdbc.queryForObject("SELECT COUNT(*) FROM certificate WHERE vintage = 2024", Integer.class))
                .isEqualTo(1);
    }

    @Test
    void theBaseYearIsSetWithAThresholdAndAReason() throws Exception {
        assertThat(text(send(get("/periods")))).contains("No base year is set").doesNotContain("??");
        assertThat(text(send(post("/periods/base-year").param("year", "2098")))).contains("Write a year that is over");
        assertThat(text(send(post("/periods/base-year").param("year", "2024").param("percent", "much"))))
                .contains("Write the threshold in percent");
        assertThat(text(send(post("/periods/base-year").param("year", "2024").param("percent", "5"))))
                .contains("Say why this year and threshold");
        assertThat(send(post("/periods/base-year")
                        .param("year", "2024")
                        .param("percent", "2.5")
                        .param("reason", "The first year with whole meters.")))
                .hasRedirectedUrl("/periods");
        assertThat(text(send(get("/periods"))))
                .contains("The first year with whole meters.", "2.5 %", "nothing was posted then")
                .doesNotContain("??");
        assertThat(jdbc.queryForList(
                        "SELECT details FROM audit_event WHERE subject_id = 'organisation.base-year'", String.class))
                .singleElement()
                .asString()
                .contains("2024; 2.5 %");
    }

    @Test
    void aPeriodIsLockedItsChangesWaitAndNobodyApprovesTheirOwnAtOnce() throws Exception {
        assertThat(send(post("/periods").param("month", "2024-01").param("last", "2024-03")))
                .hasRedirectedUrl("/periods");
        assertThat(text(send(post("/periods").param("month", "2024-02")))).contains("locked already");
        String lock = locks.locks().get(0).id();
        held.hold(new HeldChanges.Held(
                "n",
                locks.locks().get(0).fromMs(),
                "zone corrected",
                -3_600_000_000_000L,
                -42_000_000,
                7_000_000,
                "d"));
        String page = text(send(get("/periods")));
        assertThat(page)
                .contains("zone corrected")
                .contains("−")
                .contains("Propose a restatement")
                .doesNotContain("??");
        assertThat(send(post("/periods/{id}/unlock", lock))).hasStatus(409);
        assertThat(text(send(post("/periods/{id}/restatements", lock).param("reason", "because"))))
                .contains("Say why the figures change");
        assertThat(send(post("/periods/{id}/restatements", lock).param("reason", "The zone of the lab was wrong.")))
                .hasRedirectedUrl("/periods");
        assertThat(text(send(get("/periods")))).contains("24 hours after").doesNotContain("??");
        String id = jdbc.queryForObject("SELECT id FROM restatement", String.class);
        assertThat(send(post("/restatements/{id}/approve", id))).hasStatus(409);
        assertThat(send(post("/restatements/{id}/reject", id))).hasRedirectedUrl("/periods");
        assertThat(text(send(get("/periods")))).contains("rejected").doesNotContain("??");
        held.release("n", locks.locks().get(0).fromMs());
        assertThat(send(post("/periods/{id}/unlock", lock))).hasRedirectedUrl("/periods");
        assertThat(locks.locks()).isEmpty();
    }
}
