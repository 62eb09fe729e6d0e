package io.hfeco2ai.budgets.delivery;

import jakarta.annotation.PreDestroy;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.apache.hc.client5.http.DnsResolver;
import org.apache.hc.client5.http.classic.methods.HttpPost;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.io.entity.StringEntity;
import org.apache.hc.core5.util.Timeout;
import org.springframework.stereotype.Component;

/**
 * Posts JSON to URLs that users chose. The host is resolved once per call, its addresses are checked, and the connection
 * goes to one of them; redirects are not followed; answers are cut; a call ends after 15 s whatever the receiver does.
 */
@Component
class WebClient {

    static final int LONGEST_ANSWER = 300;
    private static final long DEADLINE_MS = 15_000;
    private static final Timeout STEP = Timeout.ofSeconds(5);

    private final CloseableHttpClient http;
    private final ScheduledExecutorService deadlines = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "webhook-deadlines");
        thread.setDaemon(true);
        return thread;
    });

    WebClient(WebTargets targets) {
        this.http = HttpClients.custom()
                .setConnectionManager(PoolingHttpClientConnectionManagerBuilder.create()
                        .setDnsResolver(new Checked(targets))
                        .setDefaultConnectionConfig(ConnectionConfig.custom()
                                .setConnectTimeout(STEP)
                                .setSocketTimeout(STEP)
                                .build())
                        .build())
                .setDefaultRequestConfig(RequestConfig.custom()
                        .setResponseTimeout(Timeout.ofSeconds(10))
                        .build())
                .setConnectionReuseStrategy((request, response, context) -> false)
                .setUserAgent("hf-eco2ai")
                .disableRedirectHandling()
                .disableAutomaticRetries()
                .disableCookieManagement()
                .disableContentCompression()
                .disableAuthCaching()
                .build();
    }

    /** @throws Undelivered unless the answer is 2xx */
    String post(URI url, String json, Map<String, String> headers) throws Undelivered {
        HttpPost post = new HttpPost(url);
        headers.forEach(post::setHeader);
        post.setEntity(new StringEntity(json, ContentType.APPLICATION_JSON));
        ScheduledFuture<?> deadline = deadlines.schedule(post::cancel, DEADLINE_MS, TimeUnit.MILLISECONDS);
        try {
            return outcome(http.executeOpen(null, post, null)).taken();
        } catch (UnknownHostException e) {
            throw new Undelivered("The host" + WebTargets.reason(e));
        } catch (IOException | IllegalStateException e) {
            throw new Undelivered(
                    post.isCancelled()
                            ? "No whole answer within " + DEADLINE_MS / 1000 + " s."
                            : "No answer: " + e.getClass().getSimpleName() + ".");
        } finally {
            deadline.cancel(false);
            post.cancel(); // An endless answer is not read to its end.
        }
    }

    private record Outcome(int status, String answer) {

        String taken() throws Undelivered {
            if (status >= 300 && status < 400) {
                throw new Undelivered("Answered " + status + ": redirects are not followed; set the final URL.");
            }
            if (status < 200 || status >= 300) {
                throw new Undelivered("Answered " + status + (answer.isBlank() ? "." : ": " + answer));
            }
            return "Answered " + status + ".";
        }
    }

    private static Outcome outcome(ClassicHttpResponse response) throws IOException {
        return new Outcome(response.getCode(), beginning(response));
    }

    private static String beginning(ClassicHttpResponse response) throws IOException {
        if (response.getEntity() == null || response.getCode() < 300) {
            return "";
        }
        InputStream body = response.getEntity().getContent();
        return new String(body.readNBytes(LONGEST_ANSWER), StandardCharsets.UTF_8).replaceAll("\\p{Cntrl}+", " ");
    }

    @PreDestroy
    void close() throws IOException {
        deadlines.shutdownNow();
        http.close();
    }

    private record Checked(WebTargets targets) implements DnsResolver {

        @Override
        public InetAddress[] resolve(String host) throws UnknownHostException {
            return targets.addresses(host);
        }

        @Override
        public String resolveCanonicalHostname(String host) {
            return host;
        }
    }
}
