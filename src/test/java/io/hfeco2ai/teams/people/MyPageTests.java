package io.hfeco2ai.teams.people;

import static org.assertj.core.api.Assertions.assertThat;

import io.hfeco2ai.teams.people.People.Role;
import io.hfeco2ai.testing.Browser;
import io.hfeco2ai.testing.RunningServer;
import java.net.http.HttpResponse;
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

    private static final String FIRST = "first-password-1";
    private static final String SECOND = "second-password-2";

    @Autowired
    People people;

    @Autowired
    Invitations invitations;

    private Browser browser() {
        return new Browser(port);
    }

    private static HttpResponse<String> password(Browser browser, String old, String chosen) {
        return browser.post("/settings/me/password", "/settings/me", "old", old, "password", chosen, "again", chosen);
    }

    private static boolean isSignedIn(Browser browser) {
        return browser.get("/settings/me").statusCode() == 200;
    }

    private People.Person somebody() {
        People.Person person = people.add("p" + UUID.randomUUID(), "Grace <i>", "", Role.USER);
        invitations.accept(invitations.invite(person.id()), FIRST, FIRST);
        return person;
    }

    @Test
    void aNewPasswordNeedsTheOldOneAndEndsTheOtherSessions() {
        String username = somebody().username();
        Browser here = browser().signIn(username, FIRST);
        Browser there = browser().signIn(username, FIRST);
        HttpResponse<String> wrong = password(here, "not-the-old-one", SECOND);
        assertThat(wrong.statusCode()).isEqualTo(400);
        assertThat(wrong.body()).contains("This is not your password.");
        assertThat(isSignedIn(there)).isTrue();

        assertThat(Browser.location(password(here, FIRST, SECOND))).contains("done=password");
        assertThat(isSignedIn(here)).isTrue();
        assertThat(Browser.location(there.get("/settings/me"))).endsWith("/login");
        assertThat(isSignedIn(browser().signIn(username, SECOND))).isTrue();
    }

    @Test
    void anOldPasswordCannotBeGuessedFromWithinASession() {
        Browser browser = browser().signIn(somebody().username(), FIRST);
        for (int i = 0; i < 10; i++) {
            password(browser, "guess-number-" + i, SECOND);
        }
        assertThat(password(browser, FIRST, SECOND).body()).contains("wrong too often");
    }

    @Test
    void aPasswordSetByALinkAndADisabledAccountEndAllSessions() {
        People.Person person = somebody();
        Browser before = browser().signIn(person.username(), FIRST);
        String link = "/invitations/" + invitations.invite(person.id());
        assertThat(Browser.location(browser().post(link, link, "password", SECOND, "again", SECOND)))
                .endsWith("/login?joined");
        assertThat(isSignedIn(before)).isFalse();

        Browser again = browser().signIn(person.username(), SECOND);
        Browser admin = browser().signIn("admin", PASSWORD);
        admin.post("/settings/people/" + person.id() + "/disable", "/settings/people");
        admin.post("/settings/people/" + person.id() + "/enable", "/settings/people");
        assertThat(isSignedIn(again))
                .as("an old session after disable and enable")
                .isFalse();
    }

    @Test
    void themeAndTimeZoneAreInThePagesOfThePerson() {
        Browser browser = browser().signIn(somebody().username(), FIRST);
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
    void pagesAreInTheLanguageThatThePersonChoseElseTheBrowsers() {
        Browser german = new Browser(port, "de-AT,de;q=0.9,en;q=0.8");
        assertThat(german.get("/login").body()).contains("lang=\"de\"").contains("Benutzername");
        assertThat(new Browser(port, "fr-FR,fr;q=0.9").get("/login").body())
                .contains("lang=\"en\"")
                .contains("User name");

        german.signIn(somebody().username(), FIRST);
        assertThat(german.get("/settings/me").body()).contains("lang=\"de\"").contains("Ihre Einstellungen");
        set(german, "en");
        assertThat(german.get("/budgets").body()).contains("lang=\"en\"").contains("Times are in");
        set(german, "de");
        assertThat(german.get("/runs").body()).contains("lang=\"de\"").contains("Läufe");

        Browser english = browser().signIn(somebody().username(), FIRST);
        set(english, "de");
        assertThat(english.get("/reports").body()).contains("Berichte");
        set(english, "browser");
        assertThat(english.get("/reports").body()).contains("lang=\"en\"");
        HttpResponse<String> refused = set(english, "xx");
        assertThat(refused.statusCode()).isEqualTo(400);
        assertThat(refused.body()).contains("[browser, en, de]");
    }

    private static HttpResponse<String> set(Browser browser, String language) {
        return browser.post(
                "/settings/me", "/settings/me", "theme", "system", "language", language, "zone", "Europe/Berlin");
    }

    @Test
    void timesAreWrittenInThePersonsZone() {
        Browser admin = browser().signIn("admin", PASSWORD);
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
