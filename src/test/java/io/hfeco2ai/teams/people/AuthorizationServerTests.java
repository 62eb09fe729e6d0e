package io.hfeco2ai.teams.people;

import static org.assertj.core.api.Assertions.assertThat;

import io.hfeco2ai.teams.people.People.Person;
import io.hfeco2ai.teams.people.People.Role;
import io.hfeco2ai.testing.Browser;
import io.hfeco2ai.testing.RunningServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

/** Signing in at Spring Authorization Server as somebody does in a browser, from our sign-in page through its form and back. */
class AuthorizationServerTests extends RunningServer {

    private static final AuthorizationServer PROVIDER = AuthorizationServer.start("mary", "stranger");

    @Autowired
    People people;

    @DynamicPropertySource
    static void configure(DynamicPropertyRegistry properties) {
        String registration = "spring.security.oauth2.client.registration.house.";
        properties.add(registration + "client-id", () -> AuthorizationServer.CLIENT);
        properties.add(registration + "client-secret", () -> AuthorizationServer.SECRET);
        properties.add(registration + "client-name", () -> "Example Ltd");
        properties.add(registration + "scope", () -> "openid,email");
        properties.add("spring.security.oauth2.client.provider.house.issuer-uri", PROVIDER::issuer);
        properties.add(
                "spring.datasource.url",
                () ->
                        "jdbc:h2:mem:authorization;MODE=PostgreSQL;DATABASE_TO_LOWER=TRUE;DEFAULT_NULL_ORDERING=HIGH;DB_CLOSE_DELAY=-1");
    }

    @AfterAll
    static void stopProvider() {
        PROVIDER.stop();
    }

    /** Where the browser ends after the provider's form. */
    private String signIn(Browser browser, String name) {
        assertThat(browser.get("/login").body()).contains("href=\"/oauth2/authorization/house\"");
        String question = Browser.location(browser.get("/oauth2/authorization/house"));
        assertThat(question)
                .startsWith(PROVIDER.issuer() + "/oauth2/authorize?")
                .contains("code_challenge_method=S256");
        String form = Browser.location(browser.get(question));
        assertThat(form).endsWith("/login");
        String back =
                Browser.location(browser.post(form, form, "username", name, "password", AuthorizationServer.PASSWORD));
        assertThat(back).startsWith(PROVIDER.issuer() + "/oauth2/authorize?");
        String answer = Browser.location(browser.get(back));
        assertThat(answer).startsWith("http://127.0.0.1:" + port + "/login/oauth2/code/house?code=");
        return Browser.location(browser.get(answer));
    }

    @Test
    void whoWasAddedHereGetsInWithTheRightsGivenHere() {
        Person person = people.add("mary", "Mary", "mary@example.org", Role.USER);
        Browser browser = new Browser(port);
        assertThat(signIn(browser, "mary")).doesNotContain("/login");
        assertThat(browser.get("/settings/me").body()).contains("mary");
        assertThat(people.person(person.id()).linked()).isTrue();
        assertThat(people.person(person.id()).role()).isEqualTo(Role.USER);
        assertThat(browser.get("/settings/people").statusCode()).isEqualTo(403);
    }

    @Test
    void whoHasAnAccountThereAloneStaysOutside() {
        Browser browser = new Browser(port);
        assertThat(signIn(browser, "stranger")).endsWith("/login?elsewhere=unknown");
        assertThat(browser.get("/settings/me").statusCode()).isEqualTo(302);
    }
}
