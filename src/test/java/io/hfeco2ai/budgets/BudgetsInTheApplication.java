package io.hfeco2ai.budgets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.springframework.security.test.web.servlet.request.SecurityMockMvcRequestPostProcessors.csrf;
import static org.springframework.security.test.web.servlet.request.SecurityMockMvcRequestPostProcessors.user;

import io.hfeco2ai.budgets.Budgets.Standing;
import io.hfeco2ai.experiments.Experiments;
import io.hfeco2ai.experiments.Experiments.NewMember;
import io.hfeco2ai.experiments.Experiments.Run;
import io.hfeco2ai.experiments.Experiments.StartRun;
import io.hfeco2ai.ledger.Ledger;
import io.hfeco2ai.metering.Metering;
import io.hfeco2ai.metering.Metering.Batch;
import io.hfeco2ai.metering.Metering.IntervalReport;
import io.hfeco2ai.teams.Teams;
import io.hfeco2ai.units.DeviceKind;
import io.hfeco2ai.units.Quality;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.webmvc.test.autoconfigure.AutoConfigureMockMvc;
import org.springframework.boot.webmvc.test.autoconfigure.MockMvcPrint;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.test.web.servlet.assertj.MockMvcTester;
import org.springframework.test.web.servlet.assertj.MvcTestResult;
import org.springframework.test.web.servlet.request.MockHttpServletRequestBuilder;

/** The whole application with a team of its own for each test. */
@SpringBootTest(
        properties = {
            "spring.datasource.url=jdbc:h2:mem:budgets;MODE=PostgreSQL;DATABASE_TO_LOWER=TRUE;DEFAULT_NULL_ORDERING=HIGH;DB_CLOSE_DELAY=-1",
            "hfeco2ai.sampler.enabled=false",
            "hfeco2ai.site.zone=DE"
        })
@AutoConfigureMockMvc(print = MockMvcPrint.NONE)
abstract class BudgetsInTheApplication {

    @Autowired
    MockMvcTester mvc;

    @Autowired
    BudgetBook book;

    @Autowired
    BudgetRows rows;

    @Autowired
    PeriodTurn turn;

    @Autowired
    BudgetOutlook outlooks;

    @Autowired
    Budgets budgets;

    @Autowired
    Experiments experiments;

    @Autowired
    Metering metering;

    @Autowired
    Ledger ledger;

    @Autowired
    Teams teams;

    @Autowired
    JdbcClient jdbc;

    String team = "";

    @BeforeEach
    void ateam() {
        team = UUID.randomUUID().toString().replace("-", "");
        jdbc.sql("INSERT INTO team (id, name, created_at) VALUES (?, ?, ?)")
                .params(team, "team " + team, OffsetDateTime.now(ZoneOffset.UTC))
                .update();
    }

    static BudgetInput input(String... pairs) {
        Map<String, String> typed = new HashMap<>(Map.of("name", "b", "limit", "10", "thresholds", "80,95"));
        for (int i = 0; i < pairs.length; i += 2) {
            typed.put(pairs[i], pairs[i + 1]);
        }
        return BudgetInput.of(typed);
    }

    String create(BudgetInput input) {
        return book.create(team, input, null, false);
    }

    /** A run of ten minutes that has just ended and used that much. */
    Run spent(String project, double kilowattHours) {
        return spent(project, kilowattHours, Instant.now().minusSeconds(5));
    }

    Run spent(String project, double kilowattHours, Instant end) {
        Instant start = end.minusSeconds(600);
        String node = "node-" + UUID.randomUUID();
        Run run = experiments
                .start(new StartRun(
                        team,
                        project,
                        "e",
                        null,
                        null,
                        null,
                        start,
                        Map.of(),
                        Map.of(),
                        false,
                        new NewMember(node, "boot", 0, null, List.of(), start),
                        null))
                .run();
        IntervalReport report = new IntervalReport(
                "meter",
                DeviceKind.NODE,
                null,
                start.toEpochMilli(),
                end.toEpochMilli(),
                Math.round(kilowattHours * 3.6e12),
                null,
                Quality.MEASURED,
                "meter",
                null,
                1L,
                null,
                null,
                null);
        assertThat(metering.record(new Batch(node, "boot", null, "client:test/1", false, List.of(report), List.of()))
                        .rejected())
                .isEmpty();
        ledger.settle(run.id());
        return run;
    }

    Standing standing(String budget, double atLeast) throws InterruptedException {
        Instant until = Instant.now().plus(Duration.ofSeconds(20));
        Standing standing = budgets.standing(budget);
        while (standing.posted().add(standing.provisional()).doubleValue() < atLeast) {
            assertThat(Instant.now()).as("%s", standing).isBefore(until);
            Thread.sleep(50);
            standing = budgets.standing(budget);
        }
        return standing;
    }

    String body(MockHttpServletRequestBuilder request, int status) throws Exception {
        MvcTestResult result = perform(request);
        assertThat(result).hasStatus(status);
        return result.getResponse().getContentAsString();
    }

    MvcTestResult perform(MockHttpServletRequestBuilder request) {
        return mvc.perform(request.with(user("admin").roles("ADMIN")).with(csrf()));
    }
}
