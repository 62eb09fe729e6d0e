package io.hfeco2ai.audit;

import static org.assertj.core.api.Assertions.assertThat;

import com.icegreen.greenmail.junit5.GreenMailExtension;
import com.icegreen.greenmail.util.ServerSetupTest;
import io.hfeco2ai.audit.Audit.Kept;
import io.hfeco2ai.platform.Settings;
import io.hfeco2ai.testing.Browser;
import io.hfeco2ai.testing.RunningServer;
import jakarta.mail.internet.MimeMessage;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.springframework.test.context.TestPropertySource;

/** The end of the trail leaves by a real mail server, once a day, and tells later whether the trail still holds it. */
@TestPropertySource(
        properties = {
            "hfeco2ai.audit.checkpoint-mail-to=auditor@example.org,archive@example.org",
            "hfeco2ai.mail.from=eco2ai@example.org",
            "hfeco2ai.public-url=https://eco2ai.example",
            "spring.mail.host=127.0.0.1",
            "spring.datasource.url=jdbc:h2:mem:checkpoint-mail;MODE=PostgreSQL;DATABASE_TO_LOWER=TRUE;DEFAULT_NULL_ORDERING=HIGH;DB_CLOSE_DELAY=-1"
        })
class CheckpointMailTests extends RunningServer {

    @RegisterExtension
    static final GreenMailExtension MAIL =
            new GreenMailExtension(ServerSetupTest.SMTP.dynamicPort()).withPerMethodLifecycle(false);

    @Autowired
    CheckpointMail checkpoints;

    @Autowired
    Audit audit;

    @Autowired
    Settings settings;

    @DynamicPropertySource
    static void mail(DynamicPropertyRegistry registry) {
        registry.add("spring.mail.port", () -> MAIL.getSmtp().getPort());
    }

    private static List<MimeMessage> received() {
        return List.of(MAIL.getReceivedMessages());
    }

    /** It was mailed on another day. */
    private void dueAgain() throws Exception {
        MAIL.purgeEmailFromAllMailboxes();
        settings.remember(CheckpointMail.MAILED, "2026-01-01");
    }

    @Test
    void eachDayOneMailHoldsWhatThePageTakesLater() throws Exception {
        dueAgain();
        checkpoints.mailWhatIsDue();
        checkpoints.mailWhatIsDue();
        assertThat(received()).hasSize(2).allSatisfy(mail -> {
            assertThat(mail.getSubject()).startsWith("HF Eco2AI: checkpoint of the audit trail, 2");
            assertThat(mail.getFrom()[0]).hasToString("eco2ai@example.org");
        });
        assertThat(received().get(0).getAllRecipients())
                .extracting(Object::toString)
                .containsExactly("auditor@example.org", "archive@example.org");
        String text = (String) received().get(0).getContent();
        assertThat(text).contains("of https://eco2ai.example on ");
        String checkpoint = text.lines().findFirst().orElseThrow();
        settings.put("test.later", "the trail grows");
        assertThat(audit.against(checkpoint).kept()).isEqualTo(Kept.SAME);

        String page = new Browser(port)
                .signIn("admin", PASSWORD)
                .get("/settings/audit")
                .body();
        assertThat(page)
                .contains("Mailed each day; last on " + checkpoints.mailedOn().orElseThrow());

        dueAgain();
        checkpoints.mailWhatIsDue();
        assertThat(received()).hasSize(2);

        dueAgain();
        MAIL.getSmtp().stopService();
        checkpoints.mailWhatIsDue();
        assertThat(checkpoints.mailedOn()).as("tried again later").contains("2026-01-01");
    }
}
