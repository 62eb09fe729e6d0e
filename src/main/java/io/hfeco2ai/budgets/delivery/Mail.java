package io.hfeco2ai.budgets.delivery;

import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.internet.AddressException;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeMessage;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.Date;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.mail.MailException;
import org.springframework.mail.javamail.JavaMailSender;
import org.springframework.stereotype.Component;

/** Sends mail through the server that {@code spring.mail.*} names. */
@Component
class Mail {

    private final @Nullable JavaMailSender sender;
    private final String from;
    private final Clock clock;

    Mail(ObjectProvider<JavaMailSender> sender, @Value("${hfeco2ai.mail.from:}") String from, Clock clock) {
        this.sender = sender.getIfAvailable();
        this.from = from;
        this.clock = clock;
    }

    /** @param to addresses separated by commas */
    String send(String to, Message message) throws Undelivered {
        if (sender == null) {
            throw new Undelivered("No mail server is set: whoever runs this server sets spring.mail.host.");
        }
        if (from.isEmpty()) {
            throw new Undelivered("No sender is set: whoever runs this server sets hfeco2ai.mail.from.");
        }
        try {
            MimeMessage mail = new Identified(message.deliveryId());
            mail.setFrom(new InternetAddress(from, true));
            mail.setRecipients(jakarta.mail.Message.RecipientType.TO, InternetAddress.parse(to, true));
            mail.setSubject(message.headline(), StandardCharsets.UTF_8.name());
            mail.setSentDate(Date.from(clock.instant()));
            mail.setHeader("Auto-Submitted", "auto-generated");
            mail.setText(Payloads.text(message), StandardCharsets.UTF_8.name());
            sender.send(mail);
            return "The mail server took it.";
        } catch (AddressException e) {
            throw new Undelivered("An address is not right: " + to);
        } catch (MessagingException | MailException e) {
            throw new Undelivered("The mail server did not take it: " + cause(e));
        }
    }

    private static String cause(Exception e) {
        Throwable deepest = e;
        while (deepest.getCause() != null) {
            deepest = deepest.getCause();
        }
        String text = String.valueOf(deepest.getMessage()).replaceAll("\\p{Cntrl}+", " ");
        return text.length() <= WebClient.LONGEST_ANSWER ? text : text.substring(0, WebClient.LONGEST_ANSWER);
    }

    /** A mail that is sent again has the same Message-ID. */
    private static final class Identified extends MimeMessage {

        private final String id;

        Identified(String id) {
            super((Session) null);
            this.id = id;
        }

        @Override
        protected void updateMessageID() throws MessagingException {
            setHeader("Message-ID", "<" + id + "@hf-eco2ai>");
        }
    }
}
