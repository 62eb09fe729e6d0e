package io.hfeco2ai.teams.people;

import io.hfeco2ai.platform.BadInput;
import io.hfeco2ai.platform.Changed;
import io.hfeco2ai.platform.Conflict;
import io.hfeco2ai.platform.Ids;
import io.hfeco2ai.platform.NotFound;
import io.hfeco2ai.teams.people.People.Person;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Map;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.security.crypto.password.PasswordEncoder;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/** Links that work once, for seven days, and let a person choose a password. Only their hash is stored. */
@Service
class Invitations {

    static final Duration VALID = Duration.ofDays(7);
    private static final int SECRET_BYTES = 32;
    private static final int SHORTEST_PASSWORD = 12;
    /** What bcrypt looks at; a longer password would be cut silently. */
    private static final int MOST_PASSWORD_BYTES = 72;

    private static final SecureRandom RANDOM = new SecureRandom();

    private final JdbcClient jdbc;
    private final People people;
    private final PasswordEncoder encoder;
    private final Clock clock;
    private final ApplicationEventPublisher events;

    Invitations(
            JdbcClient jdbc, People people, PasswordEncoder encoder, Clock clock, ApplicationEventPublisher events) {
        this.jdbc = jdbc;
        this.people = people;
        this.encoder = encoder;
        this.clock = clock;
        this.events = events;
    }

    /** A new link; older ones of the person are void. The answer is its secret, which is stored nowhere. */
    @Transactional
    String invite(String userId) {
        if (people.person(userId).disabled()) {
            throw new Conflict("This person is disabled; enable them first.");
        }
        byte[] bytes = new byte[SECRET_BYTES];
        RANDOM.nextBytes(bytes);
        String secret = Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
        jdbc.sql("DELETE FROM invitation WHERE user_id = ? AND used_at IS NULL")
                .param(userId)
                .update();
        jdbc.sql("INSERT INTO invitation (id, user_id, secret_hash, created_at, expires_at) VALUES (?, ?, ?, ?, ?)")
                .params(Ids.next(), userId, hash(secret), now(), now().plus(VALID))
                .update();
        events.publishEvent(new Changed("user.invited", "user", userId, null, Map.of()));
        return secret;
    }

    /** @throws NotFound the link was used, is void or too old */
    Person invited(String secret) {
        return jdbc.sql("SELECT user_id FROM invitation WHERE secret_hash = ? AND used_at IS NULL AND expires_at > ?")
                .params(hash(secret), now())
                .query(String.class)
                .optional()
                .map(people::person)
                .filter(person -> !person.disabled())
                .orElseThrow(() -> new NotFound("invitation: it was used or is too old; ask an admin for a new one"));
    }

    /** Sets the password; the link then is used up. Whose it is. */
    @Transactional
    Person accept(String secret, String password, String again) {
        Person person = invited(secret);
        checkPassword(person.username(), password, again);
        int used = jdbc.sql("UPDATE invitation SET used_at = ? WHERE secret_hash = ? AND used_at IS NULL")
                .params(now(), hash(secret))
                .update();
        if (used == 0) {
            throw new NotFound("invitation: it was just used");
        }
        jdbc.sql("UPDATE app_user SET password_hash = ? WHERE id = ?")
                .params(encoder.encode(password), person.id())
                .update();
        events.publishEvent(new Changed("user.password-set", "user", person.id(), null, Map.of("by", "invitation")));
        return person;
    }

    static void checkPassword(String username, String password, String again) {
        if (password.length() < SHORTEST_PASSWORD) {
            throw new BadInput("password", "A password has at least " + SHORTEST_PASSWORD + " characters.");
        }
        if (password.getBytes(StandardCharsets.UTF_8).length > MOST_PASSWORD_BYTES) {
            throw new BadInput("password", "A password has at most " + MOST_PASSWORD_BYTES + " bytes; shorten it.");
        }
        if (password.equalsIgnoreCase(username)) {
            throw new BadInput("password", "The password must not be the user name.");
        }
        if (!password.equals(again)) {
            throw new BadInput("again", "The two passwords are not the same; type both again.");
        }
    }

    private OffsetDateTime now() {
        return clock.instant().atOffset(ZoneOffset.UTC);
    }

    private static String hash(String secret) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(secret.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
