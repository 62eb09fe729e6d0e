package io.hfeco2ai.reports;

import static org.assertj.core.api.Assertions.assertThat;
import static org.springframework.security.test.web.servlet.request.SecurityMockMvcRequestPostProcessors.csrf;
import static org.springframework.security.test.web.servlet.request.SecurityMockMvcRequestPostProcessors.user;

import io.hfeco2ai.experiments.Experiments;
import io.hfeco2ai.experiments.Experiments.NewMember;
import io.hfeco2ai.experiments.Experiments.Run;
import io.hfeco2ai.experiments.Experiments.StartRun;
import io.hfeco2ai.grid.Grid;
import io.hfeco2ai.ledger.Ledger;
import io.hfeco2ai.metering.Metering;
import io.hfeco2ai.metering.Metering.Batch;
import io.hfeco2ai.metering.Metering.IntervalReport;
import io.hfeco2ai.units.DeviceKind;
import io.hfeco2ai.units.Quality;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
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
            "spring.datasource.url=jdbc:h2:mem:reports;MODE=PostgreSQL;DATABASE_TO_LOWER=TRUE;DEFAULT_NULL_ORDERING=HIGH;DB_CLOSE_DELAY=-1",
            "hfeco2ai.data=target/test-data",
            "hfeco2ai.sampler.enabled=false",
            "hfeco2ai.site.zone=DE"
        })
@AutoConfigureMockMvc(print = MockMvcPrint.NONE)
abstract class ReportsInTheApplication {

    /** Long enough ago to be one span of whole hours, recent enough to be in the period of every test. */
    static final Instant HOUR = Instant.now().truncatedTo(ChronoUnit.HOURS).minus(Duration.ofHours(5));

    @Autowired
    MockMvcTester mvc;

    @Autowired
    Reports reports;

    @Autowired
    Experiments experiments;

    @Autowired
    Metering metering;

    @Autowired
    Ledger ledger;

    @Autowired
    Grid grid;

    @Autowired
    JdbcClient jdbc;

    String team = "";
    String admin = "";

    @BeforeEach
    void ateam() {
        team = UUID.randomUUID().toString().replace("-", "");
        jdbc.sql("INSERT INTO team (id, name, created_at) VALUES (?, ?, ?)")
                .params(team, "team " + team, OffsetDateTime.now(ZoneOffset.UTC))
                .update();
        admin = jdbc.sql("SELECT id FROM app_user WHERE username = 'admin'")
                .query(String.class)
                .single();
    }

    /** A run of ten minutes in that hour on a node of its own. */
    Run spent(String project, double kilowattHours, Instant hour) {
        return spent(project, kilowattHours, hour, "node-" + UUID.randomUUID(), Quality.MEASURED);
    }

    Run spent(String project, double kilowattHours, Instant hour, String node, Quality quality) {
        Instant start = hour.plusSeconds(60);
        Instant end = start.plusSeconds(600);
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
                quality,
                "meter",
                null,
                start.toEpochMilli() / 1000,
                null,
                null,
                null);
        assertThat(metering.record(new Batch(node, "boot", null, "client:test/1", false, List.of(report), List.of()))
                        .rejected())
                .isEmpty();
        ledger.settle(run.id());
        return run;
    }

    /** Of the test's team, for the two days around {@link #HOUR}. */
    ReportRequest request(Standard standard, Map<String, String> options) {
        return new ReportRequest(standard, team, null, dayMs(-1), dayMs(1), options);
    }

    static long dayMs(int after) {
        return LocalDate.ofInstant(HOUR, ZoneOffset.UTC)
                .plusDays(after)
                .atStartOfDay(ZoneOffset.UTC)
                .toInstant()
                .toEpochMilli();
    }

    Report made(ReportRequest request) throws InterruptedException {
        return made(reports.ask(request, admin));
    }

    Report made(String id) throws InterruptedException {
        Instant until = Instant.now().plus(Duration.ofSeconds(30));
        Reports.Listed listed = reports.find(id).orElseThrow();
        while (List.of("WAITING", "MAKING").contains(listed.state())) {
            assertThat(Instant.now()).as("%s", listed).isBefore(until);
            Thread.sleep(50);
            listed = reports.find(id).orElseThrow();
        }
        assertThat(listed.state()).as("%s", listed).isEqualTo("READY");
        return reports.report(id);
    }

    /** A yearly factor beside those that price hours. */
    void factor(String zone, int year, String basis, String gramsPerKwh) {
        jdbc.sql(
                        "INSERT INTO factor (id, zone, from_ms, to_ms, g_per_kwh, method, basis, gas, source, edition, licence, url)"
                                + " VALUES (?, ?, ?, ?, ?, 'average', ?, 'CO2e', 'Test office', 'first', 'internal', '')")
                .params(
                        UUID.randomUUID().toString().replace("-", ""),
                        zone,
                        LocalDate.of(year, 1, 1)
                                .atStartOfDay(ZoneOffset.UTC)
                                .toInstant()
                                .toEpochMilli(),
                        LocalDate.of(year + 1, 1, 1)
                                .atStartOfDay(ZoneOffset.UTC)
                                .toInstant()
                                .toEpochMilli(),
                        new java.math.BigDecimal(gramsPerKwh),
                        basis)
                .update();
        grid.readAnew();
    }

    static Report.Figure figure(Report report, String label) {
        return report.sections().stream()
                .flatMap(section -> section.figures().stream())
                .filter(figure -> figure.label().equals(label))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no figure \"" + label + "\" in " + report));
    }

    static Report.Table table(Report report, String title) {
        return report.sections().stream()
                .flatMap(section -> section.tables().stream())
                .filter(table -> table.title().equals(title))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no table \"" + title + "\""));
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
