package io.hfeco2ai.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.CookieManager;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Somebody's browser: keeps cookies, sends forms with their CSRF token, follows no redirect by itself. */
public final class Browser {

    private static final Pattern CSRF = Pattern.compile("name=\"_csrf\"[^>]*value=\"([^\"]+)\"");

    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .cookieHandler(new CookieManager())
            .build();
    private final URI server;
    private final String languages;

    public Browser(int port) {
        this(port, "en");
    }

    /** @param languages what the browser asks for, as in the header Accept-Language */
    public Browser(int port, String languages) {
        this.server = URI.create("http://127.0.0.1:" + port + "/");
        this.languages = languages;
    }

    /** @param path of the server, or a whole address */
    public HttpResponse<String> get(String path) {
        return send(request(path));
    }

    /**
     * Sends a form.
     *
     * @param from the page on which the form stands
     * @param fields name, content, name, content, …
     */
    public HttpResponse<String> post(String path, String from, String... fields) {
        String page = get(from).body();
        Matcher csrf = CSRF.matcher(page);
        if (!csrf.find()) {
            throw new AssertionError("no form on " + from + ": " + page);
        }
        StringBuilder body = new StringBuilder("_csrf=").append(encoded(csrf.group(1)));
        for (int i = 0; i < fields.length; i += 2) {
            body.append('&').append(fields[i]).append('=').append(encoded(fields[i + 1]));
        }
        return send(request(path)
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(HttpRequest.BodyPublishers.ofString(body.toString())));
    }

    /** @throws AssertionError name or password is wrong */
    public Browser signIn(String username, String password) {
        String to = location(post("/login", "/login", "username", username, "password", password));
        if (to.contains("/login")) {
            throw new AssertionError(username + " was sent to " + to);
        }
        return this;
    }

    public static String location(HttpResponse<String> answer) {
        return answer.headers().firstValue("Location").orElse("none");
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(server.resolve(path))
                .timeout(Duration.ofSeconds(30))
                .header("Accept", "text/html")
                .header("Accept-Language", languages);
    }

    private HttpResponse<String> send(HttpRequest.Builder request) {
        try {
            return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
