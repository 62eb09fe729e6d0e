package io.hfeco2ai.edge.cloud;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.springframework.security.test.web.servlet.request.SecurityMockMvcRequestPostProcessors.csrf;
import static org.springframework.security.test.web.servlet.request.SecurityMockMvcRequestPostProcessors.user;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.get;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.multipart;

import io.hfeco2ai.grid.Grid;
import io.hfeco2ai.ledger.Ledger;
import io.hfeco2ai.ledger.Ledger.Footprint;
import io.hfeco2ai.ledger.Ledger.Question;
import io.hfeco2ai.teams.Teams;
import io.hfeco2ai.units.DeviceKind;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.webmvc.test.autoconfigure.AutoConfigureMockMvc;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.mock.web.MockMultipartFile;
import org.springframework.test.web.servlet.assertj.MockMvcTester;
import org.springframework.test.web.servlet.assertj.MvcTestResult;
import org.springframework.test.web.servlet.request.AbstractMockHttpServletRequestBuilder;

/** A bill from the file to the figures of a run, in the whole application. */
@SpringBootTest(
        properties = {
            "hfeco2ai.sampler.enabled=false",
            "hfeco2ai.metering.max-age=800d",
            "spring.datasource.url=jdbc:h2:mem:cloud-use;MODE=PostgreSQL;DATABASE_TO_LOWER=TRUE;DEFAULT_NULL_ORDERING=HIGH;DB_CLOSE_DELAY=-1"
        })
@AutoConfigureMockMvc
class CloudUseTests {

    private static final String HEADER = "ChargeCategory,ChargePeriodStart,ChargePeriodEnd,ProviderName,RegionId,"
            + "ConsumedQuantity,ConsumedUnit,SkuPriceDetails,x_InstanceType,x_InstanceWatts,Tags,EffectiveCost,BillingCurrency\n";
    /** In the middle of a month that is over. */
    private static final LocalDate DAY =
            LocalDate.now(ZoneOffset.UTC).minusMonths(2).withDayOfMonth(10);

    @Autowired
    MockMvcTester mvc;

    @Autowired
    JdbcClient jdbc;

    @Autowired
    Ledger ledger;

    @Autowired
    Grid grid;

    @Autowired
    Teams teams;

    private String team = "";

    @BeforeEach
    void aTeam() {
        team = "t" + Long.toHexString(new Random().nextLong());
        jdbc.sql("INSERT INTO team (id, name, created_at) VALUES (?, ?, NOW())")
                .params(team, team)
                .update();
    }

    /** Two days of two instances, with a tag; the rest as named. */
    private static String line(String provider, String region, String hours, String unit, String rest) {
        return "Usage," + DAY + "," + DAY.plusDays(2) + "," + provider + "," + region + "," + hours + "," + unit + ","
                + rest + "\n";
    }

    private static final String V100 =
            line("AWS", "eu-west-1", "96", "Hours", ",p3.2xlarge,,\"{\"\"project\"\": \"\"vision\"\"}\",300.5,EUR");

    private MvcTestResult send(AbstractMockHttpServletRequestBuilder<?> request) {
        return mvc.perform(request.with(user("admin").roles("ADMIN")).with(csrf()));
    }

    private MvcTestResult bring(String csv) {
        return send(multipart("/cloud-use")
                .file(new MockMultipartFile("file", "bill.csv", "text/csv", csv.getBytes(StandardCharsets.UTF_8)))
                .param("team", team)
                .param("tag", "project")
                .param("project", "cloud")
                .param("utilisation", "50"));
    }

    private static String text(MvcTestResult result) throws Exception {
        return result.getResponse().getContentAsString();
    }

    private List<String> runs() {
        return jdbc.sql("SELECT id FROM run WHERE team_id = ? ORDER BY name")
                .param(team)
                .query(String.class)
                .list();
    }

    private Footprint booked() {
        runs().forEach(ledger::settle);
        return ledger.footprint(new Question(Set.of(team), null, null, null, null, null, null, false));
    }

    @Test
    void instanceHoursBecomeTheEnergyOfARunInTheProjectOfTheirTag() throws Exception {
        MvcTestResult done = bring(HEADER + V100);
        assertThat(text(done)).contains("1 of 1 lines of use became energy").doesNotContain("??");
        Footprint footprint = booked();
        // At half load: processors, memory, GPU and the rest of the machine, 96 hours.
        assertThat(footprint.energy().microjoules())
                .isEqualTo(BigInteger.valueOf(Math.round((22.82 + 24.4 + 225.7 + 6.4) * 100) * 96L * 36_000_000L));
        assertThat(footprint.modelled()).isEqualTo(footprint.energy());
        assertThat(footprint.coverageRatio()).isEqualTo(1);
        assertThat(ledger.uncertainty(new Question(Set.of(team), null, null, null, null, null, null, false))
                        .energyRatio())
                .as("the load that was assumed errs alike in all devices")
                .isCloseTo(1, within(1e-9));
        assertThat(footprint.byDeviceKind()).containsOnlyKeys("CPU", "GPU", "RAM", "REST");
        double factor = grid.factorOfZone(
                        "IE", DAY.atStartOfDay(ZoneOffset.UTC).toInstant().toEpochMilli())
                .orElseThrow()
                .gramsPerKwh()
                .doubleValue();
        assertThat(Objects.requireNonNull(footprint.emissions()).grams())
                .isCloseTo(279.32 * 96 / 1000 * factor, within(0.01));
        String run = runs().get(0);
        assertThat(text(send(get("/runs/" + run))))
                .doesNotContain("given its whole node")
                .contains("p3.2xlarge, eu-west-1", "vision", "no counter was read")
                .doesNotContain("??");
        assertThat(jdbc.sql("SELECT operator FROM site WHERE name = 'AWS eu-west-1'")
                        .query(String.class)
                        .single())
                .isEqualTo("CLOUD");

        assertThat(bring(HEADER + V100)).hasStatus(409);
        String other = HEADER + V100.replace(",96,", ",48,");
        assertThat(text(bring(other))).contains("are known from another bill");
        assertThat(booked().energy()).isEqualTo(footprint.energy());
    }

    @Test
    void whatABillCannotTellIsCountedAndNotGuessed() throws Exception {
        String bill = HEADER
                + V100
                + line(
                        "Microsoft",
                        "westeurope",
                        "10",
                        "Hours",
                        "\"{\"\"CoreCount\"\": 4, \"\"MemorySize\"\": 16}\",,,,50,EUR")
                + line("Google Cloud", "europe-west4", "1", "Hours", ",a2-highgpu-1g,400,,49.5,EUR")
                + line("AWS", "eu-west-1", "3", "Hours", ",p5.48xlarge,,,500,EUR")
                + line("AWS", "eu-west-1", "120", "GB-Mo", ",,,,50,EUR")
                + line("AWS", "the-moon-1", "1", "Hours", ",m5.large,,,50,EUR")
                + line("AWS", "eu-west-1", "-1", "Hours", ",m5.large,,,0,EUR")
                + "Tax," + DAY + "," + DAY.plusDays(1) + ",AWS,,,,,,,,200,EUR\n";
        assertThat(text(bring(bill)))
                .contains("3 of 7 lines of use")
                .contains("nobody has published what this type draws")
                .contains("not counted in hours", "a region that is not known", "a correction or refund")
                .contains("42 %", "40 %", "400.00 of 1000.00 EUR");
        // Azure: 4 × the mean of its processors at half load, 16 × the memory's.
        double azure = 4 * (0.8472 + 3.6933) / 2 + 16 * 0.4;
        assertThat(booked().energy().joules()).isCloseTo((279.32 * 96 + azure * 10 + 400) * 3600, within(1.0));
        assertThat(runs()).hasSize(3);
    }

    @Test
    void whatBrokeOffGoesOnWithTheSameFile() throws Exception {
        bring(HEADER + V100);
        Footprint footprint = booked();
        jdbc.sql("UPDATE cloud_import SET done_ms = NULL WHERE team_id = ?")
                .param(team)
                .update();
        assertThat(text(send(get("/cloud-use")))).contains("Broke off");
        assertThat(bring(HEADER + V100)).hasStatus(200);
        assertThat(booked().energy()).isEqualTo(footprint.energy());
        assertThat(runs()).hasSize(1);
        // The month goes on in another bill: the same run grows.
        String later = V100.replace(DAY + "," + DAY.plusDays(2), DAY.plusDays(4) + "," + DAY.plusDays(6));
        assertThat(bring(HEADER + later)).hasStatus(200);
        assertThat(booked().energy().microjoules())
                .isEqualTo(footprint.energy().microjoules().multiply(BigInteger.TWO));
        assertThat(runs()).hasSize(1);
    }

    @Test
    void aMistakeIsNamedByRowAndColumnAndNothingIsStored() throws Exception {
        Map<String, String> mistakes = Map.of(
                V100.replace(DAY + ",", "10 May,"), "Write the time as",
                V100.replace("," + DAY.plusDays(2), "," + DAY), "The end is not after the start",
                V100.replace("," + DAY.plusDays(2), ",2099-01-01"), "still to come",
                V100.replace(DAY + "," + DAY.plusDays(2), "2001-01-01,2001-01-02"), "older than this server takes",
                V100.replace(",96,", ",many,"), "Write a number such as 12.5",
                V100.replace(",96,", ",99999999,"), "more than 1 MW",
                V100.replace("p3.2xlarge,,", "p3.2xlarge,-5,"), "mean watts of one instance",
                V100.replace("\"{\"\"project\"\": ", "\"{{"), "no JSON object");
        mistakes.forEach((line, message) -> {
            MvcTestResult refused = bring(HEADER + V100 + line);
            assertThat(refused).as(line).hasStatus(400);
            assertThat(refused)
                    .bodyText()
                    .as(line)
                    .contains("<td class=\"num\">3</td>")
                    .contains(message);
        });
        StringBuilder fleet = new StringBuilder(HEADER);
        for (int i = 0; i < 3; i++) {
            fleet.append(V100.replace(",96,", ",100000,"));
        }
        assertThat(text(bring(fleet.toString()))).contains("come to more than 1 MW");
        String years = V100.replace(
                DAY + "," + DAY.plusDays(2),
                DAY.minusYears(2).plusDays(40) + "," + DAY.minusYears(2).plusDays(41));
        assertThat(text(bring(HEADER + V100 + years))).contains("spans more than a year");
        assertThat(text(bring("a,b\n1,2\n"))).contains("ChargePeriodStart", "The column is missing");
        assertThat(text(bring("a,a\n1,2\n"))).contains("This is no CSV file");
        assertThat(text(bring(""))).contains("Choose a bill");
        assertThat(bring("\u0000\u0001\"")).hasStatus(400);
        assertThat(runs()).isEmpty();
        assertThat(jdbc.sql("SELECT COUNT(*) FROM cloud_import WHERE team_id = ?")
                        .param(team)
                        .query(Integer.class)
                        .single())
                .isZero();
        team = "none";
        assertThat(text(bring(HEADER + V100))).contains("Choose the team");
    }

    @Test
    void spreadOverHoursNoMicrojouleIsLost() {
        Random random = new Random(5);
        for (int i = 0; i < 300; i++) {
            HourlyUse use = new HourlyUse();
            long expectedUj = 0;
            for (int line = 0; line < 3; line++) {
                long from = random.nextInt(1_000_000_000);
                double watts = random.nextInt(1_000_000) / 100.0;
                double hours = random.nextInt(100_000) / 10.0;
                use.add(new CloudLine(
                        "p",
                        "aws",
                        "r",
                        "t",
                        from,
                        from + 1 + random.nextInt(500_000_000),
                        hours,
                        Map.of(DeviceKind.CPU, watts)));
                expectedUj += new java.math.BigDecimal(Double.toString(watts))
                        .multiply(new java.math.BigDecimal(Double.toString(hours)))
                        .movePointRight(6)
                        .multiply(java.math.BigDecimal.valueOf(3600))
                        .longValueExact();
            }
            assertThat(use.totalUj()).isEqualTo(expectedUj);
            assertThat(use.intervals("t")).hasSize((int) use.hours());
            assertThat(use.intervals("t").stream()
                            .mapToLong(one -> one.energyUj())
                            .sum())
                    .isEqualTo(expectedUj);
        }
    }

    @Test
    void betweenTheLoadsOfTheTableWattsAreInterpolated() {
        InstancePower power = new InstancePower();
        assertThat(power.ofType("aws", "P4D.24xlarge", 100).orElseThrow())
                .containsEntry(DeviceKind.GPU, 3259.3)
                .containsEntry(DeviceKind.REST, 96.0);
        assertThat(power.ofType("aws", "p3.2xlarge", 30).orElseThrow().get(DeviceKind.GPU))
                .isCloseTo((95.5 + 225.7) / 2, within(1e-9));
        assertThat(power.ofType("aws", "m5.large", 0).orElseThrow()).doesNotContainKey(DeviceKind.GPU);
        assertThat(power.ofType("aws", "ml.p3.2xlarge", 50)).isEqualTo(power.ofType("aws", "p3.2xlarge", 50));
        assertThat(power.ofType("azure", "m5.large", 50)).isEmpty();
        assertThat(power.ofSize("gcp", 2, 0, 0))
                .containsOnlyKeys(DeviceKind.CPU)
                .containsEntry(DeviceKind.CPU, 2.5058);
    }
}
