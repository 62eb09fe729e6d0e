package io.hfeco2ai.platform;

import static org.assertj.core.api.Assertions.assertThat;

import io.hfeco2ai.testing.RunningServer;
import java.io.IOException;
import java.net.CookieManager;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What a browser sees of signing in. */
class SignInTests extends RunningServer {

    private static final Pattern CSRF = Pattern.compile("name=\"_csrf\"[^>]*value=\"([^\"]+)\"");

    private final HttpClient browser = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .cookieHandler(new CookieManager())
            .build();

    private HttpResponse<String> page(String path) throws IOException, InterruptedException {
        return browser.send(request(path).header("Accept", "text/html").build(), HttpResponse.BodyHandlers.ofString());
    }

    private HttpResponse<String> form(String path, String fields) throws IOException, InterruptedException {
        return browser.send(
                request(path)
                        .header("Accept", "text/html")
                        .header("Content-Type", "application/x-www-form-urlencoded")
                        .POST(HttpRequest.BodyPublishers.ofString(fields))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private static String csrf(HttpResponse<String> page) {
        Matcher csrf = CSRF.matcher(page.body());
        assertThat(csrf.find()).as(page.body()).isTrue();
        return "&_csrf=" + URLEncoder.encode(csrf.group(1), StandardCharsets.UTF_8);
    }

    private HttpResponse<String> signIn(String username, String password) throws IOException, InterruptedException {
        return form("/login", "username=" + username + "&password=" + password + csrf(page("/login")));
    }

    private static String location(HttpResponse<String> answer) {
        return answer.headers().firstValue("Location").orElse("none");
    }

    @Test
    void aPageNeedsASignInAndComesBackToItAfterwards() throws Exception {
        assertThat(location(page("/settings/tokens"))).endsWith("/login");
        HttpResponse<String> signedIn = signIn("admin", PASSWORD);
        assertThat(location(signedIn)).contains("/settings/tokens");
        assertThat(page("/settings/tokens").statusCode()).isEqualTo(200);
    }

    @Test
    void aPartOfAPageOrAToolNeverGetsALoginPage() throws Exception {
        HttpResponse<String> part = send(request("/runs")
                .header("HX-Request", "true")
                .header("Accept", "text/html")
                .GET());
        assertThat(part.statusCode()).isEqualTo(401);
        assertThat(part.headers().firstValue("HX-Redirect")).contains("/login");
        assertThat(part.body()).isEmpty();
        HttpResponse<String> tool = send(request("/actuator/prometheus").GET());
        assertThat(tool.statusCode()).isEqualTo(401);
        assertThat(tool.body()).contains("Bearer");
    }

    @Test
    void aFormWithoutItsCsrfTokenChangesNothing() throws Exception {
        signIn("admin", PASSWORD);
        assertThat(form("/settings/tokens", "name=sneaky").statusCode()).isEqualTo(403);
        assertThat(page("/settings/tokens").body()).doesNotContain("sneaky");
    }

    @Test
    void aTokenIsShownOnceAndRevoked() throws Exception {
        signIn("admin", PASSWORD);
        HttpResponse<String> made = form("/settings/tokens", "name=cluster%20A" + csrf(page("/settings/tokens")));
        Matcher secret = Pattern.compile("eco2ai_[A-Za-z0-9_-]{43}").matcher(made.body());
        assertThat(secret.find()).as(made.body()).isTrue();
        assertThat(page("/settings/tokens").body()).contains("cluster A").doesNotContain(secret.group());
        String call = "Bearer " + secret.group();
        assertThat(send(request("/api/v1/runs").header("Authorization", call).GET())
                        .statusCode())
                .isEqualTo(200);
        HttpResponse<String> list = page("/settings/tokens");
        Matcher revoke = Pattern.compile("/settings/tokens/[0-9a-f]{32}/revoke").matcher(list.body());
        assertThat(revoke.find()).isTrue();
        form(revoke.group(), "x=1" + csrf(list));
        assertThat(send(request("/api/v1/runs").header("Authorization", call).GET())
                        .statusCode())
                .isEqualTo(401);
    }

    @Test
    void guessingHasToWait() throws Exception {
        for (int failure = 0; failure < SignInThrottle.MOST_FAILURES; failure++) {
            assertThat(location(signIn("guessed", "wrong" + failure))).endsWith("/login?error");
        }
        assertThat(location(signIn("guessed", "right"))).endsWith("/login?wait");
        HttpResponse<String> pretended = browser.send(
                request("/login")
                        .header("Content-Type", "application/x-www-form-urlencoded")
                        .header("X-Forwarded-For", "192.0.2.77")
                        .POST(HttpRequest.BodyPublishers.ofString(
                                "username=guessed&password=right" + csrf(page("/login"))))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        assertThat(location(pretended)).endsWith("/login?wait");
        assertThat(page("/login?wait").statusCode()).isEqualTo(200);
    }

    @Test
    void pagesAllowNothingFromElsewhere() throws Exception {
        HttpResponse<String> login = page("/login");
        assertThat(login.statusCode()).isEqualTo(200);
        assertThat(login.headers().firstValue("Content-Security-Policy").orElse(""))
                .contains("default-src 'self'")
                .contains("frame-ancestors 'none'")
                .doesNotContain("unsafe");
        assertThat(login.headers().firstValue("X-Content-Type-Options")).contains("nosniff");
        assertThat(login.headers().firstValue("X-Frame-Options")).contains("DENY");
    }

    @Test
    void aMissingPageIsAPageAndHealthIsPublicWithoutDetails() throws Exception {
        signIn("admin", PASSWORD);
        HttpResponse<String> missing = page("/nowhere");
        assertThat(missing.statusCode()).isEqualTo(404);
        assertThat(missing.headers().firstValue("Content-Type").orElse("")).startsWith("text/html");
        HttpResponse<String> health = send(request("/actuator/health").GET());
        assertThat(health.statusCode()).isEqualTo(200);
        assertThat(health.body()).doesNotContain("components");
        assertThat(get("/actuator/prometheus").statusCode()).isEqualTo(200);
        assertThat(get("/actuator/info").statusCode()).isEqualTo(200);
        assertThat(get("/v3/api-docs").statusCode()).isEqualTo(200);
    }
}
