package io.hfeco2ai.reports;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.get;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.post;

import io.hfeco2ai.grid.Grid.Operator;
import io.hfeco2ai.grid.Grid.Site;
import io.hfeco2ai.grid.SiteControl.Control;
import io.hfeco2ai.ledger.Ledger.Footprint;
import io.hfeco2ai.metering.Metering.Batch;
import io.hfeco2ai.metering.Metering.IntervalReport;
import io.hfeco2ai.platform.BadInput;
import io.hfeco2ai.reports.Report.Cell;
import io.hfeco2ai.reports.Report.Figure;
import io.hfeco2ai.reports.Report.State;
import io.hfeco2ai.reports.Report.Table;
import io.hfeco2ai.units.DeviceKind;
import io.hfeco2ai.units.Quality;
import java.io.ByteArrayInputStream;
import java.io.StringReader;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVRecord;
import org.apache.pdfbox.Loader;
import org.apache.pdfbox.pdmodel.PDDocument;
import org.apache.pdfbox.text.PDFTextStripper;
import org.dhatim.fastexcel.reader.CellType;
import org.dhatim.fastexcel.reader.ReadableWorkbook;
import org.dhatim.fastexcel.reader.Sheet;
import org.junit.jupiter.api.Test;

/** The Scope 2 report in the whole application: its figures are the ledger's, in every place where they stand. */
class Scope2ReportTests extends ReportsInTheApplication {

    private static final String ELECTRICITY = "Purchased electricity";
    private static final String UPSTREAM = "Upstream of the electricity: fuels and plants";
    private static final String LOSSES = "Losses of the grid: transmission and distribution";
    private static final String LOCATION = "Location-based emissions";

    @Test
    void itsFiguresAreTheLedgersAndItsTablesAddUpToThem() throws Exception {
        spent("p", 0.8, HOUR);
        spent("q", 0.5, HOUR.minus(Duration.ofHours(1)));
        ReportRequest request = request(Standard.GHG_SCOPE2, Map.of());
        Report report = made(request);
        Footprint footprint = ledger.footprint(request.question());
        assertThat(figure(report, ELECTRICITY).amount()).isEqualByComparingTo("1.3");
        BigDecimal kilograms =
                new BigDecimal(Objects.requireNonNull(footprint.emissions()).micrograms()).movePointLeft(9);
        Figure location = figure(report, LOCATION);
        assertThat(Objects.requireNonNull(location.amount()).subtract(kilograms).abs())
                .isLessThanOrEqualTo(new BigDecimal("0.0000005"));
        assertThat(location.how()).contains("entries of the ledger");
        assertThat(figure(report, ELECTRICITY).how()).contains("overhead of the building is unknown");
        for (String title : List.of("By site", "By month (UTC)", "By team", "Location-based factors")) {
            assertThat(total(table(report, title), "Electricity")).as(title).isEqualByComparingTo("1.3");
            assertThat(total(table(report, title), "Location-based")).as(title).isEqualByComparingTo(location.amount());
        }
    }

    private static BigDecimal total(Table table, String column) {
        int at = table.columns().stream().map(Report.Column::name).toList().indexOf(column);
        return table.rows().stream()
                .map(row -> row.get(at).amount())
                .filter(Objects::nonNull)
                .reduce(BigDecimal.ZERO, BigDecimal::add);
    }

    @Test
    void rentedMachinesAreNoScope2UnlessSomebodySaysThatTheyAreControlled() throws Exception {
        spent("p", 1, HOUR);
        put("cloud", Operator.CLOUD, 0.2);
        put("colo", Operator.COLOCATION, 0.4);
        Report report = made(request(Standard.GHG_SCOPE2, Map.of()));
        assertThat(figure(report, ELECTRICITY).amount()).isEqualByComparingTo("1");
        assertThat(figure(report, "Electricity of bought cloud computing").amount())
                .isEqualByComparingTo("0.2");
        assertThat(figure(report, "Electricity of servers in leased space").amount())
                .isEqualByComparingTo("0.4");
        Report controlled = made(request(Standard.GHG_SCOPE2, Map.of(Standard.Option.COLOCATION.key(), "scope2")));
        assertThat(figure(controlled, ELECTRICITY).amount()).isEqualByComparingTo("1.4");
        assertThat(figure(controlled, "Electricity of servers in leased space").amount())
                .isZero();
    }

    @Test
    void theScopeOfASitesEnergyIsChosenOnceForTheSiteAndNotByWhoeverAsks() throws Exception {
        spent("p", 1, HOUR);
        String colo = put("colo", Operator.COLOCATION, 0.4);
        String cloud = put("cloud", Operator.CLOUD, 0.2);
        String own = put("rack", Operator.OWN, 0.1);
        Report before = made(request(Standard.GHG_SCOPE2, Map.of()));
        assertThat(before.notes())
                .anySatisfy(note -> assertThat(note)
                        .contains("Nobody chose for")
                        .contains("colo " + team)
                        .contains("on the page of the site"));
        grid.chooseControl(colo, Control.OPERATIONAL, "we run the cage, lease 7");
        grid.chooseControl(cloud, Control.LEASED, "bare metal, leased");
        grid.chooseControl(own, Control.SERVICE, "sold and bought back as a service");
        for (String asked : List.of("scope2", "scope3")) {
            Map<String, String> options = Map.of(Standard.Option.COLOCATION.key(), asked);
            Report report = made(request(Standard.GHG_SCOPE2, options));
            assertThat(figure(report, ELECTRICITY).amount()).isEqualByComparingTo("1.4");
            assertThat(figure(report, "Electricity of servers in leased space").amount())
                    .isEqualByComparingTo("0.2");
            assertThat(figure(report, "Electricity of bought cloud computing").amount())
                    .isEqualByComparingTo("0.1");
            assertThat(table(report, "By site").rows().toString()).contains("we run the cage, lease 7");
            Report iso = made(request(Standard.ISO_14064, options));
            assertThat(figure(iso, "Imported electricity").amount()).isEqualByComparingTo("0.0014");
            Report esrs = made(request(Standard.ESRS_E1, options));
            assertThat(figure(esrs, "Energy of own operations: contribution of compute")
                            .amount())
                    .isEqualByComparingTo("0.0014");
        }
        assertThat(figure(before, ELECTRICITY).amount()).isEqualByComparingTo("1.1");
    }

    @Test
    void whatLiesBehindScope2IsCountedWhereAFactorIsKnownAndIsMissingElsewhere() throws Exception {
        put("madrid", "ES", Operator.OWN, 2);
        put("cloud", "ES", Operator.CLOUD, 0.5);
        Report without = made(request(Standard.GHG_SCOPE2, Map.of()));
        assertThat(figure(without, UPSTREAM).state()).isEqualTo(State.MISSING);
        assertThat(figure(without, UPSTREAM).how()).contains("Zone ES").contains("import a yearly factor");
        int year = HOUR.atZone(ZoneOffset.UTC).getYear();
        factor("ES", year - 1, "upstream", "50");
        factor("ES", year, "t-and-d", "12.5");
        Report report = made(request(Standard.GHG_SCOPE2, Map.of()));
        assertThat(figure(report, UPSTREAM).amount()).isEqualByComparingTo("0.1");
        assertThat(figure(report, UPSTREAM).state()).isEqualTo(State.ESTIMATED);
        assertThat(figure(report, LOSSES).amount()).isEqualByComparingTo("0.025");
        assertThat(figure(report, LOCATION).amount())
                .isEqualByComparingTo(
                        Objects.requireNonNull(figure(without, LOCATION).amount()));
        assertThat(table(report, "Category 3 factors").rows().toString())
                .contains("Test office, first (internal)")
                .contains(Integer.toString(year - 1));
        Report iso = made(request(Standard.ISO_14064, Map.of()));
        assertThat(figure(iso, UPSTREAM).amount()).isEqualByComparingTo("0.0001");
        put("paris", "FR", Operator.OWN, 1);
        Report partly = made(request(Standard.ESRS_E1, Map.of()));
        assertThat(figure(partly, LOSSES).amount()).isEqualByComparingTo("0.000025");
        assertThat(figure(partly, LOSSES).how())
                .contains("1 kWh have no such factor")
                .contains("Zone FR");
    }

    @Test
    void nothingIsAddedToALifeCycleFactor() throws Exception {
        put("rack", "BO", Operator.OWN, 2);
        factor("BO", HOUR.atZone(ZoneOffset.UTC).getYear(), "upstream", "50");
        Figure figure = figure(made(request(Standard.GHG_SCOPE2, Map.of())), UPSTREAM);
        assertThat(figure.state()).isEqualTo(State.MISSING);
        assertThat(figure.how()).contains("basis \"life-cycle\"").contains("adopt a direct one");
    }

    private String put(String name, Operator operator, double kilowattHours) {
        return put(name, "FR", operator, kilowattHours);
    }

    private String put(String name, String zone, Operator operator, double kilowattHours) {
        String node = "node-" + UUID.randomUUID();
        Site site = grid.createSite(name + " " + team, operator, zone, null);
        jdbc.sql("INSERT INTO node_site (node_id, from_ms, site_id) VALUES (?, 0, ?)")
                .params(node, site.id())
                .update();
        grid.readAnew();
        spent("p", kilowattHours, HOUR, node, Quality.MEASURED);
        return site.id();
    }

    @Test
    void aNodeThatMovedCountsWhereItStoodThen() throws Exception {
        String node = "node-" + UUID.randomUUID();
        Site second = grid.createSite("second " + team, Operator.OWN, "FR", null);
        spent("p", 1, HOUR.minus(Duration.ofHours(2)), node, Quality.MEASURED);
        spent("p", 0.3, HOUR, node, Quality.MEASURED);
        jdbc.sql("INSERT INTO node_site (node_id, from_ms, site_id) VALUES (?, ?, ?)")
                .params(node, HOUR.toEpochMilli(), second.id())
                .update();
        grid.readAnew();
        Report report = made(request(Standard.GHG_SCOPE2, Map.of()));
        Table sites = table(report, "By site");
        assertThat(sites.rows()).hasSize(2);
        List<Cell> row = sites.rows().stream()
                .filter(cells -> second.name().equals(cells.get(0).text()))
                .findFirst()
                .orElseThrow();
        assertThat(row.get(5).amount()).isEqualByComparingTo("0.3");
        assertThat(total(sites, "Electricity")).isEqualByComparingTo("1.3");
    }

    @Test
    void modelledEnergyIsAnEstimateAndNothingIsNoEstimateOfNothing() throws Exception {
        Report nothing = made(request(Standard.GHG_SCOPE2, Map.of()));
        assertThat(figure(nothing, ELECTRICITY).amount()).isZero();
        assertThat(figure(nothing, "Coverage").state()).isEqualTo(State.MISSING);
        spent("p", 1, HOUR, "node-" + UUID.randomUUID(), Quality.MODELLED);
        Report report = made(request(Standard.GHG_SCOPE2, Map.of()));
        assertThat(figure(report, ELECTRICITY).state()).isEqualTo(State.ESTIMATED);
        assertThat(figure(report, "Measured part of the energy").amount()).isZero();
    }

    @Test
    void theCsvAndTheJsonSayWhatThePageSays() throws Exception {
        spent("=HYPERLINK(1)", 1.25, HOUR);
        String id = reports.ask(request(Standard.GHG_SCOPE2, Map.of()), admin);
        Report report = made(id);
        String page = body(get("/reports/" + id), 200);
        Map<String, String> byLabel = new java.util.HashMap<>();
        for (CSVRecord line : CSVFormat.RFC4180
                .builder()
                .setHeader()
                .setSkipHeaderRecord(true)
                .get()
                .parse(new StringReader(body(get("/reports/" + id + "/files/csv"), 200)))) {
            if (line.get("table").isEmpty()) {
                byLabel.put(line.get("label"), line.get("amount"));
            }
        }
        Report read = ReportStore.JSON.readValue(body(get("/reports/" + id + "/files/json"), 200), Report.class);
        assertThat(read).isEqualTo(report);
        for (Report.Section section : report.sections()) {
            for (Figure figure : section.figures()) {
                BigDecimal amount = figure.amount();
                assertThat(byLabel.get(figure.label())).isEqualTo(amount == null ? "" : amount.toPlainString());
                assertThat(page).contains(">" + (amount == null ? "not known" : Report.shown(amount)) + "<");
            }
        }
        byte[] pdf = perform(get("/reports/" + id + "/files/pdf")).getResponse().getContentAsByteArray();
        byte[] xlsx =
                perform(get("/reports/" + id + "/files/xlsx")).getResponse().getContentAsByteArray();
        assertSame(report, pdf, xlsx);
        assertThat(jdbc.sql("SELECT COUNT(*) FROM audit_event WHERE subject_id = ? AND action = 'report.exported'")
                        .param(id)
                        .query(Long.class)
                        .single())
                .isEqualTo(4);
    }

    /** Every amount of figures and tables, read back by other libraries. */
    private static void assertSame(Report report, byte[] pdf, byte[] xlsx) throws Exception {
        Set<BigDecimal> inCells = new HashSet<>();
        try (ReadableWorkbook workbook = new ReadableWorkbook(new ByteArrayInputStream(xlsx))) {
            for (Sheet sheet : workbook.getSheets().toList()) {
                sheet.read()
                        .forEach(row -> row.stream()
                                .filter(cell -> cell != null && cell.getType() == CellType.NUMBER)
                                .forEach(cell -> inCells.add(cell.asNumber().stripTrailingZeros())));
            }
        }
        String text;
        try (PDDocument document = Loader.loadPDF(pdf)) {
            text = new PDFTextStripper().getText(document);
        }
        List<BigDecimal> amounts = Stream.concat(
                        report.sections().stream()
                                .flatMap(section -> section.figures().stream().map(Figure::amount)),
                        report.sections().stream()
                                .flatMap(section -> section.tables().stream())
                                .flatMap(table -> table.rows().stream())
                                .flatMap(List::stream)
                                .map(Cell::amount))
                .filter(Objects::nonNull)
                .toList();
        assertThat(amounts).hasSizeGreaterThan(30);
        for (BigDecimal amount : amounts) {
            assertThat(text).contains(Report.shown(amount));
            assertThat(inCells).contains(amount.stripTrailingZeros());
        }
    }

    @Test
    void theEntriesBehindItAreOnePageAway() throws Exception {
        Objects.requireNonNull(spent("p", 1.25, HOUR));
        String id = reports.ask(request(Standard.GHG_SCOPE2, Map.of()), admin);
        assertThat(figure(made(id), LOCATION).entries()).isEqualTo("/reports/" + id + "/entries");
        assertThat(body(get("/reports/" + id + "/entries"), 200))
                .contains("1.25")
                .contains("/grid/zones/DE");
        assertThat(body(get("/reports/" + id + "/entries?month=2001-01"), 200)).contains("No entries");
        assertThat(body(get("/reports/" + id + "/entries?month=x"), 200)).contains("Write the month as 2026-01.");
    }

    @Test
    void whatCannotBeAskedIsToldWithItsCure() throws Exception {
        assertThat(body(post("/reports").param("standard", "GHG_SCOPE2").param("from", "x"), 400))
                .contains("Write the day as 2026-01-31.");
        assertThat(body(asked("2026-02-01", "2026-01-31"), 400)).contains("exchange them");
        assertThat(body(asked("9999-01-01", "9999-01-31"), 400)).contains("Choose a day from");
        assertThat(body(asked("2001-01-01", "2026-01-30"), 400)).contains("at most ten years");
        assertThat(body(
                        post("/reports")
                                .param("standard", "X")
                                .param("from", "2026-01-01")
                                .param("to", "2026-01-31"),
                        400))
                .contains("no standard");
        body(get("/reports/none"), 404);
        body(get("/reports/none/files/csv"), 404);
        assertThatThrownBy(() ->
                        reports.ask(new ReportRequest(Standard.GHG_SCOPE2, team, null, 1, 3_600_000, Map.of()), admin))
                .isInstanceOf(BadInput.class);
    }

    private static org.springframework.test.web.servlet.request.MockHttpServletRequestBuilder asked(
            String from, String to) {
        return post("/reports")
                .param("standard", "GHG_SCOPE2")
                .param("from", from)
                .param("to", to);
    }

    @Test
    void onePersonAsksOnThePageAndSeesIt() throws Exception {
        spent("p", 1, HOUR);
        String day = HOUR.toString().substring(0, 10);
        String url = Objects.requireNonNull(perform(post("/reports")
                        .param("standard", "GHG_SCOPE2")
                        .param("scope", team)
                        .param("from", day)
                        .param("to", day))
                .getResponse()
                .getRedirectedUrl());
        made(url.substring("/reports/".length()));
        assertThat(body(get(url), 200)).contains("Purchased electricity").contains("team " + team);
        assertThat(body(get("/reports"), 200)).contains(url);
    }

    /** 10 kWh billed; a run took 2 at PUE 1.25 on a node that drew 3 in all: 2 + 1 + 0.75, and 6.25 are left. */
    @Test
    void aBillIsBridgedToTheRuns() throws Exception {
        Site own = grid.createSite("own " + team, Operator.OWN, "DE", new BigDecimal("1.25"));
        String node = "node-" + UUID.randomUUID();
        jdbc.sql("INSERT INTO node_site (node_id, from_ms, site_id) VALUES (?, 0, ?)")
                .params(node, own.id())
                .update();
        grid.readAnew();
        Instant longAgo = HOUR.minus(Duration.ofDays(40));
        spent("p", 2, longAgo, node, Quality.MEASURED);
        long before = longAgo.minus(Duration.ofHours(1)).toEpochMilli();
        metering.record(new Batch(
                node,
                "boot",
                null,
                "client:test/1",
                false,
                List.of(new IntervalReport(
                        "meter",
                        DeviceKind.NODE,
                        null,
                        before,
                        before + 600_000,
                        Math.round(3.6e12),
                        null,
                        Quality.MEASURED,
                        "meter",
                        null,
                        before / 1000,
                        null,
                        null,
                        null)),
                List.of()));
        Report report = bridged("10", longAgo);
        Map<String, String> expected = Map.of(
                "Bill or meter", "10",
                "Used by runs", "2",
                "Used while no run claimed it", "1",
                "Overhead of the buildings", "0.75",
                "Left, not explained", "6.25",
                "Left, of the bill", "62.5");
        expected.forEach((label, amount) ->
                assertThat(figure(report, label).amount()).as(label).isEqualByComparingTo(amount));
        assertThat(figure(bridged("3", longAgo), "Left, not explained").how()).contains("More was counted than billed");
    }

    /** Of the organisation, in two hours that no other test uses, once all three kWh are booked. */
    private Report bridged(String billKwh, Instant hour) throws InterruptedException {
        ReportRequest request = new ReportRequest(
                Standard.GHG_SCOPE2,
                null,
                null,
                hour.minus(Duration.ofHours(1)).toEpochMilli(),
                hour.plus(Duration.ofHours(1)).toEpochMilli(),
                Map.of("bill-kwh", billKwh));
        Instant until = Instant.now().plus(Duration.ofSeconds(60));
        while (ledger.footprint(request.question()).energy().microjoules().longValueExact() < 3 * 3_600_000_000_000L) {
            assertThat(Instant.now()).isBefore(until);
            Thread.sleep(100);
        }
        return made(request);
    }

    @Test
    void aBillIsAPlainNumberAndForTheOrganisation() throws Exception {
        for (String odd : List.of("1e9", "-1", "12,5", "1234567890123", "1.1234567", "=1")) {
            assertThat(body(
                            post("/reports")
                                    .param("standard", "GHG_SCOPE2")
                                    .param("scope", "")
                                    .param("from", "2026-01-01")
                                    .param("to", "2026-01-31")
                                    .param("bill-kwh", odd),
                            400))
                    .as(odd)
                    .contains("Write the kWh as 12345.6");
        }
        assertThat(body(
                        post("/reports")
                                .param("standard", "GHG_SCOPE2")
                                .param("scope", team)
                                .param("from", "2026-01-01")
                                .param("to", "2026-01-31")
                                .param("bill-kwh", "5"),
                        400))
                .contains("A bill is about whole sites");
    }
}
