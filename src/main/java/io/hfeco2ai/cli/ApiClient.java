package io.hfeco2ai.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Sends JSON to a server. Every call ends within seconds, whatever the server does. The JDK's old client does: the new one
 * has threads of its own and costs more memory than all the rest of a measured run.
 */
public final class ApiClient {

    private static final int CONNECT_MS = 3000;
    private static final int ANSWER_MS = 5000;

    /** Bad request, conflict, gone, too large, wrong type, not processable. */
    private static final Set<Integer> FOR_GOOD = Set.of(400, 409, 410, 413, 415, 422);

    private final URI server;
    private final Supplier<String> token;
    private final String base;
    private volatile boolean aborted;
    private volatile @Nullable HttpURLConnection current;

    /** @param status of HTTP; body: the strings, numbers and booleans of the answer; text: all of it */
    public record Answer(int status, Map<String, String> body, String text) {

        public boolean ok() {
            return status / 100 == 2;
        }

        /**
         * Sending the same again will not help: an HF Eco2AI server has understood it and does not want it. Only it says so
         * with a detail; an answer of something else at that address says nothing about the message.
         */
        public boolean refused() {
            return FOR_GOOD.contains(status) && body.containsKey("detail");
        }

        /** What the message speaks of is not there any more. */
        boolean notFound() {
            return status == 404 && body.containsKey("detail");
        }

        /** The token is wrong or may not do this: a person can mend that, and the message may be sent again then. */
        public boolean notAllowed() {
            return status == 401 || status == 403;
        }

        public String reason() {
            String detail = body.getOrDefault("detail", body.getOrDefault("title", ""));
            return "HTTP " + status + (detail.isEmpty() ? "" : ": " + detail);
        }
    }

    /** @param server http or https, with or without a path */
    ApiClient(URI server, String token) {
        this(server, () -> token);
    }

    /** @param token asked for each call: it may be changed while this process runs */
    public ApiClient(URI server, Supplier<String> token) {
        this.server = server;
        this.token = token;
        String address = server.toString();
        this.base = address.endsWith("/") ? address.substring(0, address.length() - 1) : address;
    }

    URI server() {
        return server;
    }

    /**
     * @param path from the server's root, such as {@code /api/v1/runs}
     * @throws InterruptedException after {@link #abort} too, and when the thread is interrupted before the call
     */
    public Answer post(String path, String json) throws IOException, InterruptedException {
        if (aborted || Thread.interrupted()) {
            throw new InterruptedException();
        }
        HttpURLConnection connection = connect(path);
        current = connection;
        try {
            byte[] body = json.getBytes(StandardCharsets.UTF_8);
            connection.setFixedLengthStreamingMode(body.length);
            try (OutputStream out = connection.getOutputStream()) {
                out.write(body);
            }
            int status = connection.getResponseCode();
            String text = answer(connection, status);
            return new Answer(status, Json.scalars(text), text);
        } catch (IOException e) {
            if (aborted) {
                throw new InterruptedException();
            }
            throw e;
        } finally {
            current = null;
        }
    }

    /** Ends the call under way, from another thread; there will be no other. */
    public void abort() {
        aborted = true;
        HttpURLConnection connection = current;
        if (connection != null) {
            connection.disconnect();
        }
    }

    private HttpURLConnection connect(String path) throws IOException {
        HttpURLConnection connection =
                (HttpURLConnection) URI.create(base + path).toURL().openConnection();
        connection.setConnectTimeout(CONNECT_MS);
        connection.setReadTimeout(ANSWER_MS);
        connection.setInstanceFollowRedirects(false);
        connection.setUseCaches(false);
        connection.setDoOutput(true);
        connection.setRequestMethod("POST");
        connection.setRequestProperty("Authorization", "Bearer " + token.get());
        connection.setRequestProperty("Content-Type", "application/json");
        connection.setRequestProperty("Accept", "application/json, application/problem+json");
        connection.setRequestProperty("User-Agent", "hf-eco2ai/" + Cli.version());
        return connection;
    }

    /** Read to its end, so that the connection can be used again. */
    private static String answer(HttpURLConnection connection, int status) throws IOException {
        try (InputStream in = status < 400 ? connection.getInputStream() : connection.getErrorStream()) {
            return in == null ? "" : new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
