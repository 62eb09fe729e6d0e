package io.hfeco2ai.bench;

import io.hfeco2ai.testing.ServerProcess;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/**
 * runs/log-batch with 1,000 metrics: this server beside MLflow's own on SQLite with 1, 2 and 4 workers, the same recorded
 * requests, 1, 8 and 32 clients each with runs of its own, one server at a time. System property: {@code seconds} (10) of
 * each measurement.
 */
@Tag("bench")
class MlflowBenchmark {

    private static final int SECONDS = Integer.getInteger("seconds", 10);
    private static final int WARM_UP_SECONDS = 5;
    private static final int BODIES = 100;
    private static final int POINTS = 1_000;
    private static final int[] CLIENTS = {1, 8, 32};
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private record Target(String base, String token) {}

    @TempDir
    Path folder;

    @Test
    void logBatchOfAThousandMetrics() throws Exception {
        String python = run(List.of("bash", "src/test/clients/make-env.sh", "mlflow-3.17.2"))
                .strip();
        Path recorded = folder.resolve("bodies");
        run(List.of(python, "src/test/clients/mlflow_record.py", recorded.toString(), String.valueOf(BODIES)));
        List<String> bodies = new ArrayList<>();
        for (String line : Files.readAllLines(recorded)) {
            bodies.add(JSON.readTree(line).stringValue());
        }
        System.out.printf(
                "BENCH log-batch | a request has %d bytes%n", bodies.get(0).length());
        double[] ours = ours(bodies);
        double[] best = new double[CLIENTS.length];
        for (int workers : new int[] {1, 2, 4}) {
            double[] theirs = theirs(python, workers, bodies);
            for (int i = 0; i < best.length; i++) {
                best[i] = Math.max(best[i], theirs[i]);
            }
        }
        for (int i = 0; i < best.length; i++) {
            System.out.printf(
                    Locale.ROOT,
                    "BENCH log-batch | %d clients | %.1f times MLflow's best%n",
                    CLIENTS[i],
                    ours[i] / best[i]);
        }
    }

    private double[] ours(List<String> bodies) throws Exception {
        Map<String, String> properties = Map.of("hfeco2ai.sampler.enabled", "false");
        try (ServerProcess server = ServerProcess.start(folder.resolve("ours"), properties)) {
            Target target = new Target(server.uri("/mlflow/api/2.0/mlflow/").toString(), ServerProcess.TOKEN);
            return measure("HF Eco2AI, H2 file", target, bodies);
        }
    }

    private double[] theirs(String python, int workers, List<String> bodies) throws Exception {
        int port;
        try (ServerSocket socket = new ServerSocket(0)) {
            port = socket.getLocalPort();
        }
        Path own = Files.createDirectories(folder.resolve("mlflow-" + workers));
        Process server = new ProcessBuilder(
                        python,
                        "-m",
                        "mlflow",
                        "server",
                        "--host",
                        "127.0.0.1",
                        "--port",
                        String.valueOf(port),
                        "--workers",
                        String.valueOf(workers),
                        "--backend-store-uri",
                        "sqlite:///" + own.resolve("m.db"),
                        "--default-artifact-root",
                        own.resolve("artifacts").toString())
                .redirectErrorStream(true)
                .redirectOutput(own.resolve("log").toFile())
                .directory(own.toFile())
                .start();
        try {
            URI health = URI.create("http://127.0.0.1:" + port + "/health");
            awaitAnswer(server, health);
            Target target = new Target("http://127.0.0.1:" + port + "/api/2.0/mlflow/", "none");
            return measure("MLflow 3.17.2, SQLite, " + workers + " workers", target, bodies);
        } finally {
            List<ProcessHandle> below = server.descendants().toList();
            server.destroy();
            below.forEach(ProcessHandle::destroy);
            server.waitFor(20, TimeUnit.SECONDS);
            below.forEach(ProcessHandle::destroyForcibly);
            server.destroyForcibly();
        }
    }

    private static void awaitAnswer(Process server, URI health) throws Exception {
        HttpClient http = HttpClient.newHttpClient();
        for (int tries = 0; tries < 1_200 && server.isAlive(); tries++) {
            try {
                if (http.send(HttpRequest.newBuilder(health).build(), HttpResponse.BodyHandlers.ofString())
                                .statusCode()
                        == 200) {
                    return;
                }
            } catch (IOException notYet) {
                Thread.sleep(100);
            }
        }
        throw new IllegalStateException("mlflow server did not start");
    }

    /** Requests a second, for each number of clients. */
    private static double[] measure(String title, Target target, List<String> bodies) throws Exception {
        load(target, bodies, 4, WARM_UP_SECONDS, new ConcurrentLinkedQueue<>());
        double[] rates = new double[CLIENTS.length];
        for (int i = 0; i < CLIENTS.length; i++) {
            ConcurrentLinkedQueue<Long> nanos = new ConcurrentLinkedQueue<>();
            long start = System.nanoTime();
            int failed = load(target, bodies, CLIENTS[i], SECONDS, nanos);
            double seconds = (System.nanoTime() - start) / 1e9;
            long[] sorted = nanos.stream().mapToLong(Long::longValue).sorted().toArray();
            rates[i] = sorted.length / seconds;
            System.out.printf(
                    Locale.ROOT,
                    "BENCH log-batch | %s | %d clients | %.1f requests/s, %.0f metrics/s | p50 %.1f ms, p95 %.1f ms | %d failed%n",
                    title,
                    CLIENTS[i],
                    rates[i],
                    rates[i] * POINTS,
                    sorted.length == 0 ? Double.NaN : sorted[sorted.length / 2] / 1e6,
                    sorted.length == 0 ? Double.NaN : sorted[(int) (sorted.length * 0.95)] / 1e6,
                    failed);
        }
        return rates;
    }

    /** How many requests failed; a failed one is not counted, and its client goes on with a new run. */
    private static int load(
            Target target, List<String> bodies, int clients, int seconds, ConcurrentLinkedQueue<Long> nanos)
            throws InterruptedException {
        AtomicInteger failed = new AtomicInteger();
        CountDownLatch ended = new CountDownLatch(clients);
        long limit = System.nanoTime() + seconds * 1_000_000_000L;
        for (int client = 0; client < clients; client++) {
            new Thread(() -> {
                        try {
                            while (System.nanoTime() < limit) {
                                try {
                                    send(target, bodies, limit, nanos);
                                } catch (IOException e) {
                                    failed.incrementAndGet();
                                }
                            }
                        } catch (InterruptedException e) {
                            Thread.currentThread().interrupt();
                        } finally {
                            ended.countDown();
                        }
                    })
                    .start();
        }
        ended.await();
        return failed.get();
    }

    /** A new run whenever all bodies have been sent: no point is ever told twice. */
    private static void send(Target target, List<String> bodies, long limit, ConcurrentLinkedQueue<Long> nanos)
            throws IOException, InterruptedException {
        HttpClient http =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
        String run = "";
        for (int n = 0; System.nanoTime() < limit; n++) {
            if (n % bodies.size() == 0) {
                String made =
                        post(http, target, "runs/create", "{\"experiment_id\":\"0\",\"start_time\":1767607200000}");
                run = JSON.readTree(made).at("/run/info/run_id").stringValue();
            }
            String body = bodies.get(n % bodies.size()).replace("RUN_ID", run);
            long before = System.nanoTime();
            post(http, target, "runs/log-batch", body);
            nanos.add(System.nanoTime() - before);
        }
    }

    private static String post(HttpClient http, Target target, String call, String body)
            throws IOException, InterruptedException {
        HttpResponse<String> answer = http.send(
                HttpRequest.newBuilder(URI.create(target.base() + call))
                        .timeout(Duration.ofSeconds(120))
                        .header("Authorization", "Bearer " + target.token())
                        .header("User-Agent", "mlflow-python-client/3.17.2")
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString(body))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        if (answer.statusCode() != 200) {
            throw new IOException(answer.statusCode() + " " + answer.body());
        }
        return answer.body();
    }

    private static String run(List<String> command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IllegalStateException(command + " ended with " + process.exitValue());
        }
        return out;
    }
}
