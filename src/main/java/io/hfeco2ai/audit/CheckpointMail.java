package io.hfeco2ai.audit;

import io.hfeco2ai.audit.Audit.Head;
import io.hfeco2ai.platform.Settings;
import java.time.Clock;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.mail.MailException;
import org.springframework.mail.MailSender;
import org.springframework.mail.SimpleMailMessage;
import org.springframework.mail.javamail.JavaMailSender;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Mails the end of the trail once each UTC day to whoever keeps it elsewhere: what left this machine cannot be rewritten on
 * it. Also on days without a new row, so that a mail that does not come tells something.
 */
@Component
class CheckpointMail {

    /** The UTC day of the last mail. */
    static final String MAILED = "audit.mailed";

    private static final Logger LOG = LoggerFactory.getLogger(CheckpointMail.class);

    private final Audit audit;
    private final Settings settings;
    private final TransactionTemplate transaction;
    private final Clock clock;
    private final @Nullable MailSender sender;
    private final String from;
    private final String server;
    private final String[] to;

    CheckpointMail(
            Audit audit,
            Settings settings,
            TransactionTemplate transaction,
            Clock clock,
            ObjectProvider<JavaMailSender> sender,
            @Value("${hfeco2ai.mail.from:}") String from,
            @Value("${hfeco2ai.public-url:}") String server,
            @Value("${hfeco2ai.audit.checkpoint-mail-to:}") String[] to) {
        this.audit = audit;
        this.settings = settings;
        this.transaction = transaction;
        this.clock = clock;
        this.sender = sender.getIfAvailable();
        this.from = from;
        this.server = server;
        this.to = to;
        if (wanted() && !possible()) {
            LOG.warn("hfeco2ai.audit.checkpoint-mail-to is set, but no mail leaves without spring.mail.host and"
                    + " hfeco2ai.mail.from.");
        }
    }

    /** Whether whoever runs the server has named somebody to mail to. */
    boolean wanted() {
        return to.length > 0;
    }

    /** The UTC day of the last mail; nothing: none was sent yet. */
    Optional<String> mailedOn() {
        return settings.get(MAILED).filter(day -> !day.isEmpty());
    }

    private boolean possible() {
        return sender != null && !from.isEmpty();
    }

    @Scheduled(initialDelay = 30_000, fixedDelay = 600_000)
    void mailWhatIsDue() {
        if (!wanted() || !possible()) {
            return;
        }
        try {
            transaction.executeWithoutResult(status -> mailOncePerDay());
        } catch (MailException e) {
            LOG.error(
                    "The trail's checkpoint could not be mailed (hfeco2ai.audit.checkpoint-mail-to), tried again in ten"
                            + " minutes: {}",
                    e.getMessage());
        }
    }

    /** Locked until it is sent, so that two instances send one mail. */
    private void mailOncePerDay() {
        LocalDate today = LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC);
        if (settings.lock(MAILED, "").equals(today.toString())) {
            return;
        }
        if (sender != null) {
            sender.send(mail(audit.checkpoint(), today));
        }
        settings.remember(MAILED, today.toString());
    }

    private SimpleMailMessage mail(Head head, LocalDate today) {
        SimpleMailMessage mail = new SimpleMailMessage();
        mail.setFrom(from);
        mail.setTo(to);
        mail.setSubject("HF Eco2AI: checkpoint of the audit trail, " + today);
        mail.setText("""
                %s

                This is the number and hash of the last row of the audit trail%s on %s (UTC).
                Keep this mail. Pasted on the page of the audit trail later, the line above shows whether
                the rows up to it are still the same: an end that was cut off, a trail that was written
                anew, and an old backup do not match it.
                """.formatted(head.stored(), server.isEmpty() ? "" : " of " + server, today));
        return mail;
    }
}
