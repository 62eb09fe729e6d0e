package io.hfeco2ai;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import com.deque.html.axecore.selenium.AxeBuilder;
import io.hfeco2ai.testing.ServerProcess;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.logging.Level;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.openqa.selenium.By;
import org.openqa.selenium.Dimension;
import org.openqa.selenium.JavascriptExecutor;
import org.openqa.selenium.OutputType;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.logging.LoggingPreferences;
import org.openqa.selenium.support.ui.WebDriverWait;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Every page in a real browser: no error in the console, no accessibility fault, live figures that move. */
@Tag("browser")
class BrowserTests {

    @TempDir
    static Path folder;

    private static ServerProcess server;
    private static ChromeDriver browser;
    private static String run = "";
    private static String node = "";
    private static String experiment = "";
    private static String team = "";

    @BeforeAll
    static void startAndSignIn() throws Exception {
        server = ServerProcess.start(folder.resolve("data"), Map.of("hfeco2ai.site.zone", "DE"));
        fill();
        LoggingPreferences logs = new LoggingPreferences();
        logs.enable(LogType.BROWSER, Level.ALL);
        ChromeOptions options = new ChromeOptions();
        options.setBinary("/usr/bin/chromium");
        options.setCapability("goog:loggingPrefs", logs);
        options.addArguments(
                "--headless=new",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-quic",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--user-data-dir=" + folder.resolve("profile"));
        ChromeDriverService service = new ChromeDriverService.Builder()
                .usingDriverExecutable(Path.of("/usr/bin/chromedriver").toFile())
                .build();
        browser = new ChromeDriver(service, options);
        browser.manage().timeouts().implicitlyWait(Duration.ofSeconds(5));
        browser.get(server.uri("/").toString());
        browser.findElement(By.name("username")).sendKeys("admin");
        browser.findElement(By.name("password")).sendKeys(ServerProcess.PASSWORD);
        browser.findElement(By.cssSelector("form button[type=submit]")).click();
        // The click does not wait for the answer; the first sign-in of a fresh server takes its time.
        new WebDriverWait(browser, Duration.ofSeconds(30))
                .until(ready -> !requireNonNull(ready.getTitle())
                        .toLowerCase(Locale.ROOT)
                        .contains("sign in"));
        browser.get(server.uri("/teams").toString());
        team = requireNonNull(
                browser.findElement(By.cssSelector("main a[href^='/teams/']")).getDomAttribute("href"));
        browser.get(server.uri("/experiments").toString());
        experiment = requireNonNull(browser.findElement(By.cssSelector("main a[href^='/experiments/']"))
                .getDomAttribute("href"));
    }

    @AfterAll
    static void stop() {
        if (browser != null) {
            browser.quit();
        }
        if (server != null) {
            server.close();
        }
    }

    private static void fill() throws Exception {
        JsonMapper json = new JsonMapper();
        Instant start = Instant.now().minusSeconds(3_000);
        JsonNode started = json.readTree(server.post(
                        "/api/v1/runs",
                        "{\"project\":\"vision\",\"experiment\":\"resnet50\",\"name\":\"baseline\",\"node\":\"gpu-box\","
                                + "\"boot_id\":\"b\",\"started_at\":\"" + start + "\",\"params\":{\"lr\":\"0.1\"}}")
                .body());
        run = started.get("id").asString();
        StringBuilder body = new StringBuilder("{\"node\":\"gpu-box\",\"boot_id\":\"b\",\"measurements\":[");
        for (int i = 0; i < 240; i++) {
            Instant at = start.plusSeconds(i * 10L);
            body.append(i == 0 ? "" : ",")
                    .append(String.format(
                            Locale.ROOT,
                            "{\"device\":\"GPU-a\",\"kind\":\"gpu\",\"start\":\"%s\",\"end\":\"%s\",\"energy_j\":%.3f,"
                                    + "\"quality\":\"measured\",\"source\":\"nvml\"}",
                            at,
                            at.plusSeconds(10),
                            2500 + 700 * Math.sin(i / 9.0)));
        }
        assertThat(server.post("/api/v1/measurements", body.append("]}").toString())
                        .statusCode())
                .isEqualTo(200);
        server.post(
                "/api/v1/runs/" + run + "/finish",
                "{\"status\":\"FINISHED\",\"ended_at\":\"" + start.plusSeconds(2_400) + "\"}");
        JsonNode nodes = json.readTree(server.get("/api/v1/nodes").body()).get("nodes");
        node = nodes.get(0).get("id").asString();
    }

    @ParameterizedTest(name = "{0} {1} {2}px")
    @CsvSource({
        "home, light, 1280",
        "home, dark, 390",
        "experiments, light, 1280",
        "experiments, dark, 390",
        "experiment, dark, 1280",
        "experiment, light, 390",
        "runs, light, 1280",
        "runs, dark, 390",
        "run, light, 1280",
        "run, dark, 1280",
        "run, light, 390",
        "nodes, light, 1280",
        "nodes, dark, 390",
        "node, light, 1280",
        "node, dark, 390",
        "sites, light, 1280",
        "sites, dark, 390",
        "grid, light, 1280",
        "contracts, light, 1280",
        "contracts, dark, 390",
        "periods, dark, 1280",
        "periods, light, 390",
        "changes, light, 1280",
        "changes, dark, 390",
        "budgets, dark, 1280",
        "budgets/new, light, 390",
        "teams, light, 1280",
        "teams, dark, 390",
        "team, dark, 1280",
        "team, light, 390",
        "alerts, dark, 390",
        "clients, light, 390",
        "grid/import, dark, 390",
        "nodes/review, light, 390",
        "offsets, light, 1280",
        "offsets, dark, 390",
        "cloud-use, light, 1280",
        "cloud-use, dark, 390",
        "reports, dark, 1280",
        "reports, light, 390",
        "settings/audit, dark, 1280",
        "settings/audit, light, 390",
        "settings/channels, light, 390",
        "settings/privacy, light, 390",
        "settings/teams, dark, 390",
        "settings/me, light, 1280",
        "settings/me, dark, 390",
        "settings/organisation, light, 390",
        "settings/people, dark, 390",
        "tokens, dark, 1280",
        "tokens, light, 390",
    })
    void pageHasNoFault(String page, String theme, int width) throws Exception {
        browser.manage().window().setSize(new Dimension(width, 900));
        emulate(theme);
        browser.get(server.uri(path(page)).toString());
        Thread.sleep(page.equals("home") ? 2_500 : 700);
        Path pictures = Files.createDirectories(Path.of("target", "screenshots"));
        long height = ((Number) requireNonNull(script("return document.documentElement.scrollHeight"))).longValue();
        browser.manage().window().setSize(new Dimension(width, (int) Math.min(height + 140, 4_000)));
        Thread.sleep(300);
        Files.write(
                pictures.resolve(page.replace('/', '-') + "-" + script("return document.documentElement.lang") + "-"
                        + theme + "-" + width + ".png"),
                browser.getScreenshotAs(OutputType.BYTES));
        assertThat(browser.manage().logs().get(LogType.BROWSER).getAll())
                .as("console of %s", page)
                .isEmpty();
        assertThat((Boolean) script("return document.documentElement.scrollWidth <= window.innerWidth"))
                .as("%s fits into %d px", page, width)
                .isTrue();
        assertThat(new AxeBuilder().analyze(browser).getViolations())
                .as("accessibility of %s", page)
                .isEmpty();
    }

    /** German words are longer. */
    @ParameterizedTest(name = "{0} {1} {2}px")
    @CsvSource({
        "home, light, 1280",
        "run, dark, 390",
        "node, light, 390",
        "sites, light, 1280",
        "sites, dark, 390",
        "grid, dark, 390",
        "contracts, light, 390",
        "periods, dark, 390",
        "budgets/new, light, 390",
        "alerts, light, 390",
        "reports, light, 390",
        "settings/audit, dark, 1280",
        "settings/channels, dark, 390",
        "settings/privacy, light, 390",
        "settings/me, dark, 390",
    })
    void germanPageHasNoFault(String page, String theme, int width) throws Exception {
        ask("de");
        try {
            pageHasNoFault(page, theme, width);
            assertThat(script("return document.documentElement.lang")).isEqualTo("de");
            assertThat((Boolean) script("const nav = document.querySelector('.nav');"
                            + " return nav.scrollWidth <= nav.clientWidth + 1"))
                    .as("sections of %s fit into %d px", page, width)
                    .isTrue();
        } finally {
            ask("en");
        }
    }

    private static void ask(String language) {
        browser.executeCdpCommand("Network.enable", Map.of());
        browser.executeCdpCommand(
                "Network.setExtraHTTPHeaders", Map.of("headers", Map.of("Accept-Language", language)));
    }

    @Test
    void thisMachinesPowerMoves() throws Exception {
        browser.manage().window().setSize(new Dimension(1280, 900));
        browser.get(server.uri("/").toString());
        String first = text("[data-live] [data-now] [data-number]");
        long from = System.nanoTime();
        while (secondsSince(from) < 90
                && text("[data-live] [data-now] [data-number]").equals(first)) {
            work((long) secondsSince(from) / 5 % 2 == 0);
        }
        assertThat(text("[data-live] [data-now] [data-number]"))
                .as("power while this machine works, rests and works again")
                .isNotEqualTo(first);
    }

    /** A quarter of a second of it. */
    private static void work(boolean hard) throws InterruptedException {
        long from = System.nanoTime();
        while (hard && secondsSince(from) < 0.25) {
            Thread.onSpinWait();
        }
        Thread.sleep(hard ? 0 : 250);
    }

    private static double secondsSince(long nanoTime) {
        return (System.nanoTime() - nanoTime) / 1e9;
    }

    @Test
    void theRunPageShowsItsEnergyAndHowItWasMade() {
        browser.get(server.uri("/runs/" + run).toString());
        String page = browser.findElement(By.id("main")).getText();
        assertThat(page)
                .contains("baseline")
                .contains("Wh")
                .contains("CO₂e/kWh")
                .contains("DE");
        assertThat(browser.findElements(By.tagName("canvas")).size())
                .as("charts")
                .isPositive();
    }

    private static String path(String page) {
        return switch (page) {
            case "home" -> "/";
            case "run" -> "/runs/" + run;
            case "node" -> "/nodes/" + node;
            case "experiment" -> experiment;
            case "team" -> team;
            case "tokens" -> "/settings/tokens";
            default -> "/" + page;
        };
    }

    private static String text(String selector) {
        return browser.findElement(By.cssSelector(selector)).getText();
    }

    private static @Nullable Object script(String code) {
        return ((JavascriptExecutor) browser).executeScript(code);
    }

    private static void emulate(String theme) {
        browser.executeCdpCommand(
                "Emulation.setEmulatedMedia",
                Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", theme))));
    }
}
