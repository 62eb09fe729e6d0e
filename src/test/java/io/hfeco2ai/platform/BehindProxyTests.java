package io.hfeco2ai.platform;

import static org.assertj.core.api.Assertions.assertThat;

import io.hfeco2ai.testing.RunningServer;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.test.context.TestPropertySource;

/** A proxy that takes a prefix away and says so; the server was told to believe it. */
@TestPropertySource(
        properties = {
            "server.forward-headers-strategy=framework",
            "spring.datasource.url=jdbc:h2:mem:proxied;MODE=PostgreSQL;DATABASE_TO_LOWER=TRUE;DEFAULT_NULL_ORDERING=HIGH"
        })
class BehindProxyTests extends RunningServer {

    @ParameterizedTest
    @CsvSource({"/api/v1/nothing, 404", "/api/v1/runs?size=1000, 400", "/api/v1/runs/a;b=c, 400"})
    void anErrorOfTheApiStaysAProblemUnderAPrefix(String call, int status) {
        HttpResponse<String> answer =
                send(authorised(call).header("X-Forwarded-Prefix", "/energy").GET());
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        assertThat(answer.headers().firstValue("Content-Type").orElse("")).startsWith("application/problem+json");
    }

    @ParameterizedTest
    @CsvSource({"/energy", "/api"})
    void aRunsAddressHasThePrefix(String prefix) {
        HttpResponse<String> answer = send(authorised("/api/v1/runs")
                .header("X-Forwarded-Prefix", prefix)
                .POST(HttpRequest.BodyPublishers.ofString("{\"project\":\"p\",\"experiment\":\"e\"}")));
        assertThat(json(answer).get("url").asString()).contains(prefix + "/runs/");
    }
}
