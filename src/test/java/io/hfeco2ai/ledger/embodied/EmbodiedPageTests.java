package io.hfeco2ai.ledger.embodied;

import static org.assertj.core.api.Assertions.assertThat;
import static org.springframework.security.test.web.servlet.request.SecurityMockMvcRequestPostProcessors.csrf;
import static org.springframework.security.test.web.servlet.request.SecurityMockMvcRequestPostProcessors.user;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.get;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.post;

import io.hfeco2ai.experiments.Experiments;
import io.hfeco2ai.experiments.Experiments.NewMember;
import io.hfeco2ai.experiments.Experiments.StartRun;
import io.hfeco2ai.ledger.Ledger;
import io.hfeco2ai.metering.Metering;
import io.hfeco2ai.metering.Metering.Batch;
import io.hfeco2ai.metering.Metering.IntervalReport;
import io.hfeco2ai.teams.Teams;
import io.hfeco2ai.units.DeviceKind;
import io.hfeco2ai.units.Quality;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.webmvc.test.autoconfigure.AutoConfigureMockMvc;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.test.web.servlet.assertj.MockMvcTester;
import org.springframework.test.web.servlet.assertj.MvcTestResult;
import org.springframework.test.web.servlet.request.MockHttpServletRequestBuilder;

/** What making a node emitted, as an admin sets it and a run shows it, in the whole application. */
@SpringBootTest(
        properties = {
            "hfeco2ai.sampler.enabled=false",
            "spring.datasource.url=jdbc:h2:mem:embodied-page;MODE=PostgreSQL;DATABASE_TO_LOWER=TRUE;DEFAULT_NULL_ORDERING=HIGH;DB_CLOSE_DELAY=-1"
        })
@AutoConfigureMockMvc
class EmbodiedPageTests {

    private static final Instant START =
            Instant.now().truncatedTo(ChronoUnit.HOURS).minus(3, ChronoUnit.HOURS);

    @Autowired
    MockMvcTester mvc;

    @Autowired
    Experiments experiments;

    @Autowired
    Metering metering;

    @Autowired
    Ledger ledger;

    @Autowired
    Teams teams;

    @Autowired
    JdbcTemplate jdbc;

    private MvcTestResult send(MockHttpServletRequestBuilder request) {
        return mvc.perform(request.with(user("admin").roles("ADMIN")).with(csrf()));
    }

    private static String text(MvcTestResult result) throws Exception {
        return result.getResponse().getContentAsString();
    }

    private MvcTestResult set(String node, String bought, String months, String kg, String source) {
        return send(post("/nodes/{id}/embodied", node)
                .param("bought", bought)
                .param("life_months", months)
                .param("embodied_kg", kg)
                .param("source", source));
    }

    /** An hour on a node of its own. */
    private String run(String node) {
        String team = teams.defaultTeam().id();
        String run = experiments
                .start(new StartRun(
                        team,
                        "p",
                        "e",
                        node,
                        null,
                        null,
                        START,
                        Map.of(),
                        Map.of(),
                        false,
                        new NewMember(node, "boot", 0, null, List.of(), START),
                        null))
                .run()
                .id();
        long startMs = START.toEpochMilli();
        IntervalReport hour = new IntervalReport(
                "cpu",
                DeviceKind.CPU,
                null,
                startMs,
                startMs + 3_600_000,
                360_000_000,
                null,
                Quality.MEASURED,
                "test",
                null,
                null,
                0.05,
                null,
                null);
        metering.record(new Batch(node, "boot", node, "client:test/1", false, List.of(hour), List.of()));
        experiments.finish(team, run, "FINISHED", START.plus(1, ChronoUnit.HOURS));
        ledger.settle(run);
        return run;
    }

    @Test
    void aRunsShareIsUnknownUntilItsNodeHasAFigureAndThenShown() throws Exception {
        String run = run("node-e1");
        assertThat(text(send(get("/runs/{id}", run))))
                .contains("Embodied (SCI share)")
                .contains("unknown: node node-e1 has no figure")
                .contains("/nodes/node-e1/embodied")
                .doesNotContain("??");
        assertThat(text(send(get("/nodes/node-e1")))).contains("/nodes/node-e1/embodied");
        assertThat(text(send(get("/nodes/node-e1/embodied"))))
                .contains("That is not 0")
                .doesNotContain("??");
        assertThat(set("node-e1", "2024-01-01", "48", "1000", "Maker's PCF 2024"))
                .hasRedirectedUrl("/nodes/node-e1/embodied");
        assertThat(text(send(get("/nodes/node-e1/embodied"))))
                .contains("value=\"2024-01-01\"")
                .contains("value=\"1000\"")
                .contains("2028-01-01")
                .contains("28.5")
                .doesNotContain("??");
        assertThat(text(send(get("/runs/{id}", run))))
                .contains("28.5")
                .doesNotContain("has no figure")
                .doesNotContain("??");
    }

    @Test
    void changesAreAuditedAndEmptyIsUnknownAgain() throws Exception {
        run("node-e2");
        set("node-e2", "2025-03-01", "60", "1200.5", "a");
        set("node-e2", "2025-03-01", "60", "1300", "b");
        assertThat(set("node-e2", "", " ", "", "")).hasRedirectedUrl("/nodes/node-e2/embodied");
        assertThat(text(send(get("/nodes/node-e2/embodied")))).contains("That is not 0");
        List<String> details = jdbc.queryForList(
                "SELECT action || details FROM audit_event WHERE subject_id = 'node-e2' AND subject_kind = 'node' ORDER BY no",
                String.class);
        assertThat(details).hasSize(3);
        assertThat(details.get(0)).contains("node.embodied-set").contains("1200500000000");
        assertThat(details.get(1)).contains("embodied_ug_before").contains("1300000000000");
        assertThat(details.get(2)).contains("node.embodied-cleared");
        set("node-e2", "", "", "", "");
        assertThat(jdbc.queryForObject(
                        "SELECT COUNT(*) FROM audit_event WHERE subject_id = 'node-e2' AND subject_kind = 'node'",
                        Integer.class))
                .as("nothing changed")
                .isEqualTo(3);
    }

    @Test
    void wrongFiguresAreExplainedBesideTheirFieldAndNothingIsStored() throws Exception {
        run("node-e3");
        assertThat(set("node-e3", "2025-01-01", "48", "0", "s")).hasStatus(400);
        assertThat(text(set("node-e3", "2025-01-01", "48", "0", "s")))
                .contains("above 0")
                .contains("value=\"2025-01-01\"");
        for (String kg : List.of("-1", "1000000.1", "0.0000000000001", "1e-10")) {
            assertThat(set("node-e3", "2025-01-01", "48", kg, "s")).as(kg).hasStatus(400);
        }
        assertThat(text(set("node-e3", "2025-01-01", "48", "1e999", "s"))).contains("too many digits");
        assertThat(text(set("node-e3", "2025-01-01", "48", "heavy", "s"))).contains("is no number");
        assertThat(text(set("node-e3", "2025-01-01", "241", "9", "s"))).contains("1 to 240");
        assertThat(text(set("node-e3", "2025-01-01", "4.5", "9", "s"))).contains("1 to 240");
        assertThat(text(set("node-e3", "2099-01-01", "48", "9", "s"))).contains("to today");
        assertThat(text(set("node-e3", "May", "48", "9", "s"))).contains("Write the day as");
        assertThat(text(set("node-e3", "2025-01-01", "48", "9", " "))).contains("all four fields");
        assertThat(text(set("node-e3", "2025-01-01", "48", "9", "s".repeat(501))))
                .contains("500 characters");
        assertThat(jdbc.queryForObject("SELECT COUNT(*) FROM node_embodied WHERE node_id = 'node-e3'", Integer.class))
                .isZero();
        assertThat(set("nothing", "2025-01-01", "48", "9", "s")).hasStatus(404);
    }
}
