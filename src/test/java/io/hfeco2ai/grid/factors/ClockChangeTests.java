package io.hfeco2ai.grid.factors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.springframework.security.test.web.servlet.request.SecurityMockMvcRequestPostProcessors.csrf;
import static org.springframework.security.test.web.servlet.request.SecurityMockMvcRequestPostProcessors.user;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.multipart;

import io.hfeco2ai.experiments.Experiments;
import io.hfeco2ai.experiments.Experiments.NewMember;
import io.hfeco2ai.experiments.Experiments.StartRun;
import io.hfeco2ai.grid.Grid;
import io.hfeco2ai.grid.Grid.Operator;
import io.hfeco2ai.ledger.Ledger;
import io.hfeco2ai.ledger.Ledger.Question;
import io.hfeco2ai.metering.Metering;
import io.hfeco2ai.metering.Metering.Batch;
import io.hfeco2ai.metering.Metering.IntervalReport;
import io.hfeco2ai.teams.Teams;
import io.hfeco2ai.units.DeviceKind;
import io.hfeco2ai.units.Quality;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.LongUnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.webmvc.test.autoconfigure.AutoConfigureMockMvc;
import org.springframework.boot.webmvc.test.autoconfigure.MockMvcPrint;
import org.springframework.mock.web.MockMultipartFile;
import org.springframework.test.web.servlet.assertj.MockMvcTester;
import org.springframework.test.web.servlet.request.MockMultipartHttpServletRequestBuilder;

/**
 * A day with a clock change in three zones, from a file in local time to the emissions of a run: worked out by hand, and
 * the same to the microgram (1e-9 kg).
 */
@SpringBootTest(
        properties = {
            "hfeco2ai.sampler.enabled=false",
            "hfeco2ai.metering.max-age=36500d",
            "spring.datasource.url=jdbc:h2:mem:clock-change;MODE=PostgreSQL;DATABASE_TO_LOWER=TRUE;DEFAULT_NULL_ORDERING=HIGH;DB_CLOSE_DELAY=-1"
        })
@AutoConfigureMockMvc(print = MockMvcPrint.NONE)
class ClockChangeTests {

    private static final long HOUR_MS = 3_600_000;
    private static final long JOULES_TO_MICRO = 1_000_000;
    /** 0.1 kWh. */
    private static final long TENTH_UJ = 360_000 * JOULES_TO_MICRO;

    @Autowired
    MockMvcTester mvc;

    @Autowired
    Grid grid;

    @Autowired
    Experiments experiments;

    @Autowired
    Metering metering;

    @Autowired
    Ledger ledger;

    @Autowired
    Teams teams;

    /**
     * 25 hours, 02:00 twice. Hour k has (k + 1) × 0.1 kWh at 100 + 10 k g/kWh: 0.1 × (110 × 300 + 100 × 25 + 10 × 4900) =
     * 8450 g, times the PUE of 1.2.
     */
    @Test
    void aDayOf25HoursCountsTheDoubledHourTwice() throws Exception {
        List<String> rows = new ArrayList<>();
        for (int k = 0; k < 25; k++) {
            int wall = k < 3 ? k : k - 1;
            rows.add(at("2025-10-26", wall, 0, k < 3 ? "+02:00" : "+01:00") + "," + (100 + 10 * k));
        }
        assertEmissions("DE", "1.2", rows, 25, k -> (k + 1) * TENTH_UJ, 10_140_000_000L);
    }

    /** 23 hours, no 02:00. Each has 0.2 kWh, hour k at 300 + 5 k g/kWh: 0.2 × (23 × 300 + 5 × 253) = 1633 g; no PUE. */
    @Test
    void aDayOf23HoursHasNoneToSpare() throws Exception {
        List<String> rows = new ArrayList<>();
        for (int k = 0; k < 23; k++) {
            int wall = k < 2 ? k : k + 1;
            rows.add(at("2025-03-09", wall, 0, k < 2 ? "-08:00" : "-07:00") + "," + (300 + 5 * k));
        }
        assertEmissions("US-CAL-CISO", null, rows, 23, k -> 2 * TENTH_UJ, 1_633_000_000L);
    }

    /**
     * Lord Howe Island moves by half an hour, from +10:30 to +11:00: 47 half hours at 200 + 2 j g/kWh, from 13:30 UTC on. UTC
     * hour 0 has one of them (200), hour i the mean of two (199 + 4 i). Each has 0.5 kWh: 0.5 × (200 + 23 × 199 + 4 × 276) =
     * 2940.5 g, times the PUE of 1.5.
     */
    @Test
    void halfHoursThatDoNotFitUtcBecomeMeansOfUtcHours() throws Exception {
        List<String> rows = new ArrayList<>();
        for (int j = 0; j < 47; j++) {
            int half = j < 4 ? j : j + 1;
            rows.add(at("2025-10-05", half / 2, half % 2 * 30, j < 4 ? "+10:30" : "+11:00") + "," + (200 + 2 * j));
        }
        assertThat(OffsetDateTime.parse(rows.get(0).split(",")[0]).toInstant())
                .isEqualTo(Instant.parse("2025-10-04T13:30:00Z"));
        assertEmissions("AU-NSW", "1.5", rows, 24, i -> 5 * TENTH_UJ, 4_410_750_000L);
    }

    private static String at(String day, int hour, int minute, String offset) {
        return String.format("%sT%02d:%02d%s", day, hour, minute, offset);
    }

    /** @param microjoules by the number of the UTC hour */
    private void assertEmissions(
            String zone,
            @Nullable String pue,
            List<String> rows,
            int hours,
            LongUnaryOperator microjoules,
            long micrograms)
            throws Exception {
        imported(zone, rows);
        String node = "node-in-" + zone;
        grid.assignNode(
                node,
                grid.createSite("Site in " + zone, Operator.OWN, zone, pue == null ? null : new BigDecimal(pue))
                        .id());
        long startMs =
                OffsetDateTime.parse(rows.get(0).split(",")[0]).toInstant().toEpochMilli() / HOUR_MS * HOUR_MS;
        String run = run(node, startMs, startMs + hours * HOUR_MS);
        List<IntervalReport> intervals = new ArrayList<>();
        for (int i = 0; i < hours; i++) {
            intervals.add(interval(startMs + i * HOUR_MS, microjoules.applyAsLong(i)));
        }
        assertThat(metering.record(new Batch(node, "boot", null, "client:test/1", false, intervals, List.of()))
                        .accepted())
                .isEqualTo(hours);
        ledger.settle(run);
        Ledger.Footprint footprint = ledger.footprint(Question.ofRun(run, false));
        assertThat(Objects.requireNonNull(footprint.emissions()).micrograms())
                .as(zone)
                .isEqualTo(micrograms);
        assertThat(footprint.factors())
                .as("each hour has its own value")
                .allSatisfy(use -> assertThat(use.fallback()).isFalse());
    }

    private void imported(String zone, List<String> rows) throws Exception {
        StringBuilder csv = new StringBuilder("zone,from,g_per_kwh\n");
        rows.forEach(row -> csv.append(zone).append(',').append(row).append('\n'));
        MockMultipartHttpServletRequestBuilder form = multipart("/grid/import")
                .file(new MockMultipartFile(
                        "file", "f.csv", "text/csv", csv.toString().getBytes(StandardCharsets.UTF_8)));
        Map.of(
                        "method", "average",
                        "basis", "direct",
                        "gas", "CO2e",
                        "gwp", "AR6",
                        "perspective", "consumption",
                        "source", "Hand-worked",
                        "edition", "1",
                        "licence", "internal",
                        "url", "",
                        "adopt", "on")
                .forEach(form::param);
        var answer = mvc.perform(form.with(user("admin").roles("ADMIN")).with(csrf()));
        assertThat(answer).as(answer.getResponse().getContentAsString()).hasStatus(200);
    }

    private String run(String node, long startMs, long endMs) {
        Instant start = Instant.ofEpochMilli(startMs);
        String team = teams.defaultTeam().id();
        String run = experiments
                .start(new StartRun(
                        team,
                        "p",
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
                .run()
                .id();
        experiments.finish(team, run, "FINISHED", Instant.ofEpochMilli(endMs));
        return run;
    }

    private static IntervalReport interval(long startMs, long microjoules) {
        return new IntervalReport(
                "meter",
                DeviceKind.NODE,
                null,
                startMs,
                startMs + HOUR_MS,
                microjoules,
                null,
                Quality.MEASURED,
                "meter",
                null,
                startMs / 1000,
                null,
                null,
                null);
    }
}
