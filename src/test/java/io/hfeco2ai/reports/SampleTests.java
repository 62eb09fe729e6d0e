package io.hfeco2ai.reports;

import static org.assertj.core.api.Assertions.assertThat;
import static org.springframework.security.test.web.servlet.request.SecurityMockMvcRequestPostProcessors.user;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.get;

import io.hfeco2ai.experiments.Experiments.Run;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.MathContext;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;
import org.junit.jupiter.api.Test;

/** The auditor's sample of a report over real entries. */
class SampleTests extends ReportsInTheApplication {

    private String report() throws InterruptedException {
        for (int i = 1; i <= 6; i++) {
            spent("p", i * 0.5, HOUR.minus(Duration.ofHours(i % 3)));
        }
        return posted();
    }

    /** Once every hour is booked for good: open ones are booked anew beside the test. */
    private String posted() throws InterruptedException {
        Instant until = Instant.now().plus(Duration.ofSeconds(60));
        while (jdbc.sql("SELECT COUNT(*) FROM entry e JOIN run r ON r.id = e.run_id WHERE r.team_id = ?"
                                + " AND e.state = 'PROVISIONAL' AND e.hour_ms <= ?")
                        .params(team, HOUR.toEpochMilli())
                        .query(Integer.class)
                        .single()
                > 0) {
            assertThat(Instant.now()).isBefore(until);
            Thread.sleep(100);
        }
        long end = HOUR.plus(Duration.ofHours(1)).toEpochMilli();
        String id = reports.ask(new ReportRequest(Standard.GHG_SCOPE2, team, null, dayMs(-1), end, Map.of()), admin);
        made(id);
        return id;
    }

    /** In the report's days; most are of no energy: hours that were expected of a run and not observed. */
    private long entries() {
        return jdbc.sql("SELECT COUNT(*) FROM entry e JOIN run r ON r.id = e.run_id WHERE r.team_id = ?"
                        + " AND e.hour_ms <= ?")
                .params(team, HOUR.toEpochMilli())
                .query(Long.class)
                .single();
    }

    private List<CSVRecord> paper(String id, String query) throws Exception {
        String file = body(get("/reports/" + id + "/sample/paper.csv" + query), 200);
        try (CSVParser parser = CSVFormat.RFC4180
                .builder()
                .setHeader()
                .setSkipHeaderRecord(true)
                .get()
                .parse(new java.io.StringReader(file))) {
            return parser.getRecords();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void eachDrawnEntryIsFoundAgainInTheFactsOfItsHour() throws Exception {
        String id = report();
        List<CSVRecord> paper = paper(id, "?size=4&seed=first");
        assertThat(paper).hasSizeBetween(1, 4);
        assertThat(paper.stream()
                        .mapToInt(row -> Integer.parseInt(row.get("hits")))
                        .sum())
                .isEqualTo(4);
        for (CSVRecord row : paper) {
            assertThat(row.get("energy_found")).as("%s", row).isEqualTo("SAME");
            assertThat(new BigDecimal(row.get("walked_kwh")))
                    .as("%s", row)
                    .isEqualByComparingTo(row.get("energy_kwh"))
                    .isPositive();
            assertThat(row.get("facts")).isEqualTo("1");
            assertThat(row.get("report")).isEqualTo(id);
            assertThat(row.get("seed")).isEqualTo("first");
            assertThat(row.get("size")).isEqualTo("4");
            assertThat(row.get("weighed_by")).isEqualTo("location_ug");
            assertThat(row.get("entries")).isEqualTo("" + entries());
            assertThat(new BigDecimal(row.get("interval")))
                    .isBetween(
                            new BigDecimal(row.get("total")).divide(new BigDecimal("4.1"), MathContext.DECIMAL64),
                            new BigDecimal(row.get("total")));
            assertThat(row.get("ticked")).isEmpty();
        }
        assertThat(paper(id, "?size=4&seed=first").toString()).isEqualTo(paper.toString());
        assertThat(paper(id, "?size=200&seed=all")).hasSize(6);
    }

    @Test
    void anEntryThatNoLongerFitsItsFactsIsTold() throws Exception {
        Run run = spent("p", 2, HOUR);
        String id = posted();
        jdbc.sql("UPDATE entry SET energy_uj = energy_uj + 1000000000 WHERE run_id = ?")
                .param(run.id())
                .update();
        assertThat(paper(id, "")).extracting(row -> row.get("energy_found")).containsExactly("OTHER");
    }

    @Test
    void sealedFactsThatDoNotMatchTheirHashAreTold() throws Exception {
        Run run = spent("p", 2, HOUR);
        String id = posted();
        long series = jdbc.sql("SELECT s.id FROM series s JOIN device d ON d.id = s.device_id"
                        + " JOIN member m ON m.node_id = d.node_id WHERE m.run_id = ?")
                .param(run.id())
                .query(Long.class)
                .single();
        long day = HOUR.truncatedTo(ChronoUnit.DAYS).toEpochMilli();
        jdbc.sql(
                        "INSERT INTO interval_seal (series_id, day_ms, part_no, intervals, first_start_ms, last_end_ms, sha256,"
                                + " content, sealed_ms) VALUES (?, ?, 0, 1, ?, ?, 'none', ?, 0)")
                .params(series, day, day, day, new byte[] {1, 2, 3})
                .update();
        jdbc.sql("UPDATE series SET sealed_start_ms = ? WHERE id = ?")
                .params(HOUR.toEpochMilli(), series)
                .update();
        assertThat(paper(id, "")).extracting(row -> row.get("energy_found")).containsExactly("TORN");
        assertThat(body(get("/reports/" + id + "/sample"), 200)).contains("sealed facts do not match their hash");
    }

    @Test
    void thePageSaysHowItWasDrawnAndRefusesOddSizes() throws Exception {
        String id = report();
        assertThat(body(get("/reports/" + id + "/sample"), 200))
                .contains(
                        " kg; one in every ",
                        "value-weighted selection",
                        reports.find(id).orElseThrow().sha256());
        for (String size : List.of("0", "201", "many", "-1")) {
            assertThat(body(get("/reports/" + id + "/sample?size=" + size), 400))
                    .contains("Draw 1 to 200 entries.");
            body(get("/reports/" + id + "/sample/paper.csv?size=" + size), 400);
        }
        body(get("/reports/none/sample"), 404);
        jdbc.sql("INSERT INTO app_user (id, username, role, created_at) VALUES (?, ?, 'USER', NOW())")
                .params(team, "stranger-" + team)
                .update();
        assertThat(mvc.perform(get("/reports/" + id + "/sample")
                        .with(user("stranger-" + team).roles("USER"))))
                .hasStatus(404);
        assertThat(jdbc.sql("SELECT COUNT(*) FROM audit_event WHERE action = 'report.exported' AND subject_id = ?")
                        .param(id)
                        .query(Long.class)
                        .single())
                .isZero();
        paper(id, "");
        assertThat(jdbc.sql("SELECT details FROM audit_event WHERE action = 'report.exported' AND subject_id = ?")
                        .param(id)
                        .query(String.class)
                        .single())
                .contains("sample");
    }

    @Test
    void aReportWithoutEntriesHasNothingToDrawFrom() throws Exception {
        String id = reports.ask(request(Standard.GHG_SCOPE2, Map.of()), admin);
        made(id);
        assertThat(body(get("/reports/" + id + "/sample"), 200)).contains("Nothing to draw from");
        assertThat(paper(id, "")).isEmpty();
    }
}
