package io.hfeco2ai.metering.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hfeco2ai.metering.Metering.Batch;
import io.hfeco2ai.metering.Metering.IntervalReport;
import io.hfeco2ai.metering.Metering.LiveDevice;
import io.hfeco2ai.units.DeviceKind;
import io.hfeco2ai.units.Quality;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.InputStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.catalina.Context;
import org.apache.catalina.Wrapper;
import org.apache.catalina.startup.Tomcat;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.context.support.AnnotationConfigWebApplicationContext;
import org.springframework.web.server.ResponseStatusException;
import org.springframework.web.servlet.DispatcherServlet;
import org.springframework.web.servlet.config.annotation.EnableWebMvc;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;
import tools.jackson.databind.json.JsonMapper;

class LiveStreamTests {

    private static final Instant NOW = Instant.parse("2026-01-05T10:00:00Z");

    private final LiveStream stream = new LiveStream(JsonMapper.builder().build());
    private final SimpleMeterRegistry metrics = new SimpleMeterRegistry();
    private final LiveView view = new LiveView(stream, metrics, Clock.fixed(NOW, ZoneOffset.UTC));

    @EnableWebMvc
    static class Web {}

    @RestController
    static final class Page {
        private final LiveStream stream;
        private final LiveView view;

        Page(LiveStream stream, LiveView view) {
            this.stream = stream;
            this.view = view;
        }

        @GetMapping("/live")
        SseEmitter live() {
            return stream.watch(view.of("node-1"));
        }
    }

    @Test
    void fiftyWatchersGetEachTickWithinASecondThoughOneNeverReads(@TempDir Path folder) throws Exception {
        Tomcat server = server(folder);
        int port = server.getConnector().getLocalPort();
        HttpClient client = HttpClient.newHttpClient();
        CountDownLatch ready = new CountDownLatch(50);
        CountDownLatch got = new CountDownLatch(50);
        view.show("node-1", NOW, List.of(gpu(100.0)));
        try (Socket deaf = new Socket("localhost", port)) {
            deaf.getOutputStream()
                    .write("GET /live HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            HttpRequest request = HttpRequest.newBuilder(URI.create("http://localhost:" + port + "/live"))
                    .build();
            for (int i = 0; i < 50; i++) {
                client.sendAsync(request, HttpResponse.BodyHandlers.ofInputStream())
                        .thenAcceptAsync(
                                response -> read(response.body(), ready, got), task -> new Thread(task).start());
            }
            assertThat(ready.await(10, TimeUnit.SECONDS)).isTrue();

            long before = System.nanoTime();
            view.show("node-1", NOW.plusSeconds(1), List.of(gpu(250.0)));
            assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofMillis(500));
            assertThat(got.await(1, TimeUnit.SECONDS)).isTrue();
        } finally {
            stream.close();
            server.stop();
            server.destroy();
        }
    }

    private static void read(InputStream body, CountDownLatch ready, CountDownLatch got) {
        new java.io.BufferedReader(new java.io.InputStreamReader(body, StandardCharsets.UTF_8))
                .lines()
                .forEach(line -> {
                    if (line.contains("\"watts\":100.0")) {
                        ready.countDown();
                    }
                    if (line.contains("\"at\":\"2026-01-05T10:00:01Z\",\"watts\":250.0")) {
                        got.countDown();
                    }
                });
    }

    private Tomcat server(Path folder) throws Exception {
        AnnotationConfigWebApplicationContext context = new AnnotationConfigWebApplicationContext();
        context.register(Web.class);
        context.addBeanFactoryPostProcessor(factory -> factory.registerSingleton("page", new Page(stream, view)));
        Tomcat server = new Tomcat();
        server.setBaseDir(folder.toString());
        server.setPort(0);
        Context root = server.addContext("", folder.toString());
        Wrapper servlet = Tomcat.addServlet(root, "pages", new DispatcherServlet(context));
        servlet.setAsyncSupported(true);
        servlet.setLoadOnStartup(1);
        root.addServletMappingDecoded("/", "pages");
        server.getConnector();
        server.start();
        return server;
    }

    @Test
    void oneWatcherTooManyIsToldSo() {
        for (int i = 0; i < LiveStream.MOST_WATCHERS; i++) {
            stream.watch(view.of("node-1"));
        }
        assertThatThrownBy(() -> stream.watch(view.of("node-1")))
                .isInstanceOf(ResponseStatusException.class)
                .hasMessageContaining("503")
                .hasMessageContaining("live views are open");
        assertThat(stream.watching()).isEqualTo(LiveStream.MOST_WATCHERS);
    }

    @Test
    void aWholeNodeMeterIsTheTotalAndChipsAreSummedWithoutOne() {
        LiveDevice cpu = device("cpu", DeviceKind.CPU, 60.0);
        assertThat(LiveView.totalWatts(List.of(cpu, gpu(200.0)))).isEqualTo(260.0);
        assertThat(LiveView.totalWatts(List.of(cpu, gpu(null)))).isEqualTo(60.0);
        assertThat(LiveView.totalWatts(List.of(cpu, gpu(200.0), device("psu", DeviceKind.NODE, 400.0))))
                .isEqualTo(400.0);
        assertThat(LiveView.totalWatts(List.of(cpu, device("psu", DeviceKind.NODE, null))))
                .as("a meter's gap is not filled with less")
                .isNull();
        assertThat(LiveView.totalWatts(List.of())).isNull();
    }

    @Test
    void anotherNodeShowsTheMeanOfItsNewestInterval() {
        long nowMs = NOW.toEpochMilli();
        view.received(batch(nowMs - 20_000, nowMs));
        view.received(batch(nowMs - 90_000, nowMs - 60_000));

        assertThat(view.of("node-2").watts()).isEqualTo(150.0);
        assertThat(view.of("node-2").at()).isEqualTo(NOW);
        assertThat(view.of("node-2").recent()).hasSize(1);
        assertThat(metrics.get("hfeco2ai.power").tag("node", "node-2").gauge().value())
                .isEqualTo(150.0);
    }

    @Test
    void whatANodeDrewMinutesAgoIsNotItsPowerNow() {
        long nowMs = NOW.toEpochMilli();
        view.received(batch(nowMs - 80_000, nowMs - 70_000));

        assertThat(view.of("node-2").watts()).isNull();
        assertThat(view.of("node-2").devices())
                .singleElement()
                .satisfies(device -> assertThat(device.watts()).isNull());
        assertThat(view.of("node-2").at()).isEqualTo(NOW.minusSeconds(70));
        assertThat(view.of("node-2").recent()).hasSize(1);
    }

    private static Batch batch(long startMs, long endMs) {
        long energyUj = (endMs - startMs) * 150_000;
        IntervalReport report = new IntervalReport(
                "gpu-0",
                DeviceKind.GPU,
                null,
                startMs,
                endMs,
                energyUj,
                null,
                Quality.MEASURED,
                "nvml",
                null,
                null,
                null,
                null,
                null);
        return new Batch("node-2", "boot-1", null, "agent", false, List.of(report), List.of());
    }

    private static LiveDevice gpu(@Nullable Double watts) {
        return device("gpu-0", DeviceKind.GPU, watts);
    }

    private static LiveDevice device(String key, DeviceKind kind, @Nullable Double watts) {
        return new LiveDevice(key, key, kind, watts, Quality.MEASURED, "nvml");
    }
}
