package io.hfeco2ai.teams.people;

import io.hfeco2ai.platform.BadInput;
import io.hfeco2ai.platform.Changed;
import io.hfeco2ai.platform.Conflict;
import io.hfeco2ai.platform.NotFound;
import io.hfeco2ai.platform.Settings;
import io.hfeco2ai.teams.people.People.Person;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/**
 * Erases a person by a pseudonym (GDPR, articles 4(5) and 17): the row stays under its id, which the books and the trail
 * name, and everything that tells whose it is goes. No figure changes, and every hash chain stays whole.
 */
@Service
class PersonalData {

    private static final Duration STILL_REPORTS = Duration.ofHours(1);

    /**
     * What an erasure would do.
     *
     * @param names that texts are searched for
     * @param texts by table and column: how many would be changed
     * @param obstacles what has to be done first, in sentences; empty: nothing
     * @param keptReports finished reports that name the person; they are evidence and stay as they were made
     */
    record Preview(
            Person person, List<String> names, Map<String, Integer> texts, List<String> obstacles, int keptReports) {}

    private final JdbcClient jdbc;
    private final People people;
    private final Texts texts;
    private final Settings settings;
    private final Clock clock;
    private final ApplicationEventPublisher events;

    PersonalData(
            JdbcClient jdbc,
            People people,
            Texts texts,
            Settings settings,
            Clock clock,
            ApplicationEventPublisher events) {
        this.jdbc = jdbc;
        this.people = people;
        this.texts = texts;
        this.settings = settings;
        this.clock = clock;
        this.events = events;
    }

    /** What stands in the person's place: unlike any other, and the same however often it is asked for. */
    static String pseudonym(String userId) {
        return "erased-" + userId.substring(Math.max(0, userId.length() - 12)).toLowerCase(Locale.ROOT);
    }

    boolean isErased(Person person) {
        return person.username().equals(pseudonym(person.id()));
    }

    /** What is known of the person, where nothing was typed: user name, display name, e-mail address. */
    List<String> known(Person person) {
        return isErased(person)
                ? List.of()
                : Stream.of(person.username(), person.displayName(), person.email())
                        .filter(name -> name != null && !name.isBlank())
                        .toList();
    }

    /**
     * @param names to be looked for in texts
     * @throws BadInput a name cannot be looked for
     * @throws NotFound there is no such person
     */
    Preview preview(String userId, Collection<String> names) {
        Person person = people.person(userId);
        Identifiers identifiers = Identifiers.of(names, pseudonym(userId));
        int reports = identifiers.likes().isEmpty()
                ? 0
                : (int) jdbc
                        .sql("SELECT content FROM report WHERE content IS NOT NULL")
                        .query((row, number) -> identifiers.in(row.getString(1)))
                        .list()
                        .stream()
                        .filter(named -> named)
                        .count();
        return new Preview(
                person, List.copyOf(names), texts.count(identifiers), obstacles(person, identifiers), reports);
    }

    private List<String> obstacles(Person person, Identifiers identifiers) {
        Stream<String> lastAdmin = people.isLastAdmin(person)
                ? Stream.of("This is the last admin who can sign in; make another admin first.")
                : Stream.of();
        Stream<String> channels = jdbc
                .sql("SELECT name, shown FROM alert_channel WHERE removed_ms IS NULL AND kind = 'EMAIL'")
                .query((row, number) -> List.of(row.getString(1), row.getString(2)))
                .list()
                .stream()
                .filter(channel -> identifiers.in(channel.get(1)))
                .map(channel -> "The alert channel \"" + channel.get(0)
                        + "\" still sends mail to this person; remove it, or make it anew for somebody else.");
        Stream<String> nodes = jdbc
                .sql("SELECT name FROM node WHERE last_seen_ms > ?")
                .param(clock.millis() - STILL_REPORTS.toMillis())
                .query(String.class)
                .list()
                .stream()
                .filter(identifiers::in)
                .map(
                        name -> "The node \"" + name
                                + "\" bears this name and reported within the last hour; stop its agent or rename the machine.");
        return Stream.of(lastAdmin, channels, nodes).flatMap(stream -> stream).toList();
    }

    /**
     * All or nothing.
     *
     * @param names to be replaced in texts, besides what is known of the person
     * @return the user name that is gone, for ending the person's sessions
     * @throws Conflict something has to be done first
     * @throws BadInput a name cannot be looked for
     */
    @Transactional
    String erase(String userId, Collection<String> names) {
        settings.lock(People.ADMINS_LOCK, "");
        Preview preview = preview(userId, names);
        if (!preview.obstacles().isEmpty()) {
            throw new Conflict(String.join(" ", preview.obstacles()));
        }
        int changed;
        try {
            changed = texts.replace(Identifiers.of(names, pseudonym(userId)));
        } catch (DuplicateKeyException e) {
            throw new Conflict("Two names in one place would become the same: of projects, experiments, runs or teams"
                    + " that differ only in how they spell this person, rename one first.");
        }
        jdbc.sql("DELETE FROM invitation WHERE user_id = ?").param(userId).update();
        jdbc.sql("DELETE FROM membership WHERE user_id = ?").param(userId).update();
        jdbc.sql("UPDATE app_user SET username = ?, display_name = NULL, email = NULL, language = NULL, theme = NULL,"
                        + " time_zone = NULL, issuer = NULL, subject = NULL, password_hash = NULL, role = 'USER',"
                        + " disabled_at = COALESCE(disabled_at, ?) WHERE id = ?")
                .params(pseudonym(userId), clock.instant().atOffset(ZoneOffset.UTC), userId)
                .update();
        events.publishEvent(new Changed("user.erased", "user", userId, null, Map.of("texts", "" + changed)));
        return preview.person().username();
    }
}
