package io.hfeco2ai.cli;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;

/** Sends JSON to a server. Every call ends within seconds, whatever the server does. */
final class ApiClient {

    private static final Duration CONNECT = Duration.ofSeconds(3);
    private static final Duration ANSWER = Duration.ofSeconds(5);

    private final URI server;
    private final String token;
    private final HttpClient client;

    /** @param status of HTTP; body: the strings, numbers and booleans of the answer */
    record Answer(int status, Map<String, String> body) {

        boolean ok() {
            return status / 100 == 2;
        }

        /** Sending the same again will not help: the server has understood and does not want it. */
        boolean refused() {
            return status / 100 == 4 && status != 408 && status != 429;
        }

        /** The token is wrong or may not do this: a person can mend that, and the message may be sent again then. */
        boolean notAllowed() {
            return status == 401 || status == 403;
        }

        String reason() {
            String detail = body.getOrDefault("detail", body.getOrDefault("title", ""));
            return "HTTP " + status + (detail.isEmpty() ? "" : ": " + detail);
        }
    }

    /** @param server http or https, with or without a path */
    ApiClient(URI server, String token) {
        this.server = server;
        this.token = token;
        this.client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(CONNECT)
                .build();
    }

    URI server() {
        return server;
    }

    /** @param path from the server's root, such as {@code /api/v1/runs} */
    Answer post(String path, String json) throws IOException, InterruptedException {
        String base = server.toString().replaceAll("/+$", "");
        HttpRequest request = HttpRequest.newBuilder(URI.create(base + path))
                .timeout(ANSWER)
                .header("Authorization", "Bearer " + token)
                .header("Content-Type", "application/json")
                .header("Accept", "application/json, application/problem+json")
                .header("User-Agent", "hf-eco2ai-cli/" + Cli.version())
                .POST(HttpRequest.BodyPublishers.ofString(json))
                .build();
        HttpResponse<String> response = client.send(request, HttpResponse.BodyHandlers.ofString());
        return new Answer(response.statusCode(), Json.scalars(response.body()));
    }
}
