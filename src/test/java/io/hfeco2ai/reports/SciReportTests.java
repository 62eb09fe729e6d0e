package io.hfeco2ai.reports;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.get;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.post;

import io.hfeco2ai.experiments.Experiments.Progress;
import io.hfeco2ai.experiments.Experiments.Run;
import io.hfeco2ai.ledger.embodied.Embodied;
import io.hfeco2ai.reports.Report.Figure;
import io.hfeco2ai.reports.Report.State;
import io.hfeco2ai.units.Quality;
import java.time.LocalDate;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

/** The SCI report in the whole application: its formula holds, and it has no score where a term is not known. */
class SciReportTests extends ReportsInTheApplication {

    private static final double CLOSE = 1e-5;

    @Autowired
    Embodied embodied;

    private Run ended(double kilowattHours, boolean known) {
        String node = "node-" + UUID.randomUUID();
        Run run = spent("p", kilowattHours, HOUR, node, Quality.MEASURED);
        experiments.progress(team, run.id(), new Progress(1L, null, 500L, 4_000L, Map.of()));
        experiments.finish(team, run.id(), "FAILED", HOUR.plusSeconds(660));
        if (known) {
            jdbc.sql("INSERT INTO node_embodied (node_id, bought_on, life_months, embodied_ug, source, changed_ms)"
                            + " VALUES (?, ?, 48, 1000000000000, 'test', 0)")
                    .params(node, LocalDate.now(java.time.ZoneOffset.UTC).minusYears(1))
                    .update();
        }
        ledger.settle(run.id());
        return run;
    }

    private static double amount(Report report, String label) {
        return Objects.requireNonNull(figure(report, label).amount()).doubleValue();
    }

    @Test
    void theScoreIsItsFormulaAndFailedRunsCount() throws Exception {
        ended(0.8, true);
        ended(0.4, true);
        ReportRequest request = request(Standard.SCI, Map.of());
        Report report = made(request);
        double energy = amount(report, "Energy used and reserved, E");
        double intensity = amount(report, "Carbon intensity, I");
        double grams = amount(report, "Embodied emissions, M");
        assertThat(energy).isEqualTo(1.2);
        assertThat(grams)
                .isCloseTo(embodied.share(request.question()).known().grams(), within(CLOSE))
                .isGreaterThan(1);
        assertThat(amount(report, "Functional units, R: run")).isEqualTo(2);
        assertThat(amount(report, "SCI score")).isCloseTo((energy * intensity + grams) / 2, within(0.01));
        assertThat(figure(report, "SCI score").unit()).isEqualTo("gCO2eq per run");
        assertThat(figure(report, "SCI score").state()).isEqualTo(State.ESTIMATED);
        assertThat(table(report, "Runs").rows())
                .hasSize(2)
                .allSatisfy(row -> assertThat(row).extracting(Report.Cell::text).contains("failed"));
    }

    /** 50 J: what is shown as 0.000014 kWh and 0.005 g is not what the score is made of. */
    @Test
    void aRunOfSecondsHasTheIntensityOfItsGridToo() throws Exception {
        ended(50 / 3.6e6, true);
        Report report = made(request(Standard.SCI, Map.of()));
        double factor = grid.factorOfZone("DE", HOUR.toEpochMilli())
                .orElseThrow()
                .gramsPerKwh()
                .doubleValue();
        assertThat(amount(report, "Carbon intensity, I")).isCloseTo(factor, within(0.1));
        assertThat(amount(report, "Operational part of it")).isCloseTo(50 / 3.6e6 * factor, within(1e-6));
    }

    /** A sweep's middle holds no energy of its own: its trials are parts of the sweep all the same. */
    @Test
    void aGrandchildIsAPartOfItsGrandparent() throws Exception {
        Run grandparent = ended(0.8, true);
        Run child = ended(0.4, true);
        Run middle = experiments
                .start(new io.hfeco2ai.experiments.Experiments.StartRun(
                        team, "p", "e", null, null, grandparent.id(), HOUR, Map.of(), Map.of(), false, null, null))
                .run();
        jdbc.sql("UPDATE run SET parent_id = ? WHERE id = ?")
                .params(middle.id(), child.id())
                .update();
        assertThat(amount(made(request(Standard.SCI, Map.of())), "Functional units, R: run"))
                .isEqualTo(1);
    }

    @Test
    void contractsDoNotChangeIt() throws Exception {
        ended(1, true);
        Figure intensity = figure(made(request(Standard.SCI, Map.of())), "Carbon intensity, I");
        double factor = grid.factorOfZone("DE", HOUR.toEpochMilli())
                .orElseThrow()
                .gramsPerKwh()
                .doubleValue();
        assertThat(Objects.requireNonNull(intensity.amount()).doubleValue()).isCloseTo(factor, within(0.01));
        assertThat(intensity.how()).contains("location-based");
    }

    @Test
    void tokensAndHoursAreUnitsToo() throws Exception {
        ended(0.8, true);
        ended(0.4, true);
        assertThat(amount(made(request(Standard.SCI, Map.of("per", "tokens"))), "Functional units, R: 1,000 tokens"))
                .isEqualTo(8);
        assertThat(amount(made(request(Standard.SCI, Map.of("per", "samples"))), "Functional units, R: 1,000 samples"))
                .isEqualTo(1);
        assertThat(amount(made(request(Standard.SCI, Map.of("per", "run-hour"))), "Functional units, R: hour of a run"))
                .isCloseTo(2.0 / 6, within(CLOSE));
    }

    @Test
    void withoutEmbodiedCarbonThereIsNoScoreButItsCure() throws Exception {
        ended(0.8, true);
        ended(0.4, false);
        Report report = made(request(Standard.SCI, Map.of()));
        Figure score = figure(report, "SCI score");
        assertThat(score.state()).isEqualTo(State.MISSING);
        assertThat(score.amount()).isNull();
        assertThat(score.how()).contains("1 of 2 nodes has no embodied figure").contains("set it");
        assertThat(figure(report, "Operational part of it").amount()).isPositive();
    }

    @Test
    void aRunThatSaysNoTokensMakesNoScoreForEachToken() throws Exception {
        ended(0.8, true);
        spent("p", 0.4, HOUR);
        Report report = made(request(Standard.SCI, Map.of("per", "tokens")));
        assertThat(figure(report, "SCI score").state()).isEqualTo(State.MISSING);
        assertThat(figure(report, "SCI score").how()).contains("choose a period that holds them whole");
        Report none = made(request(Standard.SCI, Map.of("experiment", "none")));
        assertThat(figure(none, "SCI score").how()).contains("No run used energy");
    }

    @Test
    void theFormAsksWhatTheStandardNeedsAndNothingElse() throws Exception {
        assertThat(body(get("/reports?standard=SCI"), 200))
                .contains("name=\"per\"")
                .doesNotContain("name=\"colocation\"", "<option value=\"\"");
        assertThat(body(get("/reports"), 200)).contains("name=\"colocation\"").doesNotContain("name=\"per\"");
        assertThat(body(get("/reports?standard=x&from=%22%3E"), 200)).doesNotContain("value=\"\">\"");
        assertThat(body(get("/reports?standard=SCI&run=r1&per=tokens"), 200))
                .containsPattern("id=\"run\"[^>]*value=\"r1\"")
                .containsPattern("value=\"tokens\"[^>]*selected");
        String day = HOUR.toString().substring(0, 10);
        assertThat(body(asked(day).param("scope", ""), 400)).contains("choose a team or a project");
        assertThat(body(asked(day).param("scope", team).param("per", "x"), 400)).contains("Choose one of run");
        assertThat(body(asked(day).param("scope", team).param("experiment", "x"), 400))
                .contains("no such experiment");
        assertThat(body(asked(day).param("scope", team).param("run", "x"), 400)).contains("no such run");
        Run run = ended(0.2, false);
        ended(0.3, false);
        String url = Objects.requireNonNull(
                perform(asked(day).param("scope", team).param("experiment", "e").param("run", run.id()))
                        .getResponse()
                        .getRedirectedUrl());
        Report report = made(url.substring("/reports/".length()));
        assertThat(report.scope()).contains("experiment e").contains(run.name());
        assertThat(amount(report, "Energy used and reserved, E")).isEqualTo(0.2);
        assertThat(body(get(url + "/entries"), 200)).contains("0.2").doesNotContain("0.3<");
    }

    private static org.springframework.test.web.servlet.request.MockHttpServletRequestBuilder asked(String day) {
        return post("/reports").param("standard", "SCI").param("from", day).param("to", day);
    }
}
