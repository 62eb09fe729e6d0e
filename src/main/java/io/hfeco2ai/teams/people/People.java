package io.hfeco2ai.teams.people;

import io.hfeco2ai.platform.BadInput;
import io.hfeco2ai.platform.Changed;
import io.hfeco2ai.platform.Conflict;
import io.hfeco2ai.platform.Ids;
import io.hfeco2ai.platform.Inputs;
import io.hfeco2ai.platform.NotFound;
import io.hfeco2ai.platform.Settings;
import io.hfeco2ai.platform.rows.Records;
import java.time.Clock;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/** The persons of the organisation. They are disabled, or erased by a pseudonym, never removed: the audit trail names their ids. */
@Service
class People {

    private static final Pattern USERNAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._@-]{1,59}");
    private static final Pattern EMAIL = Pattern.compile("[^@\\s]+@[^@\\s]+");
    private static final int LONGEST_DISPLAY_NAME = 100;
    private static final int LONGEST_EMAIL = 254;
    static final String ADMINS_LOCK = "people.admins";
    private static final String PERSON = "SELECT id, username, display_name, email, role,"
            + " disabled_at IS NOT NULL AS disabled, password_hash IS NOT NULL AS password, subject IS NOT NULL AS linked"
            + " FROM app_user";

    enum Role {
        USER,
        AUDITOR,
        ADMIN
    }

    /**
     * @param password has one here
     * @param linked signs in with an account elsewhere
     */
    record Person(
            String id,
            String username,
            @Nullable String displayName,
            @Nullable String email,
            Role role,
            boolean disabled,
            boolean password,
            boolean linked) {
        /** Has a way to sign in. */
        public boolean joined() {
            return password || linked;
        }

        public String name() {
            return displayName == null ? username : displayName;
        }
    }

    private final JdbcClient jdbc;
    private final Settings settings;
    private final Clock clock;
    private final ApplicationEventPublisher events;

    People(JdbcClient jdbc, Settings settings, Clock clock, ApplicationEventPublisher events) {
        this.jdbc = jdbc;
        this.settings = settings;
        this.clock = clock;
        this.events = events;
    }

    List<Person> all() {
        return jdbc.sql(PERSON + " ORDER BY username")
                .query(Records.of(Person.class))
                .list();
    }

    /** @throws NotFound there is none */
    Person person(String id) {
        return jdbc.sql(PERSON + " WHERE id = ?")
                .param(id)
                .query(Records.of(Person.class))
                .optional()
                .orElseThrow(() -> new NotFound("person " + id));
    }

    /** Somebody who cannot sign in yet: an invitation is still needed. */
    @Transactional
    Person add(String username, String displayName, String email, Role role) {
        String name = username.strip();
        if (!USERNAME.matcher(name).matches()) {
            throw new BadInput(
                    "username",
                    "A user name has 2 to 60 letters, digits, or . _ @ - and starts with a letter or digit.");
        }
        checkProfile(displayName, email);
        if (!jdbc.sql("SELECT 1 FROM app_user WHERE LOWER(username) = LOWER(?)")
                .param(name)
                .query()
                .listOfRows()
                .isEmpty()) {
            throw new BadInput("username", "Somebody has this user name; choose another.");
        }
        String id = Ids.next();
        jdbc.sql("INSERT INTO app_user (id, username, display_name, email, role, created_at)"
                        + " VALUES (?, ?, NULLIF(?, ''), NULLIF(?, ''), ?, ?)")
                .params(id, name, displayName.strip(), email.strip(), role.name(), now())
                .update();
        publish("user.added", id, Map.of("role", role.name()));
        return person(id);
    }

    private static void checkProfile(String displayName, String email) {
        Inputs.plain("displayName", displayName);
        if (displayName.strip().length() > LONGEST_DISPLAY_NAME) {
            throw new BadInput("displayName", "A display name has at most " + LONGEST_DISPLAY_NAME + " characters.");
        }
        Inputs.plain("email", email);
        String address = email.strip();
        if (!address.isEmpty()
                && (address.length() > LONGEST_EMAIL || !EMAIL.matcher(address).matches())) {
            throw new BadInput("email", "This is no e-mail address: write it as name@example.org, or leave it empty.");
        }
    }

    @Transactional
    void setRole(String id, Role role) {
        settings.lock(ADMINS_LOCK, "");
        Person person = person(id);
        if (person.role() == role) {
            return;
        }
        keepAnAdmin(person);
        jdbc.sql("UPDATE app_user SET role = ? WHERE id = ?")
                .params(role.name(), id)
                .update();
        publish("user.role-changed", id, Map.of("before", person.role().name(), "after", role.name()));
    }

    /** From the next call on the person can do nothing any more, even where signed in; links to join are void. */
    @Transactional
    void disable(String id) {
        settings.lock(ADMINS_LOCK, "");
        Person person = person(id);
        if (person.disabled()) {
            return;
        }
        keepAnAdmin(person);
        jdbc.sql("UPDATE app_user SET disabled_at = ? WHERE id = ?")
                .params(now(), id)
                .update();
        jdbc.sql("DELETE FROM invitation WHERE user_id = ? AND used_at IS NULL")
                .param(id)
                .update();
        publish("user.disabled", id, Map.of());
    }

    @Transactional
    void enable(String id) {
        if (person(id).disabled()) {
            jdbc.sql("UPDATE app_user SET disabled_at = NULL WHERE id = ?")
                    .param(id)
                    .update();
            publish("user.enabled", id, Map.of());
        }
    }

    /** Whoever signs in elsewhere with the person's verified address next is linked anew, as after an invitation. */
    @Transactional
    void unlink(String id) {
        settings.lock(ADMINS_LOCK, "");
        Person person = person(id);
        if (!person.linked()) {
            return;
        }
        if (!person.password()) {
            keepAnAdmin(person);
        }
        jdbc.sql("UPDATE app_user SET issuer = NULL, subject = NULL WHERE id = ?")
                .param(id)
                .update();
        publish("user.unlinked", id, Map.of());
    }

    /** An admin without whom nobody could administer. */
    boolean isLastAdmin(Person leaving) {
        return leaving.role() == Role.ADMIN
                && all().stream()
                        .noneMatch(person -> person.role() == Role.ADMIN
                                && !person.disabled()
                                && person.joined()
                                && !person.id().equals(leaving.id()));
    }

    private void keepAnAdmin(Person leaving) {
        if (isLastAdmin(leaving)) {
            throw new Conflict("This is the last admin who can sign in; make another admin first.");
        }
    }

    private void publish(String action, String id, Map<String, String> details) {
        events.publishEvent(new Changed(action, "user", id, null, details));
    }

    private OffsetDateTime now() {
        return clock.instant().atOffset(ZoneOffset.UTC);
    }
}
