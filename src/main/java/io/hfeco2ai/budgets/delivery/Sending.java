package io.hfeco2ai.budgets.delivery;

import java.net.URI;
import java.time.Clock;
import java.util.Map;
import org.springframework.stereotype.Component;

/** Sends one message by one channel. */
@Component
class Sending {

    private static final String IDEMPOTENCY_HEADER = "Idempotency-Key";
    private static final String ALERTMANAGER_PATH = "/api/v2/alerts";

    private final WebClient web;
    private final Mail mail;
    private final SecretBox secrets;
    private final Clock clock;

    Sending(WebClient web, Mail mail, SecretBox secrets, Clock clock) {
        this.web = web;
        this.mail = mail;
        this.secrets = secrets;
        this.clock = clock;
    }

    /** Returns what the receiver said. */
    String send(Channel channel, Message message) throws Undelivered {
        if (channel.sealedUrl() == null) {
            return mail.send(channel.shown(), message);
        }
        URI url = URI.create(secrets.open(channel.sealedUrl()));
        Map<String, String> headers = Map.of(IDEMPOTENCY_HEADER, message.deliveryId());
        return switch (channel.kind()) {
            case SLACK -> web.post(url, Payloads.slack(message), headers);
            case TEAMS -> web.post(url, Payloads.teams(message), headers);
            case ALERTMANAGER -> web.post(alerts(url), Payloads.alertmanager(message), headers);
            case WEBHOOK, EMAIL -> signed(channel, url, message);
        };
    }

    private String signed(Channel channel, URI url, Message message) throws Undelivered {
        String body = Payloads.webhook(message);
        long seconds = clock.instant().getEpochSecond();
        String key = channel.sealedKey() == null ? "" : secrets.open(channel.sealedKey());
        return web.post(
                url,
                body,
                Map.of(
                        IDEMPOTENCY_HEADER,
                        message.deliveryId(),
                        Signature.TIMESTAMP_HEADER,
                        Long.toString(seconds),
                        Signature.SIGNATURE_HEADER,
                        Signature.of(key, seconds, body)));
    }

    private static URI alerts(URI url) {
        String text = url.toString().replaceAll("/+$", "");
        return text.endsWith(ALERTMANAGER_PATH) ? url : URI.create(text + ALERTMANAGER_PATH);
    }
}
