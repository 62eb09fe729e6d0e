package io.hfeco2ai.grid.providers;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.util.Timeout;
import org.jspecify.annotations.Nullable;

/** Asks providers. A call ends in time whatever the other side does: the connection is closed, no thread is interrupted. */
final class ProviderHttp {

    private static final int LONGEST_ANSWER = 5_000_000;
    private static final Duration LONGEST_WAIT = Duration.ofHours(6);

    private final Duration deadline;
    private final CloseableHttpClient http;
    private final ScheduledExecutorService deadlines = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "provider-deadlines");
        thread.setDaemon(true);
        return thread;
    });

    /** @param deadline for a whole answer */
    ProviderHttp(Duration deadline) {
        this.deadline = deadline;
        Timeout step = Timeout.of(deadline);
        this.http = HttpClients.custom()
                .setConnectionManager(PoolingHttpClientConnectionManagerBuilder.create()
                        .setDefaultConnectionConfig(ConnectionConfig.custom()
                                .setConnectTimeout(step)
                                .setSocketTimeout(step)
                                .build())
                        .build())
                .setDefaultRequestConfig(
                        RequestConfig.custom().setResponseTimeout(step).build())
                .setConnectionReuseStrategy((request, response, context) -> false)
                .setUserAgent("hf-eco2ai")
                .disableRedirectHandling()
                .disableAutomaticRetries()
                .disableCookieManagement()
                .build();
    }

    /** @throws ProviderFailure unless a whole answer with status 200 comes in time */
    String get(URI uri, Map<String, String> headers) throws ProviderFailure {
        HttpGet get = new HttpGet(uri);
        headers.forEach(get::setHeader);
        ScheduledFuture<?> end = deadlines.schedule(get::cancel, deadline.toMillis(), TimeUnit.MILLISECONDS);
        try {
            return body(http.executeOpen(null, get, null));
        } catch (IOException | IllegalStateException e) {
            throw new ProviderFailure(
                    get.isCancelled()
                            ? "No whole answer within " + deadline.toSeconds() + " s."
                            : "No connection, or it broke off (" + e.getClass().getSimpleName() + ").");
        } finally {
            end.cancel(false);
            get.cancel();
        }
    }

    private static String body(ClassicHttpResponse response) throws IOException, ProviderFailure {
        int status = response.getCode();
        if (status == 401 || status == 403) {
            throw new ProviderFailure(
                    "The key was refused (" + status + "): it is wrong, expired, or not for this zone.");
        }
        if (status == 429) {
            throw new ProviderFailure("Too many calls (429): the provider's limit is reached.", retryAfter(response));
        }
        if (status != 200) {
            throw new ProviderFailure("The provider answered " + status + ".", retryAfter(response));
        }
        byte[] body = response.getEntity() == null
                ? new byte[0]
                : response.getEntity().getContent().readNBytes(LONGEST_ANSWER + 1);
        if (body.length > LONGEST_ANSWER) {
            throw new ProviderFailure("The answer is larger than 5 MB.");
        }
        return new String(body, StandardCharsets.UTF_8);
    }

    private static @Nullable Duration retryAfter(ClassicHttpResponse response) {
        Header header = response.getFirstHeader("Retry-After");
        if (header == null || !header.getValue().matches("\\d{1,6}")) {
            return null;
        }
        Duration asked = Duration.ofSeconds(Long.parseLong(header.getValue()));
        return asked.compareTo(LONGEST_WAIT) > 0 ? LONGEST_WAIT : asked;
    }

    void close() throws IOException {
        deadlines.shutdown();
        http.close();
    }
}
