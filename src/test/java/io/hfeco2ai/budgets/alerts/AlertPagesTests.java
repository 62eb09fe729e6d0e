package io.hfeco2ai.budgets.alerts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.springframework.security.test.web.servlet.request.SecurityMockMvcRequestPostProcessors.csrf;
import static org.springframework.security.test.web.servlet.request.SecurityMockMvcRequestPostProcessors.user;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.get;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.post;

import com.icegreen.greenmail.junit5.GreenMailExtension;
import com.icegreen.greenmail.util.ServerSetupTest;
import io.hfeco2ai.budgets.delivery.Outbox;
import io.hfeco2ai.budgets.delivery.Outbox.Delivery;
import io.hfeco2ai.budgets.delivery.Severity;
import io.hfeco2ai.platform.Changed;
import io.hfeco2ai.platform.Ids;
import io.hfeco2ai.teams.Teams;
import jakarta.mail.internet.MimeMessage;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.webmvc.test.autoconfigure.AutoConfigureMockMvc;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.springframework.test.context.event.ApplicationEvents;
import org.springframework.test.context.event.RecordApplicationEvents;
import org.springframework.test.web.servlet.assertj.MockMvcTester;
import org.springframework.test.web.servlet.assertj.MvcTestResult;
import org.springframework.test.web.servlet.request.MockHttpServletRequestBuilder;

/** The inbox and the channels as people of several roles get them, with a real mail server behind. */
@SpringBootTest(
        properties = {
            "hfeco2ai.sampler.enabled=false",
            "hfeco2ai.mail.from=eco2ai@example.org",
            "hfeco2ai.public-url=https://eco2ai.example",
            "spring.mail.host=127.0.0.1",
            "spring.datasource.url=jdbc:h2:mem:alert-pages;MODE=PostgreSQL;DATABASE_TO_LOWER=TRUE;DEFAULT_NULL_ORDERING=HIGH;DB_CLOSE_DELAY=-1"
        })
@AutoConfigureMockMvc
@RecordApplicationEvents
class AlertPagesTests {

    @RegisterExtension
    static final GreenMailExtension MAIL =
            new GreenMailExtension(ServerSetupTest.SMTP.dynamicPort()).withPerMethodLifecycle(false);

    @DynamicPropertySource
    static void mail(DynamicPropertyRegistry registry) {
        registry.add("spring.mail.port", () -> MAIL.getSmtp().getPort());
    }

    @Autowired
    MockMvcTester mvc;

    @Autowired
    JdbcTemplate jdbc;

    @Autowired
    Teams teams;

    @Autowired
    Alerts alerts;

    @Autowired
    Outbox outbox;

    @Autowired
    Inbox inbox;

    @Autowired
    ApplicationEvents events;

    private String teamId = "";

    @BeforeEach
    void people() throws Exception {
        MAIL.purgeEmailFromAllMailboxes();
        clear();
        teamId = teams.defaultTeam().id();
        jdbc.update("INSERT INTO team (id, name, created_at) VALUES ('other', 'other', CURRENT_TIMESTAMP)"
                + " ON CONFLICT DO NOTHING");
        person("lead", teamId, "LEAD");
        person("member", teamId, "MEMBER");
        person("viewer", teamId, "VIEWER");
        person("stranger", "other", "LEAD");
    }

    /** What the test before left may still be on its way, and write its next row between two of these. */
    private void clear() throws InterruptedException {
        for (int tries = 1; ; tries++) {
            try {
                jdbc.update("DELETE FROM alert_attempt");
                jdbc.update("DELETE FROM alert_delivery");
                jdbc.update("UPDATE alert SET covered_by = NULL");
                jdbc.update("DELETE FROM alert");
                jdbc.update("DELETE FROM alert_channel");
                return;
            } catch (DataIntegrityViolationException e) {
                if (tries == 50) {
                    throw e;
                }
                Thread.sleep(100);
            }
        }
    }

    private void person(String name, String team, String role) {
        String id = "user-" + name;
        jdbc.update(
                "INSERT INTO app_user (id, username, role, created_at) VALUES (?, ?, 'USER', CURRENT_TIMESTAMP)"
                        + " ON CONFLICT DO NOTHING",
                id,
                name);
        jdbc.update(
                "INSERT INTO membership (team_id, user_id, role, since) VALUES (?, ?, ?, CURRENT_TIMESTAMP)"
                        + " ON CONFLICT DO NOTHING",
                team,
                id,
                role);
    }

    private MvcTestResult send(String who, MockHttpServletRequestBuilder request) {
        return mvc.perform(request.with(user(who)).with(csrf()));
    }

    private static String text(MvcTestResult result) throws Exception {
        return result.getResponse().getContentAsString();
    }

    private String raise(@Nullable String team, boolean leadsOnly, String title) {
        String id = alerts.raise(new NewAlert(
                "test",
                Ids.next(),
                AlertKind.SILENT_NODE,
                Severity.WARNING,
                team,
                leadsOnly,
                title,
                "12 kWh",
                "What happened.",
                "/nodes",
                Instant.parse("2026-03-10T12:00:00Z")));
        assertThat(id).isNotNull();
        return String.valueOf(id);
    }

    private MvcTestResult addMailChannel(String who, String owner) {
        return send(
                who,
                post("/settings/channels")
                        .param("owner", owner)
                        .param("name", "On call")
                        .param("kind", "EMAIL")
                        .param("target", "a@example.org, b@example.org")
                        .param("leastSeverity", "WARNING"));
    }

    private Delivery settled(String alertId) throws InterruptedException {
        for (int i = 0; i < 100; i++) {
            List<Delivery> history = outbox.history(alertId);
            if (!history.isEmpty() && !history.get(history.size() - 1).state().equals("WAITING")) {
                return history.get(history.size() - 1);
            }
            Thread.sleep(50);
        }
        throw new AssertionError("nothing was tried within 5 s: " + outbox.history(alertId));
    }

    @Test
    void anAlertReachesTheMailboxWithinFiveSecondsAndSaysWhatHowMuchSinceWhenAndWhoCanAct() throws Exception {
        assertThat(addMailChannel("lead", teamId)).hasStatusOk();

        String alert = raise(teamId, false, "Node “ü\r\nBcc: evil@example.org” is silent");
        assertThat(MAIL.waitForIncomingEmail(5_000, 1))
                .as("%s", outbox.history(alert))
                .isTrue();

        MimeMessage mail = MAIL.getReceivedMessages()[0];
        Delivery delivery = settled(alert);
        assertThat(mail.getMessageID()).isEqualTo("<" + delivery.id() + "@hf-eco2ai>");
        assertThat(mail.getSubject()).isEqualTo("Node “ü Bcc: evil@example.org” is silent");
        assertThat(mail.getAllRecipients()).hasSize(2);
        assertThat(mail.getContent().toString())
                .contains("How much: 12 kWh")
                .contains("Since: 2026-03-10 12:00 UTC")
                .contains("a member or lead of team default, or an admin")
                .contains("https://eco2ai.example/alerts/" + alert);
        assertThat(delivery.state()).isEqualTo("DELIVERED");
        assertThat(text(send("viewer", get("/alerts/{id}", alert))))
                .contains("On call")
                .contains("The mail server took it.")
                .doesNotContain("??");
    }

    @Test
    void theInboxShowsOnlyWhatOneMaySee() throws Exception {
        String ours = raise(teamId, false, "Ours");
        String idle = raise(teamId, true, "Idle");
        String organisation = raise(null, false, "Machines");

        assertThat(text(send("viewer", get("/alerts")))).contains("Ours").doesNotContain("Idle", "Machines");
        assertThat(text(send("lead", get("/alerts")))).contains("Ours", "Idle").doesNotContain("Machines");
        assertThat(text(send("admin", get("/alerts"))))
                .contains("Ours", "Idle", "Machines")
                .doesNotContain("??");
        assertThat(text(send("stranger", get("/alerts")))).contains("Nothing needs attention");
        assertThat(send("stranger", get("/alerts/{id}", ours))).hasStatus(404);
        assertThat(send("member", get("/alerts/{id}", idle))).hasStatus(404);
        assertThat(send("lead", get("/alerts/{id}", organisation))).hasStatus(404);
        assertThat(text(send("lead", get("/alerts/waiting")))).contains(">2<");
        assertThat(text(send("stranger", get("/alerts/waiting")))).doesNotContain("badge");
    }

    @Test
    void whoMayActAcknowledgesSnoozesAndResolvesAndTheTrailKnows() throws Exception {
        String alert = raise(teamId, false, "Ours");
        assertThat(send("viewer", post("/alerts/{id}/acknowledge", alert))).hasStatus(403);
        assertThat(send("stranger", post("/alerts/{id}/resolve", alert))).hasStatus(404);
        assertThat(mvc.perform(post("/alerts/{id}/resolve", alert).with(user("lead"))))
                .hasStatus(403);

        assertThat(send("member", post("/alerts/{id}/acknowledge", alert))).hasRedirectedUrl("/alerts/" + alert);
        send("member", post("/alerts/{id}/snooze", alert).param("hours", "4"));
        assertThat(send("member", post("/alerts/{id}/snooze", alert).param("hours", "99999")))
                .hasStatus(400);
        assertThat(text(send("viewer", get("/alerts/{id}", alert))))
                .contains("acknowledged")
                .contains("asleep until")
                .contains("by member")
                .doesNotContain("??");
        send("member", post("/alerts/{id}/resolve", alert));

        assertThat(text(send("viewer", get("/alerts")))).doesNotContain("Ours");
        assertThat(text(send("viewer", get("/alerts?show=all")))).contains("Ours");
        assertThat(text(send("viewer", get("/alerts/{id}", alert)))).contains("comes back only when it has ended");
        assertThat(events.stream(Changed.class).map(Changed::action))
                .containsSubsequence("alert.acknowledged", "alert.snoozed", "alert.resolved");
    }

    @Test
    void aWebhooksKeyIsShownOnceAndItsUrlNever() throws Exception {
        String made = text(send(
                "lead",
                post("/settings/channels")
                        .param("owner", teamId)
                        .param("name", "Pager")
                        .param("kind", "WEBHOOK")
                        .param("target", "https://203.0.113.7/very/secret")
                        .param("leastSeverity", "INFO")
                        .param("quietFrom", "22:00")
                        .param("quietTo", "07:00")
                        .param("zone", "Europe/Berlin")));
        Matcher key = Pattern.compile("whsec_[A-Za-z0-9_-]{43}").matcher(made);
        assertThat(key.find()).isTrue();

        assertThat(text(send("lead", get("/settings/channels"))))
                .contains("https://203.0.113.7/…")
                .contains("quiet from 22:00 to 07:00, Europe/Berlin")
                .doesNotContain("very/secret", key.group(), "??");
        assertThat(text(send("viewer", get("/settings/channels")))).doesNotContain("Pager");
        assertThat(text(send("admin", get("/settings/channels")))).contains("Pager");
    }

    @Test
    void aWrongChannelIsExplainedBesideItsFieldAndNotStored() throws Exception {
        record Wrong(String kind, String target, String name, String says) {}
        List<Wrong> wrongs = List.of(
                new Wrong("WEBHOOK", "http://127.0.0.1:22/", "x", "private, loopback or link-local"),
                new Wrong("SLACK", "http://169.254.169.254/latest", "x", "private, loopback or link-local"),
                new Wrong("SLACK", "ftp://example.org/", "x", "must start with https://"),
                new Wrong("EMAIL", "not an address", "x", "is no e-mail address"),
                new Wrong("EMAIL", "a@example.org\r\nBcc: b@example.org", "x", ""),
                new Wrong("EMAIL", "a@example.org", "x\r\nSubject: y", ""),
                new Wrong("EMAIL", "a@example.org", " ", "Give the channel a name"),
                new Wrong("PIGEON", "a@example.org", "x", "Choose one of the values"));
        for (Wrong wrong : wrongs) {
            MvcTestResult refused = send(
                    "lead",
                    post("/settings/channels")
                            .param("owner", teamId)
                            .param("name", wrong.name())
                            .param("kind", wrong.kind())
                            .param("target", wrong.target())
                            .param("leastSeverity", "INFO"));
            assertThat(refused).as(wrong.says()).hasStatus(400);
            if (!wrong.kind().equals("PIGEON")) {
                assertThat(text(refused)).contains(wrong.says());
            }
        }
        assertThat(addMailChannel("member", teamId)).hasStatus(403);
        assertThat(addMailChannel("stranger", teamId)).hasStatus(404);
        assertThat(addMailChannel("lead", "")).hasStatus(403);
        assertThat(jdbc.queryForObject("SELECT COUNT(*) FROM alert_channel", Long.class))
                .isZero();
    }

    @Test
    void theTestButtonSendsAtOnceAndRemovingForgetsTheSecret() throws Exception {
        addMailChannel("admin", "");
        String id = String.valueOf(jdbc.queryForObject("SELECT id FROM alert_channel", String.class));

        assertThat(send("lead", post("/settings/channels/{id}/test", id))).hasStatus(404);
        assertThat(send("admin", post("/settings/channels/{id}/test", id))).hasRedirectedUrl("/settings/channels");
        assertThat(MAIL.waitForIncomingEmail(5_000, 1)).isTrue();
        assertThat(MAIL.getReceivedMessages()[0].getSubject()).startsWith("Test: ");

        assertThat(send("admin", post("/settings/channels/{id}/remove", id))).hasRedirectedUrl("/settings/channels");
        assertThat(text(send("admin", get("/settings/channels")))).contains("There is no channel yet");
        assertThat(jdbc.queryForObject("SELECT sealed_url FROM alert_channel", String.class))
                .isNull();
    }

    private MvcTestResult addWebhook() {
        return send(
                "lead",
                post("/settings/channels")
                        .param("owner", teamId)
                        .param("name", "Pager")
                        .param("kind", "WEBHOOK")
                        .param("target", "https://203.0.113.7/very/secret")
                        .param("leastSeverity", "INFO"));
    }

    private MvcTestResult change(String who, String id, String kind, String target, String... more) {
        MockHttpServletRequestBuilder request = post("/settings/channels/{id}", id)
                .param("name", "Renamed")
                .param("kind", kind)
                .param("target", target)
                .param("leastSeverity", "CRITICAL");
        for (int i = 0; i < more.length; i += 2) {
            request.param(more[i], more[i + 1]);
        }
        return send(who, request);
    }

    private List<Map<String, Object>> stored() {
        return jdbc.queryForList("SELECT * FROM alert_channel ORDER BY created_ms, id");
    }

    private String channelId() {
        return String.valueOf(stored().get(0).get("id"));
    }

    @Test
    void aChangedChannelKeepsItsSecretsAndTheTrailSaysBeforeAndAfterWithoutThem() throws Exception {
        addWebhook();
        Map<String, Object> before = stored().get(0);
        String id = channelId();
        assertThat(text(send("lead", get("/settings/channels/{id}", id))))
                .contains("Pager", "https://203.0.113.7/…")
                .doesNotContain("very/secret", "??");

        assertThat(change("lead", id, "WEBHOOK", "")).hasStatusOk();
        assertThat(stored().get(0))
                .containsEntry("name", "Renamed")
                .containsEntry("least_severity", "CRITICAL")
                .containsEntry("sealed_url", before.get("sealed_url"))
                .containsEntry("sealed_key", before.get("sealed_key"))
                .containsEntry("created_ms", before.get("created_ms"));

        assertThat(text(change("lead", id, "WEBHOOK", "https://203.0.113.8/other/secret", "newKey", "on")))
                .contains("whsec_")
                .doesNotContain("other/secret", "??");
        assertThat(stored().get(0).get("sealed_key")).isNotEqualTo(before.get("sealed_key"));
        assertThat(change("lead", id, "EMAIL", "c@example.org")).hasStatusOk();
        assertThat(stored().get(0))
                .containsEntry("shown", "c@example.org")
                .containsEntry("sealed_url", null)
                .containsEntry("sealed_key", null);

        List<Map<String, String>> told = events.stream(Changed.class)
                .filter(changed -> changed.action().equals("channel.changed"))
                .map(Changed::details)
                .toList();
        assertThat(told).hasSize(3);
        assertThat(told.get(0))
                .containsEntry("name_before", "Pager")
                .containsEntry("name_after", "Renamed")
                .containsEntry("least_severity_before", "INFO")
                .doesNotContainKeys("target", "key");
        assertThat(told.get(1))
                .containsEntry("told_to_before", "https://203.0.113.7/…")
                .containsEntry("told_to_after", "https://203.0.113.8/…")
                .containsEntry("target", "replaced")
                .containsEntry("key", "replaced");
        assertThat(told.toString()).doesNotContain("very/secret", "other/secret", "whsec_", "c@example.org");
    }

    @Test
    void aWrongChangeIsExplainedAndLeavesTheChannelAsItWas() throws Exception {
        addWebhook();
        String id = channelId();
        addMailChannel("lead", teamId);
        List<Map<String, Object>> before = stored();
        String other = before.stream()
                .map(row -> String.valueOf(row.get("id")))
                .filter(each -> !each.equals(id))
                .findFirst()
                .orElseThrow();

        assertThat(text(change("lead", id, "WEBHOOK", "http://127.0.0.1:22/"))).contains("private, loopback");
        assertThat(text(change("lead", id, "SLACK", ""))).contains("Give a URL");
        assertThat(text(change("lead", id, "EMAIL", ""))).contains("e-mail addresses");
        assertThat(change("lead", id, "PIGEON", "")).hasStatus(400);
        String[] self = {"escalateTo", id, "escalateMinutes", "5"};
        assertThat(text(change("lead", id, "WEBHOOK", "", self))).contains("escalates back to this one");
        jdbc.update("UPDATE alert_channel SET escalate_to = ?, escalate_minutes = 5 WHERE id = ?", id, other);
        assertThat(change("lead", id, "WEBHOOK", "", "escalateTo", other, "escalateMinutes", "5"))
                .hasStatus(400);
        jdbc.update("UPDATE alert_channel SET escalate_to = NULL, escalate_minutes = NULL");
        assertThat(stored()).isEqualTo(before);

        assertThat(change("member", id, "WEBHOOK", "")).hasStatus(403);
        assertThat(change("stranger", id, "WEBHOOK", "")).hasStatus(404);
        assertThat(send("member", get("/settings/channels/{id}", id))).hasStatus(403);
        assertThat(send("stranger", get("/settings/channels/{id}", id))).hasStatus(404);
        assertThat(stored()).isEqualTo(before);
    }

    @Test
    void aSnoozeThatEndsIsToldAgain() throws Exception {
        addMailChannel("lead", teamId);
        String alert = raise(teamId, false, "Ours");
        send("member", post("/alerts/{id}/snooze", alert).param("hours", "1"));
        jdbc.update("UPDATE alert SET snoozed_until_ms = 1");

        send("admin", get("/alerts"));
        inbox.wake();
        inbox.wake();

        assertThat(outbox.history(alert)).extracting(Delivery::event).containsExactly("FIRING", "REMINDER");
        assertThat(MAIL.waitForIncomingEmail(Duration.ofSeconds(5).toMillis(), 2))
                .isTrue();
    }
}
