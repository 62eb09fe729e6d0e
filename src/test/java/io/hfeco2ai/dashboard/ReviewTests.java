package io.hfeco2ai.dashboard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.springframework.security.test.web.servlet.request.SecurityMockMvcRequestPostProcessors.csrf;
import static org.springframework.security.test.web.servlet.request.SecurityMockMvcRequestPostProcessors.user;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.get;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.post;

import io.hfeco2ai.experiments.Experiments;
import io.hfeco2ai.experiments.Experiments.NewMember;
import io.hfeco2ai.experiments.Experiments.StartRun;
import io.hfeco2ai.ledger.Ledger;
import io.hfeco2ai.ledger.Ledger.Footprint;
import io.hfeco2ai.ledger.Ledger.Question;
import io.hfeco2ai.ledger.Ledger.ReportedCarbon;
import io.hfeco2ai.metering.Metering;
import io.hfeco2ai.metering.Metering.Batch;
import io.hfeco2ai.metering.Metering.IntervalReport;
import io.hfeco2ai.platform.Conflict;
import io.hfeco2ai.teams.Teams;
import io.hfeco2ai.units.Boundary;
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
import org.springframework.test.web.servlet.assertj.MockMvcTester;

/** Two runs on what looks like one machine: counted once, until a person says that they were two. */
@SpringBootTest(
        properties =
                "spring.datasource.url=jdbc:h2:mem:review;MODE=PostgreSQL;DATABASE_TO_LOWER=TRUE;DEFAULT_NULL_ORDERING=HIGH;DB_CLOSE_DELAY=-1")
@AutoConfigureMockMvc
class ReviewTests {

    private static final Instant START =
            Instant.now().truncatedTo(ChronoUnit.HOURS).minus(2, ChronoUnit.HOURS);
    private static final String NODE = "guessed-0123";
    private static final long ENERGY_UJ = 7_200_000_001L;

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

    private String reportedRun(String name, String node) {
        String team = teams.defaultTeam().id();
        String id = experiments
                .start(new StartRun(
                        team,
                        "p",
                        "e",
                        name,
                        null,
                        null,
                        START,
                        Map.of(Experiments.NOTICE + "codecarbon-location", "", Experiments.NOTICE + "unheard-of", ""),
                        Map.of(),
                        false,
                        new NewMember(node, node, 0, null, List.of(), START),
                        "codecarbon/3.3.2"))
                .run()
                .id();
        report(id, node, START);
        experiments.finish(team, id, "FINISHED", START.plus(90, ChronoUnit.MINUTES));
        return id;
    }

    /** An hour from then on, in one piece. */
    private void report(String id, String node, Instant start) {
        long startMs = start.toEpochMilli();
        var interval = new IntervalReport(
                "reported:cpu",
                DeviceKind.CPU,
                null,
                startMs,
                startMs + 3_600_000,
                ENERGY_UJ,
                null,
                Quality.UNKNOWN,
                "codecarbon",
                Boundary.FACILITY,
                null,
                null,
                null,
                null);
        var recorded = metering.record(
                new Batch(node, id, null, "reported:codecarbon/3.3.2", false, List.of(interval), List.of()));
        assertThat(recorded.rejected()).isEmpty();
        ledger.keepReported(id, List.of(new ReportedCarbon("codecarbon/3.3.2", startMs + 3_600_000, ENERGY_UJ, 1)));
    }

    private Footprint ofRun(String id) {
        ledger.settle(id);
        return ledger.footprint(Question.ofRun(id, false));
    }

    private long sumUj(String... runs) {
        double joules = 0;
        for (String run : runs) {
            joules += ofRun(run).energy().joules();
        }
        return Math.round(joules * 1e6);
    }

    private String page(String url) throws Exception {
        var result = mvc.perform(get(url).with(user("admin").roles("ADMIN")));
        assertThat(result).hasStatusOk();
        return result.getResponse().getContentAsString();
    }

    @Test
    void whoeverWasOnAnotherMachineCountsInFull() throws Exception {
        String first = reportedRun("first", NODE);
        String second = reportedRun("second", NODE);
        assertThat(sumUj(first, second)).isEqualTo(ENERGY_UJ);
        assertThat(page("/nodes/review")).contains("/runs/" + second + "/own-node");
        assertThat(page("/nodes")).contains("/nodes/review");

        var done = mvc.perform(post("/runs/" + second + "/own-node")
                .with(user("admin").roles("ADMIN"))
                .with(csrf()));
        assertThat(done).hasRedirectedUrl("/nodes/review");

        assertThat(sumUj(first, second)).isEqualTo(2 * ENERGY_UJ);
        String own = experiments.detail(second).members().get(0).nodeId();
        assertThat(own).isEqualTo("apart-" + second);
        for (String node : List.of(NODE, own)) {
            Footprint whole = ledger.footprint(Question.ofNode(node, null, null, false));
            assertThat(Math.round(whole.energy().joules() * 1e6)).isEqualTo(ENERGY_UJ);
            assertThat(whole.unattributed().isZero()).isTrue();
        }
        assertThat(page("/nodes/review")).doesNotContain("/own-node");
        report(second, own, START.minus(1, ChronoUnit.HOURS));
        assertThat(metering.node(own).orElseThrow().devices()).hasSize(1);
        assertThatThrownBy(() -> metering.separate(second)).isInstanceOf(Conflict.class);
    }

    @Test
    void aRunShowsItsNoticesAndWhatTheToolComputed() throws Exception {
        assertThat(page("/runs/" + reportedRun("noted", "guessed-4567")))
                .contains("silently took Quebec")
                .contains("What the tools computed themselves")
                .contains("codecarbon/3.3.2")
                .doesNotContain("unheard-of");
    }
}
