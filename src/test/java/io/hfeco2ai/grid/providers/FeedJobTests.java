package io.hfeco2ai.grid.providers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.hfeco2ai.grid.FeedStale;
import io.hfeco2ai.grid.Grid;
import io.hfeco2ai.grid.GridOnDatabase;
import io.hfeco2ai.grid.factors.Feed;
import io.hfeco2ai.grid.factors.Feeds;
import io.hfeco2ai.grid.factors.FeedsOnDatabase;
import io.hfeco2ai.testing.TestDatabases;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Feeds against a real HTTP server that answers as the providers do, or fails as they may. */
class FeedJobTests {

    private static final long HOUR_MS = 3_600_000;
    /** It is 12:34:56Z that day. */
    private static final Instant MIDNIGHT = Instant.parse("2025-03-10T00:00:00Z");

    private final TestDatabases.Database database = TestDatabases.h2();
    private final GridOnDatabase on = new GridOnDatabase(database.dataSource(), "GB");
    private final Feeds feeds = FeedsOnDatabase.of(on, database.dataSource());
    private final List<String> asked = new ArrayList<>();
    private HttpServer server = start();
    private String answer = "";
    private int status = 200;
    private @Nullable String retryAfter;
    private boolean hangs;
    private @Nullable FeedJob job;

    private HttpServer start() {
        try {
            HttpServer made = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            made.createContext("/", this::handle);
            made.setExecutor(Executors.newCachedThreadPool());
            return made;
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @BeforeEach
    void serve() {
        server.start();
    }

    @AfterEach
    void stop() throws IOException {
        server.stop(0);
        if (job != null) {
            job.stop();
        }
    }

    private void handle(HttpExchange exchange) throws IOException {
        asked.add(exchange.getRequestURI() + " " + exchange.getRequestHeaders().getFirst("Auth-token") + " "
                + exchange.getRequestHeaders().getFirst("Authorization"));
        String body = exchange.getRequestURI().getPath().equals("/login") ? "{\"token\":\"t-1\"}" : answer;
        if (retryAfter != null) {
            exchange.getResponseHeaders().set("Retry-After", retryAfter);
        }
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, hangs ? bytes.length + 100 : bytes.length == 0 ? -1 : bytes.length);
        OutputStream out = exchange.getResponseBody();
        out.write(bytes);
        out.flush();
        if (!hangs) {
            exchange.close();
        }
    }

    private FeedJob job(String provider, String key, String... zones) {
        ProviderProperties.Provider off = new ProviderProperties.Provider(null, "", List.of());
        ProviderProperties.Provider set = new ProviderProperties.Provider(
                URI.create("http://127.0.0.1:" + server.getAddress().getPort()), key, List.of(zones));
        ProviderProperties all = new ProviderProperties(
                provider.equals(UkCarbonIntensity.NAME) ? set : off,
                provider.equals(ElectricityMaps.NAME) ? set : off,
                provider.equals(WattTime.NAME) ? set : off,
                provider.equals(EntsoE.NAME) ? set : off);
        Providers providers = new Providers(all, on.grid()::zone, new ProviderHttp(Duration.ofSeconds(1)));
        FeedJob made = new FeedJob(providers, feeds, on::heard, on.clock());
        job = made;
        return made;
    }

    private Feed feed(String provider, String zone) {
        return feeds.find(provider, zone).orElseThrow();
    }

    private String priced(String zone, int hour) {
        Grid.Factor factor = on.grid()
                .factorOfZone(zone, MIDNIGHT.toEpochMilli() + hour * HOUR_MS)
                .orElseThrow();
        return factor.gramsPerKwh().stripTrailingZeros().toPlainString() + " " + factor.resolution() + " "
                + factor.gas();
    }

    private static String halfHour(String from, String to, String actual) {
        return "{\"from\":\"2025-03-10T" + from + "Z\",\"to\":\"2025-03-10T" + to
                + "Z\",\"intensity\":{\"forecast\":500,\"actual\":" + actual + ",\"index\":\"high\"}}";
    }

    private static String uk(String... halfHours) {
        return "{\"data\":[" + String.join(",", halfHours) + "]}";
    }

    @Test
    void halfHoursOfGreatBritainBecomeWholeHoursAndForecastsAreNotTaken() {
        answer = uk(
                halfHour("10:00", "10:30", "200"),
                halfHour("10:30", "11:00", "211"),
                halfHour("11:00", "11:30", "220"),
                halfHour("11:30", "12:00", "null"),
                halfHour("12:00", "12:30", "230"));

        job(UkCarbonIntensity.NAME, "", "GB").round();

        assertThat(asked).singleElement().asString().startsWith("/intensity/2025-03-09T12:00Z/2025-03-10T12:00Z");
        assertThat(priced("GB", 10)).isEqualTo("205.5 HOUR CO2");
        assertThat(priced("GB", 11)).as("half of it is missing").contains("YEAR");
        assertThat(priced("GB", 12)).as("not over").contains("YEAR");
        assertThat(feed(UkCarbonIntensity.NAME, "GB").problem()).isNull();

        on.at("2025-03-10T15:30:00Z");
        Objects.requireNonNull(job).round();
        assertThat(priced("GB", 11)).as("the rest did not come").isEqualTo("220 HOUR CO2");
    }

    @Test
    void anEstimateOfElectricityMapsIsReplacedOnceItIsFinal() {
        String hour = "{\"zone\":\"DE\",\"history\":[{\"zone\":\"DE\",\"carbonIntensity\":%s,\"datetime\":"
                + "\"2025-03-10T10:00:00.000Z\",\"emissionFactorType\":\"direct\",\"isEstimated\":%s}]}";
        answer = hour.formatted("301", "true");
        FeedJob job = job(ElectricityMaps.NAME, "secret", "DE");
        job.round();
        job.round();
        assertThat(asked).as("not again before its time").hasSize(1);
        assertThat(asked.get(0))
                .contains("zone=DE")
                .contains("emissionFactorType=direct")
                .contains("secret");
        assertThat(priced("DE", 10)).startsWith("301 HOUR");

        answer = hour.formatted("333.5", "false");
        on.at("2025-03-10T13:10:00Z");
        job.round();
        assertThat(priced("DE", 10)).startsWith("333.5 HOUR");
    }

    @Test
    void wattTimeIsKeptAsMarginalAndPricesNothing() {
        StringBuilder data = new StringBuilder();
        for (int minute = 0; minute < 60; minute += 5) {
            data.append(minute == 0 ? "" : ",")
                    .append("{\"point_time\":\"2025-03-10T10:%02d:00+00:00\",\"value\":1000.0}".formatted(minute));
        }
        answer = "{\"data\":[" + data + "],\"meta\":{\"region\":\"CAISO_NORTH\",\"units\":\"lbs_co2_per_mwh\"}}";

        job(WattTime.NAME, "me:pass", "US-CAL-CISO=CAISO_NORTH").round();

        assertThat(asked.get(0)).contains("/login").contains("Basic bWU6cGFzcw==");
        assertThat(asked.get(1)).contains("region=CAISO_NORTH").contains("Bearer t-1");
        assertThat(priced("US-CAL-CISO", 10)).contains("YEAR");
        assertThat(feed(WattTime.NAME, "US-CAL-CISO").newestMs()).isEqualTo(MIDNIGHT.toEpochMilli() + 10 * HOUR_MS);
    }

    private static String series(String type, String domain, String resolution, String... quantities) {
        StringBuilder points = new StringBuilder();
        for (int i = 0; i < quantities.length; i++) {
            if (!quantities[i].isEmpty()) {
                points.append("<Point><position>")
                        .append(i + 1)
                        .append("</position><quantity>")
                        .append(quantities[i])
                        .append("</quantity></Point>");
            }
        }
        return "<TimeSeries><" + domain + " codingScheme=\"A01\">10Y</" + domain + "><MktPSRType><psrType>" + type
                + "</psrType></MktPSRType><Period><timeInterval><start>2025-03-10T10:00Z</start><end>2025-03-10T11:00Z</end>"
                + "</timeInterval><resolution>" + resolution + "</resolution>" + points + "</Period></TimeSeries>";
    }

    private static String document(String... series) {
        return "<?xml version=\"1.0\" encoding=\"utf-8\"?><GL_MarketDocument"
                + " xmlns=\"urn:iec62325.351:tc57wg16:451-6:generationloaddocument:3:0\">" + String.join("", series)
                + "</GL_MarketDocument>";
    }

    /** 100 MW of gas (381.06 g/kWh) and 300 MW of wind, then twice the gas; a pump's consumption does not count. */
    @Test
    void theMixOfEntsoEIsComputedFromItsXml() {
        answer = document(
                series("B04", "inBiddingZone_Domain.mRID", "PT15M", "100", "", "200", ""),
                series("B19", "inBiddingZone_Domain.mRID", "PT15M", "300", "300", "200", "200"),
                series("B10", "outBiddingZone_Domain.mRID", "PT15M", "900", "900", "900", "900"));

        job(EntsoE.NAME, "k", "DE=10Y1001A1001A82H").round();

        assertThat(asked.get(0)).contains("in_Domain=10Y1001A1001A82H").contains("documentType=A75");
        // (2 × 381.06 ÷ 4 + 2 × 381.06 ÷ 2) ÷ 4
        assertThat(priced("DE", 10)).isEqualTo("142.8975 HOUR CO2");
    }

    @Test
    void anXmlThatReadsFilesOrIsCutOffOrEmptyIsAFailureInPlainWords() {
        FeedJob job = job(EntsoE.NAME, "top-secret", "DE=10Y");
        answer = "<!DOCTYPE a [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><GL_MarketDocument>&x;</GL_MarketDocument>";
        job.round();
        assertThat(feed(EntsoE.NAME, "DE").problem()).contains("no XML of the expected kind");
        answer = document(series("B04", "inBiddingZone_Domain.mRID", "PT60M", "1"))
                .substring(0, 200);
        on.at("2025-03-10T13:00:00Z");
        job.round();
        assertThat(feed(EntsoE.NAME, "DE").problem()).contains("cut off");
        answer = "<Acknowledgement_MarketDocument><Reason><code>999</code></Reason></Acknowledgement_MarketDocument>";
        on.at("2025-03-10T14:00:00Z");
        job.round();
        assertThat(feed(EntsoE.NAME, "DE").problem()).contains("no data").doesNotContain("top-secret");
        assertThat(feed(EntsoE.NAME, "DE").failures()).isEqualTo(3);
    }

    @Test
    void aTypeThatIsMissingAtATimeLeavesThatTimeOut() {
        answer = document(
                series("B05", "inBiddingZone_Domain.mRID", "PT60M"),
                series("B19", "inBiddingZone_Domain.mRID", "PT60M", "200"),
                series("B20", "inBiddingZone_Domain.mRID", "PT60M", "200"));

        job(EntsoE.NAME, "k", "DE=10Y").round();

        assertThat(priced("DE", 10)).as("half of the power has no known value").contains("YEAR");
    }

    @Test
    void aWrongKeyIsSaidAndTheWaitDoublesUpToSixHours() {
        status = 401;
        FeedJob job = job(ElectricityMaps.NAME, "wrong-key", "DE");
        long expected = 60_000;
        for (int failure = 1; failure <= 12; failure++) {
            job.round();
            Feed feed = feed(ElectricityMaps.NAME, "DE");
            assertThat(feed.failures()).isEqualTo(failure);
            assertThat(feed.retryMs() - feed.triedMs()).isEqualTo(Math.min(expected, 6 * HOUR_MS));
            assertThat(feed.problem()).contains("key was refused (401)").doesNotContain("wrong-key");
            on.at(Instant.ofEpochMilli(feed.retryMs()).toString());
            expected *= 2;
        }
        assertThat(on.events()).filteredOn(FeedStale.class::isInstance).hasSize(1);
    }

    @Test
    void whoAsksForPatienceGetsIt() {
        status = 429;
        retryAfter = "1800";
        job(UkCarbonIntensity.NAME, "", "GB").round();

        Feed feed = feed(UkCarbonIntensity.NAME, "GB");
        assertThat(feed.retryMs() - feed.triedMs()).isEqualTo(1_800_000);
        assertThat(feed.problem()).contains("429");
    }

    @Test
    void anAnswerThatNeverEndsIsCutOffAndTheNextOneCounts() {
        answer = uk(halfHour("10:00", "10:30", "200"));
        hangs = true;
        FeedJob job = job(UkCarbonIntensity.NAME, "", "GB");
        long began = System.nanoTime();
        job.round();
        assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(10));
        assertThat(feed(UkCarbonIntensity.NAME, "GB").problem()).contains("No whole answer within 1 s");

        hangs = false;
        answer = uk(halfHour("10:00", "10:30", "200"), halfHour("10:30", "11:00", "200"));
        on.at("2025-03-10T12:40:00Z");
        job.round();
        assertThat(priced("GB", 10)).startsWith("200 HOUR");
        assertThat(feed(UkCarbonIntensity.NAME, "GB").failures()).isZero();
    }

    @Test
    void halfAnAnswerOrAnImpossibleValueStoresNothing() {
        String whole = uk(halfHour("10:00", "10:30", "200"), halfHour("10:30", "11:00", "200"));
        answer = whole.substring(0, whole.length() - 20);
        FeedJob job = job(UkCarbonIntensity.NAME, "", "GB");
        job.round();
        assertThat(feed(UkCarbonIntensity.NAME, "GB").problem()).contains("cut off");
        answer = uk(halfHour("10:00", "10:30", "200"), halfHour("10:30", "11:00", "99999"));
        on.at("2025-03-10T13:00:00Z");
        job.round();
        assertThat(feed(UkCarbonIntensity.NAME, "GB").problem()).contains("99999 g/kWh");
        answer = "{\"message\":\"maintenance\"}";
        on.at("2025-03-10T14:00:00Z");
        job.round();
        assertThat(feed(UkCarbonIntensity.NAME, "GB").problem()).contains("no list");
        assertThat(priced("GB", 10)).contains("YEAR");
    }

    @Test
    void aFeedThatStopsIsReportedOnceAndAgainAfterItCameBack() {
        answer = uk(halfHour("10:00", "10:30", "200"), halfHour("10:30", "11:00", "200"));
        FeedJob job = job(UkCarbonIntensity.NAME, "", "GB");
        job.round();
        status = 503;
        for (String at : List.of("2025-03-10T14:00:00Z", "2025-03-10T18:00:00Z", "2025-03-10T23:00:00Z")) {
            on.at(at);
            job.round();
        }
        assertThat(on.events())
                .filteredOn(FeedStale.class::isInstance)
                .containsExactly(new FeedStale(UkCarbonIntensity.NAME, "GB", MIDNIGHT.toEpochMilli() + 11 * HOUR_MS));

        status = 200;
        answer = uk(halfHour("22:00", "22:30", "210"), halfHour("22:30", "23:00", "210"));
        on.at("2025-03-11T00:30:00Z");
        job.round();
        assertThat(feed(UkCarbonIntensity.NAME, "GB").staleMs()).isNull();
    }

    @Test
    void aWrongSettingIsSaidAtTheStart() {
        assertThatThrownBy(() -> job(UkCarbonIntensity.NAME, "", "XX")).hasMessageContaining("unknown zone \"XX\"");
        assertThatThrownBy(() -> job(ElectricityMaps.NAME, "", "DE")).hasMessageContaining("electricity-maps.key");
        assertThatThrownBy(() -> job(EntsoE.NAME, "k", "DE")).hasMessageContaining("EIC code");
    }
}
