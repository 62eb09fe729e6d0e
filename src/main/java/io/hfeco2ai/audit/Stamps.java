package io.hfeco2ai.audit;

import io.hfeco2ai.audit.Audit.Kept;
import io.hfeco2ai.audit.StampAnswer.Refused;
import io.hfeco2ai.platform.Settings;
import io.hfeco2ai.platform.rows.Records;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigInteger;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.tsp.TimeStampRequest;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Has the end of the trail stamped by a time-stamping authority (RFC 3161) once each UTC day: a trail that is written anew
 * later fits none of the stamps, and nobody but the authority can make old ones.
 */
@Component
class Stamps {

    /** The UTC day of the last stamp. */
    static final String STAMPED = "audit.stamped";

    private static final Logger LOG = LoggerFactory.getLogger(Stamps.class);
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final int NONCE_BITS = 64;
    /** A stamp with its certificates has some ten thousand bytes. */
    private static final int MOST_BYTES = 1 << 20;

    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final int HTTP_OK = 200;

    /**
     * @param stampedOn UTC day
     * @param checkpoint what was stamped: number and hash of a row of the trail
     */
    record Stamp(String stampedOn, String checkpoint, long atMs, String authority) {

        public Instant at() {
            return Instant.ofEpochMilli(atMs);
        }
    }

    private final JdbcClient jdbc;
    private final Audit audit;
    private final Settings settings;
    private final TransactionTemplate transaction;
    private final Clock clock;
    private final @Nullable URI authority;
    private final HttpClient http = HttpClient.newBuilder()
            .connectTimeout(PATIENCE)
            .followRedirects(HttpClient.Redirect.NEVER)
            .build();

    /** @param url of the authority; empty: nothing is stamped */
    Stamps(
            JdbcClient jdbc,
            Audit audit,
            Settings settings,
            TransactionTemplate transaction,
            Clock clock,
            @Value("${hfeco2ai.audit.timestamp-url:}") String url) {
        this.jdbc = jdbc;
        this.audit = audit;
        this.settings = settings;
        this.transaction = transaction;
        this.clock = clock;
        this.authority = url.isBlank() ? null : address(url.strip());
    }

    static URI address(String url) {
        if (!url.matches("https?://[^\\s/]+.*") || url.contains(" ")) {
            throw new IllegalArgumentException(
                    "hfeco2ai.audit.timestamp-url is no http address of a time-stamping authority: " + url);
        }
        return URI.create(url);
    }

    /** Whether whoever runs the server has named an authority. */
    boolean wanted() {
        return authority != null;
    }

    /** The newest first. @param most of them */
    List<Stamp> newest(int most) {
        return jdbc.sql("SELECT stamped_on, checkpoint, at_ms, authority FROM audit_stamp ORDER BY stamped_on DESC"
                        + " LIMIT ?")
                .param(most)
                .query(Records.of(Stamp.class))
                .list();
    }

    /** The answer of the authority as it came, DER; nothing: none was stamped on that day. */
    Optional<byte[]> response(String day) {
        return jdbc.sql("SELECT response FROM audit_stamp WHERE stamped_on = ?")
                .param(day)
                .query(byte[].class)
                .optional();
    }

    /** Days whose stamp does not fit: the trail no longer holds what was stamped, or the stamp was changed. */
    List<String> unfit() {
        List<String> unfit = new ArrayList<>();
        for (Stamp stamp : newest(Integer.MAX_VALUE)) {
            try {
                StampAnswer answer = StampAnswer.of(response(stamp.stampedOn).orElse(new byte[0]), stamp.checkpoint);
                if (answer.at().toEpochMilli() != stamp.atMs
                        || !answer.authority().equals(stamp.authority)
                        || audit.against(stamp.checkpoint).kept() != Kept.SAME) {
                    unfit.add(stamp.stampedOn);
                }
            } catch (Refused e) {
                unfit.add(stamp.stampedOn);
            }
        }
        return unfit;
    }

    @Scheduled(initialDelay = 45_000, fixedDelay = 600_000)
    void stampWhatIsDue() {
        if (authority == null) {
            return;
        }
        try {
            transaction.executeWithoutResult(status -> stampOncePerDay(authority));
        } catch (NoStamp e) {
            LOG.error(
                    "The trail's checkpoint was not stamped by {} (hfeco2ai.audit.timestamp-url), tried again in ten"
                            + " minutes: {}",
                    authority,
                    e.getMessage());
        }
    }

    /** Ends the transaction in which it was to be kept. */
    private static final class NoStamp extends RuntimeException {
        private static final long serialVersionUID = 1;

        NoStamp(String message) {
            super(message);
        }
    }

    /** Locked until it is kept, so that two instances ask once. */
    private void stampOncePerDay(URI url) {
        String today = LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC).toString();
        if (settings.lock(STAMPED, "").equals(today)) {
            return;
        }
        String checkpoint = audit.checkpoint().stored();
        TimeStampRequest request = StampAnswer.request(checkpoint, new BigInteger(NONCE_BITS, RANDOM));
        try {
            byte[] response = ask(url, request);
            StampAnswer answer = StampAnswer.of(response, request);
            jdbc.sql("INSERT INTO audit_stamp (stamped_on, checkpoint, at_ms, authority, response)"
                            + " VALUES (?, ?, ?, ?, ?)")
                    .params(today, checkpoint, answer.at().toEpochMilli(), answer.authority(), response)
                    .update();
        } catch (IOException | Refused e) {
            throw new NoStamp(String.valueOf(e.getMessage()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new NoStamp("the server stops");
        }
        settings.remember(STAMPED, today);
    }

    private byte[] ask(URI url, TimeStampRequest request) throws IOException, InterruptedException {
        HttpResponse<InputStream> answer = http.send(
                HttpRequest.newBuilder(url)
                        .timeout(PATIENCE)
                        .header("Content-Type", "application/timestamp-query")
                        .header("Accept", "application/timestamp-reply")
                        .POST(HttpRequest.BodyPublishers.ofByteArray(request.getEncoded()))
                        .build(),
                HttpResponse.BodyHandlers.ofInputStream());
        try (InputStream body = answer.body()) {
            if (answer.statusCode() != HTTP_OK) {
                throw new IOException("it answered " + answer.statusCode());
            }
            return body.readNBytes(MOST_BYTES);
        }
    }
}
