package io.hfeco2ai.budgets.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What each kind of receiver gets, and that the documentation says the same. */
class PayloadsTests {

    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final Instant SINCE = Instant.parse("2026-03-10T12:00:00Z");

    private static Message message(String title, @Nullable Instant resolved) {
        return new Message(
                "0190",
                resolved == null ? Event.FIRING : Event.RESOLVED,
                "0191",
                "budget_threshold",
                Severity.WARNING,
                "vision",
                title,
                "406 of 500 kg CO₂e",
                "Details",
                SINCE,
                resolved,
                "https://eco2ai.example/alerts/0191",
                "a lead of team vision, or an admin");
    }

    @Test
    void slackGetsTextWhoseMarkupIsNotTheUsers() {
        JsonNode slack = JSON.readTree(Payloads.slack(message("<!channel> & *bold* <https://evil.example|x>", null)));
        assertThat(slack.propertyNames()).containsExactly("text");
        assertThat(slack.get("text").asString())
                .contains("&lt;!channel&gt; &amp;")
                .doesNotContain("<!channel>", "<https://evil")
                .contains("How much: 406 of 500 kg CO₂e")
                .contains("<https://eco2ai.example/alerts/0191|Open>");
    }

    @Test
    void teamsGetsAnAdaptiveCardThatInterpretsNoMarkdown() {
        JsonNode teams = JSON.readTree(Payloads.teams(message("[x](https://evil.example)", null)));
        assertThat(teams.get("type").asString()).isEqualTo("message");
        JsonNode attachment = teams.get("attachments").get(0);
        assertThat(attachment.get("contentType").asString()).isEqualTo("application/vnd.microsoft.card.adaptive");
        JsonNode card = attachment.get("content");
        assertThat(card.get("type").asString()).isEqualTo("AdaptiveCard");
        card.get("body")
                .forEach(block -> assertThat(block.get("type").asString()).isEqualTo("RichTextBlock"));
        assertThat(card.get("actions").get(0).get("url").asString()).endsWith("/alerts/0191");
    }

    @Test
    void alertmanagerGetsAnAlertThatLastsUntilItIsOver() {
        JsonNode firing =
                JSON.readTree(Payloads.alertmanager(message("Title", null))).get(0);
        assertThat(firing.get("labels").get("alertname").asString()).isEqualTo("hfeco2ai_budget_threshold");
        assertThat(firing.get("startsAt").asString()).isEqualTo("2026-03-10T12:00:00Z");
        assertThat(Instant.parse(firing.get("endsAt").asString())).isAfter(SINCE.plusSeconds(86_400));
        JsonNode over = JSON.readTree(Payloads.alertmanager(message("Title", SINCE.plusSeconds(60))))
                .get(0);
        assertThat(over.get("labels")).isEqualTo(firing.get("labels"));
        assertThat(over.get("endsAt").asString()).isEqualTo("2026-03-10T12:01:00Z");
    }

    @Test
    void theWebhookHasTheFieldsOfItsDocumentation() throws IOException {
        Matcher example = Pattern.compile("```json\n(.*?)```", Pattern.DOTALL)
                .matcher(Files.readString(Path.of("docs/alerts.md")));
        assertThat(example.find()).isTrue();
        JsonNode documented = JSON.readTree(example.group(1));
        JsonNode sent = JSON.readTree(Payloads.webhook(message("Title", null)));
        assertThat(new TreeSet<>(sent.propertyNames())).isEqualTo(new TreeSet<>(documented.propertyNames()));
        assertThat(new TreeSet<>(sent.get("alert").propertyNames()))
                .isEqualTo(new TreeSet<>(documented.get("alert").propertyNames()));
        assertThat(sent.get("alert").get("resolved_at").isNull()).isTrue();
    }

    /** The Python of the documentation, run by Python. */
    @Test
    void theExampleOfTheDocumentationVerifiesASignature() throws IOException, InterruptedException {
        Matcher example = Pattern.compile("```python\n(.*?)```", Pattern.DOTALL)
                .matcher(Files.readString(Path.of("docs/alerts.md")));
        assertThat(example.find()).isTrue();
        String body = "{\"ü\": 1}";
        long now = Instant.now().getEpochSecond();
        String check = example.group(1)
                + "\nbody = '" + body + "'.encode()\n"
                + "good = {'X-HfEco2AI-Timestamp': '" + now + "', 'X-HfEco2AI-Signature': '"
                + Signature.of("whsec_x", now, body) + "'}\n"
                + "old = {'X-HfEco2AI-Timestamp': '" + (now - 400) + "', 'X-HfEco2AI-Signature': '"
                + Signature.of("whsec_x", now - 400, body) + "'}\n"
                + "assert is_ours('whsec_x', good, body)\n"
                + "assert not is_ours('whsec_y', good, body)\n"
                + "assert not is_ours('whsec_x', good, body + b' ')\n"
                + "assert not is_ours('whsec_x', old, body)\n";
        Process python =
                new ProcessBuilder(List.of("python3", "-c", check)).inheritIO().start();
        assertThat(python.waitFor()).isZero();
    }

    @Test
    void aSealedSecretOpensWithItsKeyOnly() throws Undelivered {
        SecretBox box = new SecretBox("a long key");
        String sealed = box.seal("https://hooks.example/secret");
        assertThat(sealed).doesNotContain("secret").isNotEqualTo(box.seal("https://hooks.example/secret"));
        assertThat(box.open(sealed)).isEqualTo("https://hooks.example/secret");
        assertThat(box.open(new SecretBox("").seal("x"))).isEqualTo("x");
        assertThatThrownBy(() -> new SecretBox("another").open(sealed)).hasMessageContaining("another");
        assertThatThrownBy(() -> new SecretBox("").open(sealed)).hasMessageContaining("not set");
    }
}
