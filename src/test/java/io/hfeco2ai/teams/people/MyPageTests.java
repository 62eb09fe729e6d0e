package io.hfeco2ai.teams.people;

import static org.assertj.core.api.Assertions.assertThat;

import io.hfeco2ai.teams.people.People.Role;
import io.hfeco2ai.testing.RunningServer;
import java.io.IOException;
import java.net.CookieManager;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

/** What a person sets for themselves, through two browsers. */
class MyPageTests extends RunningServer {

    private static final Pattern CSRF = Pattern.compile("name=\"_csrf\"[^>]*value=\"([^\"]+)\"");
    private static final String FIRST = "first-password-1";
    private static final String SECOND = "second-password-2";

    @Autowired
    People people;

    @Autowired
    Invitations invitations;

    private final class Browser {

        private final HttpClient http = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .cookieHandler(new CookieManager())
                .build();

        HttpResponse<String> get(String path) throws IOException, InterruptedException {
            return http.send(request(path).header("Accept", "text/html").build(), HttpResponse.BodyHandlers.ofString());
        }

        HttpResponse<String> post(String path, String from, String... fields) throws IOException, InterruptedException {
            StringBuilder body =
                    new StringBuilder("_csrf=").append(encoded(csrf(get(from).body())));
            for (int i = 0; i < fields.length; i += 2) {
                body.append('&').append(fields[i]).append('=').append(encoded(fields[i + 1]));
            }
            return http.send(
                    request(path)
                            .header("Accept", "text/html")
                            .header("Content-Type", "application/x-www-form-urlencoded")
                            .POST(HttpRequest.BodyPublishers.ofString(body.toString()))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
        }

        Browser signIn(String username, String password) throws IOException, InterruptedException {
            assertThat(location(post("/login", "/login", "username", username, "password", password)))
                    .doesNotContain("error");
            return this;
        }

        HttpResponse<String> password(String old, String chosen) throws IOException, InterruptedException {
            return post("/settings/me/password", "/settings/me", "old", old, "password", chosen, "again", chosen);
        }

        boolean isSignedIn() throws IOException, InterruptedException {
            return get("/settings/me").statusCode() == 200;
        }
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    private static String csrf(String page) {
        Matcher csrf = CSRF.matcher(page);
        assertThat(csrf.find()).as(page).isTrue();
        return csrf.group(1);
    }

    private static String location(HttpResponse<String> answer) {
        return answer.headers().firstValue("Location").orElse("none");
    }

    private People.Person somebody() {
        People.Person person = people.add("p" + UUID.randomUUID(), "Grace <i>", "", Role.USER);
        invitations.accept(invitations.invite(person.id()), FIRST, FIRST);
        return person;
    }

    @Test
    void aNewPasswordNeedsTheOldOneAndEndsTheOtherSessions() throws Exception {
        String username = somebody().username();
        Browser here = new Browser().signIn(username, FIRST);
        Browser there = new Browser().signIn(username, FIRST);
        HttpResponse<String> wrong = here.password("not-the-old-one", SECOND);
        assertThat(wrong.statusCode()).isEqualTo(400);
        assertThat(wrong.body()).contains("This is not your password.");
        assertThat(there.isSignedIn()).isTrue();

        assertThat(location(here.password(FIRST, SECOND))).contains("done=password");
        assertThat(here.isSignedIn()).isTrue();
        assertThat(location(there.get("/settings/me"))).endsWith("/login");
        assertThat(new Browser().signIn(username, SECOND).isSignedIn()).isTrue();
    }

    @Test
    void anOldPasswordCannotBeGuessedFromWithinASession() throws Exception {
        Browser browser = new Browser().signIn(somebody().username(), FIRST);
        for (int i = 0; i < 10; i++) {
            browser.password("guess-number-" + i, SECOND);
        }
        assertThat(browser.password(FIRST, SECOND).body()).contains("wrong too often");
    }

    @Test
    void aPasswordSetByALinkAndADisabledAccountEndAllSessions() throws Exception {
        People.Person person = somebody();
        Browser before = new Browser().signIn(person.username(), FIRST);
        String link = "/invitations/" + invitations.invite(person.id());
        assertThat(location(new Browser().post(link, link, "password", SECOND, "again", SECOND)))
                .endsWith("/login?joined");
        assertThat(before.isSignedIn()).isFalse();

        Browser again = new Browser().signIn(person.username(), SECOND);
        Browser admin = new Browser().signIn("admin", PASSWORD);
        admin.post("/settings/people/" + person.id() + "/disable", "/settings/people");
        admin.post("/settings/people/" + person.id() + "/enable", "/settings/people");
        assertThat(again.isSignedIn())
                .as("an old session after disable and enable")
                .isFalse();
    }

    @Test
    void themeAndTimeZoneAreInThePagesOfThePerson() throws Exception {
        Browser browser = new Browser().signIn(somebody().username(), FIRST);
        assertThat(browser.get("/settings/me").body())
                .contains("data-choice=\"system\"")
                .doesNotContain("data-theme=\"")
                .contains("Grace &lt;i&gt;")
                .contains("Times are in UTC");
        browser.post("/settings/me", "/settings/me", "theme", "dark", "zone", "Asia/Kolkata");
        assertThat(browser.get("/sites").body()).contains("data-theme=\"dark\"").contains("Times are in Asia/Kolkata");
        assertThat(browser.post("/settings/me/theme", "/settings/me", "theme", "light")
                        .statusCode())
                .isEqualTo(204);
        assertThat(browser.get("/runs").body()).contains("data-theme=\"light\"");
        HttpResponse<String> refused =
                browser.post("/settings/me", "/settings/me", "theme", "dark", "zone", "Mars/Olympus");
        assertThat(refused.statusCode()).isEqualTo(400);
        assertThat(refused.body()).contains("There is no such time zone").contains("Times are in Asia/Kolkata");
        assertThat(browser.get("/runs").body()).contains("data-theme=\"light\"");
        assertThat(browser.post("/settings/me/theme", "/settings/me", "theme", "<script>")
                        .statusCode())
                .isEqualTo(400);
    }

    @Test
    void timesAreWrittenInThePersonsZone() throws Exception {
        Browser admin = new Browser().signIn("admin", PASSWORD);
        String utc = firstTime(admin.get("/settings/audit").body());
        admin.post("/settings/me", "/settings/me", "theme", "system", "zone", "Asia/Kolkata");
        try {
            String page = admin.get("/settings/audit").body();
            Matcher time = Pattern.compile("<time datetime=\"([^\"]+)\">([^<]+)</time>")
                    .matcher(page);
            assertThat(time.find()).as(page).isTrue();
            assertThat(time.group(2))
                    .isEqualTo(DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm")
                            .withZone(ZoneId.of("Asia/Kolkata"))
                            .format(Instant.parse(time.group(1))))
                    .isNotEqualTo(utc);
        } finally {
            admin.post("/settings/me", "/settings/me", "theme", "system", "zone", "UTC");
        }
    }

    private static String firstTime(String page) {
        Matcher time =
                Pattern.compile("<time datetime=\"[^\"]+\">([^<]+)</time>").matcher(page);
        assertThat(time.find()).as(page).isTrue();
        return time.group(1);
    }
}
