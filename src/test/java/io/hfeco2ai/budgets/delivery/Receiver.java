package io.hfeco2ai.budgets.delivery;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/** A real HTTP server that takes calls, or behaves as badly as it is told to. */
final class Receiver implements AutoCloseable {

    record Call(
            String path,
            @Nullable String key,
            @Nullable String timestamp,
            @Nullable String signature,
            String body) {}

    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    final List<Call> calls = new CopyOnWriteArrayList<>();
    private final Deque<String> behaviours = new ArrayDeque<>();

    Receiver() {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.setExecutor(threads);
        server.createContext("/", this::handle);
        server.start();
    }

    String url(String path) {
        return "http://127.0.0.1:" + server.getAddress().getPort() + path;
    }

    /** For the next calls: a status, {@code stall}, {@code endless}; then 200 again. */
    synchronized void will(String... next) {
        behaviours.addAll(List.of(next));
    }

    private synchronized String behaviour() {
        return behaviours.isEmpty() ? "200" : behaviours.remove();
    }

    private void handle(HttpExchange exchange) throws IOException {
        var headers = exchange.getRequestHeaders();
        String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        calls.add(new Call(
                exchange.getRequestURI().toString(),
                headers.getFirst("Idempotency-Key"),
                headers.getFirst(Signature.TIMESTAMP_HEADER),
                headers.getFirst(Signature.SIGNATURE_HEADER),
                body));
        String behaviour = behaviour();
        if (behaviour.equals("stall")) {
            return; // never answered
        }
        if (behaviour.equals("endless")) {
            exchange.sendResponseHeaders(500, 0);
            byte[] much = "much ".repeat(1000).getBytes(StandardCharsets.UTF_8);
            while (true) {
                exchange.getResponseBody().write(much); // until the client has enough
            }
        }
        exchange.getResponseHeaders().set("Location", url("/elsewhere"));
        byte[] answer = "no\u0007thing".getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(Integer.parseInt(behaviour), answer.length);
        exchange.getResponseBody().write(answer);
        exchange.close();
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
