package io.hfeco2ai.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The whole application on a random port, in this JVM, on a database in memory. All subclasses share one. */
@SpringBootTest(
        webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
        properties = {
            "spring.datasource.url=jdbc:h2:mem:running;MODE=PostgreSQL;DATABASE_TO_LOWER=TRUE;DEFAULT_NULL_ORDERING=HIGH;DB_CLOSE_DELAY=-1",
            "hfeco2ai.data=target/test-data",
            "hfeco2ai.sampler.enabled=false",
            "hfeco2ai.bootstrap.admin-password=" + RunningServer.PASSWORD,
            "hfeco2ai.bootstrap.api-token=" + RunningServer.TOKEN
        })
public abstract class RunningServer {

    public static final String TOKEN = "test-token-0123456789-0123456789";
    public static final String PASSWORD = "test-password-0123";
    protected static final JsonMapper JSON = JsonMapper.builder().build();

    private static final HttpClient HTTP = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(5))
            .build();

    @LocalServerPort
    protected int port;

    protected HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .timeout(Duration.ofSeconds(30));
    }

    protected HttpRequest.Builder authorised(String path) {
        return request(path).header("Authorization", "Bearer " + TOKEN).header("Content-Type", "application/json");
    }

    protected HttpResponse<String> get(String path) {
        return send(authorised(path).GET());
    }

    protected HttpResponse<String> post(String path, String json) {
        return send(authorised(path).POST(HttpRequest.BodyPublishers.ofString(json)));
    }

    protected static HttpResponse<String> send(HttpRequest.Builder request) {
        try {
            return HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    protected static JsonNode json(HttpResponse<String> answer) {
        return JSON.readTree(answer.body());
    }
}
