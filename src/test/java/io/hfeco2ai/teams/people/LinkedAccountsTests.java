package io.hfeco2ai.teams.people;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hfeco2ai.platform.Conflict;
import io.hfeco2ai.teams.people.People.Person;
import io.hfeco2ai.teams.people.People.Role;
import io.hfeco2ai.testing.Browser;
import io.hfeco2ai.testing.RunningServer;
import java.net.http.HttpResponse;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

/** Signing in at a PROVIDER: keys, codes, states and nonces are real and go over HTTP. */
class LinkedAccountsTests extends RunningServer {

    private static final IdentityProvider PROVIDER = IdentityProvider.start();

    @Autowired
    People people;

    @Autowired
    JdbcClient jdbc;

    @DynamicPropertySource
    static void configure(DynamicPropertyRegistry properties) {
        String registration = "spring.security.oauth2.client.registration.house.";
        properties.add(registration + "client-id", () -> IdentityProvider.CLIENT);
        properties.add(registration + "client-secret", () -> "secret");
        properties.add(registration + "client-name", () -> "Example Ltd");
        properties.add(registration + "scope", () -> "openid,email");
        properties.add("spring.security.oauth2.client.provider.house.issuer-uri", PROVIDER::issuer);
        properties.add(
                "spring.datasource.url",
                () ->
                        "jdbc:h2:mem:elsewhere;MODE=PostgreSQL;DATABASE_TO_LOWER=TRUE;DEFAULT_NULL_ORDERING=HIGH;DB_CLOSE_DELAY=-1");
    }

    @AfterAll
    static void stopProvider() {
        PROVIDER.stop();
    }

    @BeforeEach
    void anHonestProvider() {
        PROVIDER.claims.clear();
        PROVIDER.signsHonestly();
    }

    /** Where the browser ends after the provider's answer. */
    private String signIn(Browser browser) {
        return Browser.location(browser.get(callback(browser)));
    }

    private String callback(Browser browser) {
        String question = Browser.location(browser.get("/oauth2/authorization/house"));
        return Browser.location(browser.get(question));
    }

    private void account(String subject, String email, boolean verified) {
        PROVIDER.claims.putAll(Map.of("sub", subject, "email", email, "email_verified", verified));
    }

    private Person invited(String email) {
        return people.add("p" + UUID.randomUUID(), "", email, Role.USER);
    }

    private static boolean isSignedIn(Browser browser) {
        return browser.get("/settings/me").statusCode() == 200;
    }

    private void assertRefused(String why) {
        Browser browser = new Browser(port);
        long before = events("user.sign-in-failed");
        assertThat(signIn(browser)).endsWith("/login?elsewhere=" + why);
        assertThat(isSignedIn(browser)).isFalse();
        assertThat(events("user.sign-in-failed")).isEqualTo(before + 1);
        assertThat(browser.get("/login?elsewhere=" + why).body()).contains("You are not signed in.");
    }

    private long events(String action) {
        return jdbc.sql("SELECT COUNT(*) FROM audit_event WHERE action = ?")
                .param(action)
                .query(Long.class)
                .single();
    }

    @Test
    void theFirstTimeCountsTheVerifiedAddressAndThenTheSubjectAlone() {
        Person person = invited("Ada@example.org");
        account("ada-1", "ada@example.org", true);
        Browser browser = new Browser(port);
        assertThat(browser.get("/login").body()).contains("Sign in with Example Ltd");
        long before = events("user.signed-in");
        assertThat(signIn(browser)).doesNotContain("/login");
        HttpResponse<String> page = browser.get("/settings/me");
        assertThat(page.body()).contains(person.username()).doesNotContain("name=\"old\"");
        assertThat(events("user.signed-in")).isEqualTo(before + 1);
        assertThat(events("user.linked")).isPositive();

        account("ada-1", "married@example.org", false);
        Browser later = new Browser(port);
        signIn(later);
        assertThat(later.get("/settings/me").body()).contains(person.username());
        account("somebody-else", "ada@example.org", true);
        assertRefused("unknown");
    }

    @Test
    void anUnlinkedAccountIsSignedOutAndTheVerifiedAddressLinksAnew() {
        Person person = invited("grace@example.org");
        account("grace-old", "grace@example.org", true);
        Browser before = new Browser(port);
        signIn(before);
        assertThat(people.person(person.id()).linked()).isTrue();

        Browser admin = new Browser(port).signIn("admin", PASSWORD);
        assertThat(admin.get("/settings/people").body()).contains("/settings/people/" + person.id() + "/unlink");
        assertThat(admin.post("/settings/people/" + person.id() + "/unlink", "/settings/people")
                        .statusCode())
                .isEqualTo(302);
        assertThat(isSignedIn(before)).isFalse();
        assertThat(people.person(person.id()).joined()).isFalse();
        assertThat(events("user.unlinked")).isPositive();
        account("grace-old", "left@example.org", true);
        assertRefused("unknown");

        account("grace-new", "grace@example.org", true);
        Browser after = new Browser(port);
        signIn(after);
        assertThat(after.get("/settings/me").body()).contains(person.username());
        account("grace-old", "grace@example.org", true);
        assertRefused("unknown");
    }

    @Test
    void theLastAdminsOnlyWayInIsNotCut() {
        Person person = people.add("p" + UUID.randomUUID(), "", "root@example.org", Role.ADMIN);
        account("root", "root@example.org", true);
        signIn(new Browser(port));
        jdbc.sql("UPDATE app_user SET disabled_at = created_at WHERE id <> ? AND role = 'ADMIN'")
                .param(person.id())
                .update();
        try {
            assertThatThrownBy(() -> people.unlink(person.id()))
                    .isInstanceOf(Conflict.class)
                    .hasMessageContaining("last admin");
            assertThat(people.person(person.id()).linked()).isTrue();
        } finally {
            jdbc.sql("UPDATE app_user SET disabled_at = NULL WHERE role = 'ADMIN'")
                    .update();
        }
        people.unlink(person.id());
        assertThat(people.person(person.id()).linked()).isFalse();
    }

    @Test
    void nobodyGetsInUnasked() {
        account("stranger", "stranger@example.org", true);
        assertRefused("unknown");
        invited("unverified@example.org");
        account("unverified", "unverified@example.org", false);
        assertRefused("unknown");
        invited("two@example.org");
        invited("two@example.org");
        account("two", "two@example.org", true);
        assertRefused("unknown");
    }

    @Test
    void whoeverIsDisabledGetsNoSessionAndLosesTheOneTheyHad() {
        Person person = invited("eve@example.org");
        account("eve", "eve@example.org", true);
        Browser before = new Browser(port);
        signIn(before);
        assertThat(isSignedIn(before)).isTrue();
        people.disable(person.id());
        assertThat(isSignedIn(before)).isFalse();
        assertRefused("disabled");
    }

    @Test
    void tokensOfAnotherIssuerNonceAudienceOrKeyAreRefused() throws Exception {
        invited("bob@example.org");
        Map<String, Object> wrong = Map.of("iss", "https://other.example.org", "nonce", "old", "aud", "another-client");
        wrong.forEach((claim, content) -> {
            PROVIDER.claims.clear();
            account("bob", "bob@example.org", true);
            PROVIDER.claims.put(claim, content);
            assertRefused("failed");
        });
        PROVIDER.claims.clear();
        account("bob", "bob@example.org", true);
        PROVIDER.signer = IdentityProvider.newKey();
        assertRefused("failed");
    }

    @Test
    void anAnswerCountsOnceAndInTheBrowserThatAsked() {
        invited("kim@example.org");
        account("kim", "kim@example.org", true);
        Browser asked = new Browser(port);
        String answer = callback(asked);
        Browser thief = new Browser(port);
        long before = events("user.sign-in-failed");
        assertThat(Browser.location(thief.get(answer))).endsWith("/login?elsewhere=failed");
        assertThat(isSignedIn(thief)).isFalse();
        assertThat(events("user.sign-in-failed")).isEqualTo(before + 1);
        assertThat(Browser.location(asked.get(answer))).doesNotContain("/login");
        Browser again = new Browser(port);
        again.get("/oauth2/authorization/house");
        assertThat(Browser.location(again.get(answer))).endsWith("/login?elsewhere=failed");
        assertThat(isSignedIn(again)).isFalse();
    }
}
