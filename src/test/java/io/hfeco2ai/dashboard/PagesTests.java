package io.hfeco2ai.dashboard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.springframework.security.test.web.servlet.request.SecurityMockMvcRequestPostProcessors.csrf;
import static org.springframework.security.test.web.servlet.request.SecurityMockMvcRequestPostProcessors.user;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.get;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.post;

import io.hfeco2ai.experiments.Experiments;
import io.hfeco2ai.experiments.Experiments.NewMember;
import io.hfeco2ai.experiments.Experiments.Run;
import io.hfeco2ai.experiments.Experiments.StartRun;
import io.hfeco2ai.experiments.Experiments.Started;
import io.hfeco2ai.grid.Grid;
import io.hfeco2ai.ledger.Ledger;
import io.hfeco2ai.ledger.Ledger.Footprint;
import io.hfeco2ai.metering.Metering;
import io.hfeco2ai.metering.Metering.Batch;
import io.hfeco2ai.metering.Metering.IntervalReport;
import io.hfeco2ai.platform.Conflict;
import io.hfeco2ai.teams.Teams;
import io.hfeco2ai.units.DeviceKind;
import io.hfeco2ai.units.Quality;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.webmvc.test.autoconfigure.AutoConfigureMockMvc;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.test.web.servlet.assertj.MockMvcTester;
import org.springframework.test.web.servlet.assertj.MvcTestResult;
import org.springframework.test.web.servlet.request.MockHttpServletRequestBuilder;

/** The pages as a signed-in person gets them, in the whole application. */
@SpringBootTest(
        properties =
                "spring.datasource.url=jdbc:h2:mem:pages;MODE=PostgreSQL;DATABASE_TO_LOWER=TRUE;DEFAULT_NULL_ORDERING=HIGH;DB_CLOSE_DELAY=-1")
@AutoConfigureMockMvc
class PagesTests {

    private static final Instant START =
            Instant.now().truncatedTo(ChronoUnit.HOURS).minus(5, ChronoUnit.HOURS);

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
    Grid grid;

    @Autowired
    JdbcClient jdbc;

    @Test
    void aRunShowsItsEnergyAndWhyItsEmissionsAreUnknown() throws Exception {
        Started started = measuredRun("tiny-bert", "node-a");

        assertThat(page("/runs/" + started.run().id()))
                .contains("tiny-bert")
                .contains(">100</span><span class=\"unit\" data-unit>Wh")
                .contains("Unknown until the zone of the site is set.")
                .contains("modelled ±30")
                .contains("This run was given its whole node.")
                .contains("{\"type\":\"power\"")
                .contains("learning_rate")
                .contains("/reports?standard=MODEL_CARD")
                .contains("run=" + started.run().id())
                .contains("Method 2.");
    }

    @Test
    void aRunThatIsLostIsShownAndMarkedAsFinishedWhenItsNodeWasLastHeardOf() throws Exception {
        Started lost = startedRun("lost", "node-lost");
        metering.record(new Batch("node-lost", "boot", null, "client:test/1", false, hourOf(360_000_000L), List.of()));
        String url = "/runs/" + lost.run().id();

        assertThat(page(url)).contains("Nothing has been heard of this run").contains("Mark as finished");
        assertThat(send(post(url + "/finish"))).hasRedirectedUrl(url);
        assertThat(send(post(url + "/finish"))).hasRedirectedUrl(url);

        Run ended = experiments.find(lost.run().id()).orElseThrow();
        assertThat(ended.status()).isEqualTo("KILLED");
        assertThat(ended.endedAt()).isEqualTo(START.plus(1, ChronoUnit.HOURS));
        assertThat(page(url)).doesNotContain("Nothing has been heard").doesNotContain("Mark as finished");
    }

    @Test
    void aRunWhoseProcessIsGoneEndsAndItsClientMayStillSayHow() {
        Started started = startedRun("gone", "node-gone");
        String run = started.run().id();
        String team = teams.defaultTeam().id();
        String other = experiments.addMember(team, run, new NewMember("node-gone-2", "boot", 1, 7L, List.of(), START));
        Instant lastSeen = START.plus(30, ChronoUnit.MINUTES);

        experiments.lost(Objects.requireNonNull(started.memberId()), lastSeen.minusSeconds(60));
        assertThat(experiments.find(run).orElseThrow().status()).isEqualTo("RUNNING");
        experiments.lost(other, lastSeen);
        experiments.lost(other, lastSeen.plusSeconds(9));
        Run ended = experiments.find(run).orElseThrow();
        assertThat(ended.status()).isEqualTo("KILLED");
        assertThat(ended.endedAt()).isEqualTo(lastSeen);
        assertThat(experiments.detail(run).tags()).containsKey("hfeco2ai.ended");

        assertThat(experiments.finish(team, run, "FAILED", null).status()).isEqualTo("FAILED");
        assertThat(experiments.detail(run).run().endedAt()).isEqualTo(lastSeen);
        assertThat(experiments.detail(run).tags()).isEmpty();
        assertThatThrownBy(() -> experiments.finish(team, run, "FINISHED", null))
                .isInstanceOf(Conflict.class);
    }

    @Test
    void law2LedgerApiAndPagesShowTheSameFigures() throws Exception {
        grid.createSite("Law 2", Grid.Operator.OWN, "DE", new BigDecimal("1.37"));
        grid.assignNode("node-law2", "law-2");
        String team = teams.defaultTeam().id();
        Instant from = START.plusSeconds(7);
        Started started = startedRun("law-two", "node-law2", "law2-experiment", from);
        metering.record(
                new Batch("node-law2", "boot", null, "client:test/1", false, hourOf(359_999_876_543L), List.of()));
        experiments.finish(team, started.run().id(), "FINISHED", START.plusSeconds(3000));
        ledger.settle(started.run().id());

        Footprint asked = ledger.footprint(Ledger.Question.ofRun(started.run().id(), false));
        assertThat(asked.energy().isZero()).isFalse();
        String energy = asked.energy().microjoules().toString();
        String emissions =
                Objects.requireNonNull(asked.emissions()).micrograms().toString();
        String id = started.run().id();
        String runPage = page("/runs/" + id);
        assertThat(exact(runPage, "energy-uj")).isEqualTo(energy);
        assertThat(exact(runPage, "emissions-ug")).isEqualTo(emissions);
        for (String list : List.of("/", "/runs?text=law-two", "/experiments?text=law2")) {
            String page = page(list);
            String row = page.substring(page.indexOf(list.startsWith("/exp") ? ">law2-experiment<" : ">law-two<"));
            assertThat(exact(row, "energy-uj")).as(list).isEqualTo(energy);
            assertThat(exact(row, "emissions-ug")).as(list).isEqualTo(emissions);
        }
        String token = teams.create(team, "law2").secret();
        for (String call : List.of("/runs/" + id + "/footprint", "/footprint?experiment=law2-experiment")) {
            // A container tells the path without the query as servlet path; the API's security goes by it.
            String json = text(mvc.perform(get("/api/v1" + call)
                    .servletPath("/api/v1" + call.replaceFirst("\\?.*", ""))
                    .header("Authorization", "Bearer " + token)));
            assertThat(number(json, "energy_kwh"))
                    .as(call)
                    .isEqualTo(asked.energy().kilowattHours());
            assertThat(number(json, "emissions_kg_co2e"))
                    .as(call)
                    .isEqualTo(Objects.requireNonNull(asked.emissions()).kilograms());
        }
        Instant midnight = Instant.now().truncatedTo(ChronoUnit.DAYS);
        Footprint today = ledger.footprint(
                new Ledger.Question(null, null, null, null, null, midnight.toEpochMilli(), null, false));
        // Soon after midnight there is none yet, and no figure is shown for it.
        assertThat(first(page("/"), "aria-labelledby=\"today-title\"([^>]*)>"))
                .isEqualTo(
                        today.energy().isZero()
                                ? ""
                                : " data-energy-uj=\"" + today.energy().microjoules() + "\""
                                        + (today.emissions() == null
                                                ? ""
                                                : " data-emissions-ug=\""
                                                        + today.emissions().micrograms() + "\""));
    }

    private static String exact(String page, String name) {
        return first(page, "data-" + name + "=\"(\\d+)\"");
    }

    private static double number(String json, String field) {
        return Double.parseDouble(first(json, "\"" + field + "\":([-+.0-9E]+)"));
    }

    private static String first(String text, String pattern) {
        Matcher matcher = Pattern.compile(pattern).matcher(text);
        assertThat(matcher.find()).as(pattern).isTrue();
        return matcher.group(1);
    }

    @Test
    void theNodeThatThisServerMeasuresShowsWhatItsSensorsFound() throws Exception {
        String node = metering.nodes().stream()
                .filter(Metering.Node::embedded)
                .map(Metering.Node::id)
                .findFirst()
                .orElseThrow();
        Metering.Sensing sensing = Objects.requireNonNull(metering.sensing(node));

        assertThat(sensing.findings()).isNotEmpty();
        assertThat(page("/nodes/" + node))
                .contains("What the sensors found")
                .contains("Clock jumps")
                .contains(sensing.findings().get(0).source());
        assertThat(metering.sensing("another")).isNull();
    }

    @Test
    void aRunDrawsWhatItsNewestPieceShows() {
        Started now =
                startedRun("now", "node-now", "pages-experiment", Instant.now().minusSeconds(90));
        assertThat(metering.powerNow(now.run().id())).isNull();
        long startMs = Instant.now().minusSeconds(80).toEpochMilli();
        metering.record(new Batch(
                "node-now",
                "boot",
                null,
                "client:test/1",
                false,
                List.of(report(0, startMs, startMs + 60_000, 6_000_000_000L)),
                List.of()));
        ledger.settle(now.run().id());
        assertThat(metering.powerNow(now.run().id())).isEqualTo(100.0);
    }

    @Test
    void listsFindARunAndSayWhenNothingMatches() throws Exception {
        measuredRun("needle-in-the-list", "node-b");

        assertThat(page("/runs?text=needle")).contains("needle-in-the-list").contains("100\u00a0Wh");
        assertThat(page("/runs?text=no-such-thing")).contains("No run matches");
        assertThat(page("/runs?status=FAILED")).doesNotContain("needle-in-the-list");
        assertThat(page("/runs?text=%22%3E%3Cb%3E")).doesNotContain("\"><b>");
    }

    @Test
    void anExperimentComparesItsRuns() throws Exception {
        measuredRun("first", "node-c");
        Started second = measuredRun("second", "node-d");

        assertThat(page("/experiments")).contains("pages-experiment");
        assertThat(page("/experiments/" + second.run().experimentId()))
                .contains("{\"type\":\"bars\"")
                .contains("second");
    }

    @Test
    void aRunWithoutAnyReadingShowsADashAndNoZero() throws Exception {
        Started started = experiments.start(new StartRun(
                teams.defaultTeam().id(),
                "empty",
                "empty",
                "silent",
                null,
                null,
                START,
                Map.of(),
                Map.of(),
                false,
                null,
                null));

        assertThat(page("/runs/" + started.run().id()))
                .contains("No energy is recorded yet.")
                .contains("It claimed no node")
                .doesNotContain(">0</span><span class=\"unit\" data-unit>Wh");
    }

    @Test
    void theRefreshingPartComesAloneWhenHtmxAsks() throws Exception {
        Started started = measuredRun("part", "node-e");

        for (String url :
                List.of("/", "/runs", "/runs/" + started.run().id(), "/experiments", "/nodes", "/nodes/node-e")) {
            String part = text(send(get(url).header("HX-Request", "true")));
            assertThat(part)
                    .as(url)
                    .doesNotContain("<html")
                    .doesNotContain("??")
                    .contains("<section");
        }
    }

    @Test
    void aNodeIsCalibratedOrToldWhyNot() throws Exception {
        measuredRun("on-f", "node-f");

        assertThat(page("/nodes")).contains("node-f");
        assertThat(page("/nodes/node-f")).contains("Calibrate the load model").contains("cpu-model");
        MvcTestResult wrong =
                send(post("/nodes/node-f/calibration").param("boundary", "CHIP").param("idleWatts", "9"));
        assertThat(wrong).hasRedirectedUrl("/nodes/node-f");
        assertThat(wrong.getMvcResult().getFlashMap().get("problem")).asString().contains("all four figures");
        MvcTestResult right = send(post("/nodes/node-f/calibration")
                .param("boundary", "CHIP")
                .param("idleWatts", "9")
                .param("watts20", "30")
                .param("watts50", "50")
                .param("watts100", "70.5"));
        assertThat(right).hasRedirectedUrl("/nodes/node-f");
        assertThat(page("/nodes/node-f")).contains("value=\"70.5\"");
    }

    @Test
    void aDeviceIsDeclaredOff() throws Exception {
        measuredRun("on-g", "node-g");
        long device = metering.node("node-g").orElseThrow().devices().get(0).id();

        assertThat(send(post("/nodes/node-g/devices/{device}/off", device))).hasRedirectedUrl("/nodes/node-g");
        assertThat(metering.node("node-g").orElseThrow().devices().get(0).off()).isTrue();
    }

    @Test
    void aNodeIsReleasedFromItsTeam() throws Exception {
        measuredRun("on-r", "node-r");
        assertThat(page("/nodes/node-r")).doesNotContain("/nodes/node-r/release");
        jdbc.sql("UPDATE node SET agent_team_id = ? WHERE id = 'node-r'")
                .param(teams.defaultTeam().id())
                .update();
        assertThat(page("/nodes/node-r")).contains("action=\"/nodes/node-r/release\"");
        MvcTestResult released = send(post("/nodes/node-r/release"));
        assertThat(released).hasRedirectedUrl("/nodes/node-r");
        assertThat(released.getMvcResult().getFlashMap().get("done")).isEqualTo("released");
        assertThat(page("/nodes/node-r")).doesNotContain("/nodes/node-r/release");
    }

    @Test
    void homeShowsTodayAndAsksForTheZone() throws Exception {
        assertThat(page("/"))
                .contains("Power now")
                .contains("Site “Default site” has no zone.")
                .contains("href=\"/sites\"");
    }

    @Test
    void whatDoesNotExistIsNotFound() {
        for (String url : List.of("/runs/nothing", "/experiments/nothing", "/nodes/nothing")) {
            assertThat(send(get(url))).as(url).hasStatus(404);
        }
    }

    private Started measuredRun(String name, String node) {
        Started started = startedRun(name, node);
        metering.record(new Batch(node, "boot", node, "client:test/1", false, hourOf(360_000_000_000L), List.of()));
        experiments.finish(teams.defaultTeam().id(), started.run().id(), "FINISHED", START.plus(1, ChronoUnit.HOURS));
        ledger.settle(started.run().id());
        return started;
    }

    private Started startedRun(String name, String node) {
        return startedRun(name, node, "pages-experiment", START);
    }

    private Started startedRun(String name, String node, String experiment, Instant at) {
        return experiments.start(new StartRun(
                teams.defaultTeam().id(),
                "pages",
                experiment,
                name,
                null,
                null,
                at,
                Map.of(),
                Map.of("learning_rate", "3e-5"),
                false,
                new NewMember(node, "boot", 0, null, List.of(), at),
                null));
    }

    /** Six intervals of ten minutes. */
    private static List<IntervalReport> hourOf(long energyUj) {
        return LongStream.range(0, 6)
                .mapToObj(i -> report(
                        i, START.toEpochMilli() + i * 600_000, START.toEpochMilli() + (i + 1) * 600_000, energyUj / 6))
                .toList();
    }

    private static IntervalReport report(long seq, long startMs, long endMs, long energyUj) {
        return new IntervalReport(
                "model:cpu",
                DeviceKind.CPU,
                "CPU",
                startMs,
                endMs,
                energyUj,
                null,
                Quality.MODELLED,
                "cpu-model",
                null,
                seq,
                0.3,
                null,
                null);
    }

    private String page(String url) throws Exception {
        MvcTestResult result = send(get(url));
        assertThat(result).as(url).hasStatusOk();
        String text = text(result);
        assertThat(text).as("a text that is not written").doesNotContain("??");
        return text;
    }

    private static String text(MvcTestResult result) throws Exception {
        return result.getResponse().getContentAsString();
    }

    private MvcTestResult send(MockHttpServletRequestBuilder request) {
        return mvc.perform(request.with(user("admin").roles("ADMIN")).with(csrf()));
    }
}
