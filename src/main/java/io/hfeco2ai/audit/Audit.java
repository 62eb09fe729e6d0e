package io.hfeco2ai.audit;

import io.hfeco2ai.platform.BadInput;
import io.hfeco2ai.platform.Changed;
import io.hfeco2ai.platform.Settings;
import io.hfeco2ai.platform.rows.Records;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.jdbc.core.JdbcOperations;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/** The door to the trail: what happened, and whether anybody has touched the rows since. */
@Service
public class Audit {

    static final int PAGE_SIZE = 50;
    /** Rows in memory while the trail is checked. */
    private static final int AT_ONCE = 1000;

    static final String HEAD = Settings.TRAIL_HEAD;

    private static final Pattern NOTED = Pattern.compile("\\s*(\\d{1,18})\\s+([0-9a-f]{64})\\s*");

    private static final String COLUMNS =
            "no, at_ms, actor_kind, actor_id, action, subject_kind, subject_id, team_id, details, prev_hash, hash";

    private static final String FITTING = " FROM audit_event WHERE (:team = '' OR team_id = :team)"
            + " AND (:action = '' OR action = :action)"
            + " AND (:person = '' OR actor_id = :person OR (subject_kind = 'user' AND subject_id = :person))"
            + " AND at_ms >= :from AND at_ms < :until";

    private final JdbcClient jdbc;
    private final Settings settings;
    private final ApplicationEventPublisher events;

    Audit(JdbcClient jdbc, Settings settings, ApplicationEventPublisher events) {
        this.jdbc = jdbc;
        this.settings = settings;
        this.events = events;
    }

    /**
     * The newest first, 50 a page.
     *
     * @param page from 0
     */
    public Page events(int page, Filter filter) {
        List<Event> found = jdbc.sql("SELECT " + COLUMNS + FITTING + " ORDER BY no DESC LIMIT :most OFFSET :skip")
                .params(parameters(filter))
                .param("most", PAGE_SIZE + 1)
                .param("skip", (long) page * PAGE_SIZE)
                .query(Records.of(Event.class))
                .list();
        return new Page(found.stream().limit(PAGE_SIZE).toList(), found.size() > PAGE_SIZE);
    }

    /** The oldest first, one after the other. */
    void each(Filter filter, Consumer<Event> reader) {
        try (Stream<Event> events = jdbc
                .sql("SELECT " + COLUMNS + FITTING + " ORDER BY no")
                .params(parameters(filter))
                .query(Records.of(Event.class))
                .stream()) {
            events.forEach(reader);
        }
    }

    /** To be called before the trail leaves the house: the trail says who took it. */
    @Transactional
    public void exported() {
        events.publishEvent(new Changed("audit.exported", "audit", "", null, Map.of()));
    }

    private static Map<String, Object> parameters(Filter filter) {
        return Map.of(
                "team",
                filter.teamId(),
                "action",
                filter.action(),
                "person",
                filter.personId(),
                "from",
                filter.fromMs(),
                "until",
                filter.untilMs());
    }

    /** The newest first. @param most of them */
    public List<Event> about(String subjectKind, String subjectId, int most) {
        return jdbc.sql("SELECT " + COLUMNS + " FROM audit_event WHERE subject_kind = ? AND subject_id = ?"
                        + " ORDER BY no DESC LIMIT ?")
                .params(subjectKind, subjectId, most)
                .query(Records.of(Event.class))
                .list();
    }

    /** All actions that ever happened, for choosing one. */
    public List<String> actions() {
        return jdbc.sql("SELECT DISTINCT action FROM audit_event ORDER BY action")
                .query(String.class)
                .list();
    }

    /** Reads the whole trail; rows are held back only while the last few are read, so that its end is the end. */
    @Transactional
    public Check verify() {
        ChainCheck check = new ChainCheck();
        long read = page(check, 0, checkpoint().no());
        Head head = Head.of(settings.lock(HEAD, ""));
        page(check, read, Long.MAX_VALUE);
        return check.end(head);
    }

    /** @return number of the last row that was read */
    private long page(ChainCheck check, long afterNo, long toNo) {
        long last = afterNo;
        List<Event> events;
        do {
            events = jdbc.sql("SELECT " + COLUMNS + " FROM audit_event WHERE no > ? AND no <= ? ORDER BY no LIMIT "
                            + AT_ONCE)
                    .params(last, toNo)
                    .query(Records.of(Event.class))
                    .list();
            events.forEach(check::next);
            last = events.isEmpty() ? last : events.get(events.size() - 1).no();
        } while (events.size() == AT_ONCE);
        return last;
    }

    /** The same for a database that no server runs on; the caller's fetch size says how much is read at once. */
    public static Check verify(JdbcOperations database) {
        JdbcClient jdbc = JdbcClient.create(database);
        String head = jdbc.sql("SELECT content FROM setting WHERE name = ?")
                .param(HEAD)
                .query(String.class)
                .optional()
                .orElse("");
        return verify(jdbc, Head.of(head));
    }

    private static Check verify(JdbcClient jdbc, Head head) {
        ChainCheck check = new ChainCheck();
        try (Stream<Event> events =
                jdbc
                        .sql("SELECT " + COLUMNS + " FROM audit_event ORDER BY no")
                        .query(Records.of(Event.class))
                        .stream()) {
            events.forEach(check::next);
        }
        return check.end(head);
    }

    /** Number and hash of the last row: noted outside this machine, they show later whether the rows up to it are the same. */
    Head checkpoint() {
        return Head.of(settings.get(HEAD).orElse(""));
    }

    /**
     * Whether the trail still holds the row that a checkpoint names, with the same hash.
     *
     * @param noted what {@link #checkpoint} said once, as {@code number hash}
     * @throws BadInput it is no such text
     */
    Against against(String noted) {
        Matcher read = NOTED.matcher(noted);
        if (!read.matches()) {
            throw new BadInput(
                    "checkpoint",
                    "This is no checkpoint: paste the whole line, a row's number, a blank and 64 hexadecimal digits.");
        }
        Head old = new Head(Long.parseLong(read.group(1)), read.group(2));
        if (old.no() == 0) {
            return new Against(old, old.equals(Head.NONE) ? Kept.SAME : Kept.REWRITTEN);
        }
        Kept kept = jdbc.sql("SELECT hash FROM audit_event WHERE no = ?")
                .param(old.no())
                .query(String.class)
                .optional()
                .map(hash -> hash.equals(old.hash()) ? Kept.SAME : Kept.REWRITTEN)
                .orElse(Kept.GONE);
        return new Against(old, kept);
    }

    enum Kept {
        SAME,
        /** The row has another hash: it, or one before it, was written anew. */
        REWRITTEN,
        /** There is no such row: the end was cut, or an older backup was restored. */
        GONE
    }

    record Against(Head noted, Kept kept) {}

    /** The trail's last row. */
    record Head(long no, String hash) {

        static final Head NONE = new Head(0, Event.NO_HASH);

        static Head of(String stored) {
            int space = stored.indexOf(' ');
            return space < 0 ? NONE : new Head(Long.parseLong(stored.substring(0, space)), stored.substring(space + 1));
        }

        String stored() {
            return no + " " + hash;
        }
    }

    /**
     * Which rows; an empty text: all of them.
     *
     * @param personId who did it, or to whom it was done
     * @param untilMs exclusive
     */
    public record Filter(String teamId, String action, String personId, long fromMs, long untilMs) {

        public static final Filter ALL = new Filter("", "", "", 0, Long.MAX_VALUE);

        public static Filter of(String teamId, String action) {
            return new Filter(teamId, action, "", ALL.fromMs, ALL.untilMs);
        }
    }

    public record Page(List<Event> events, boolean more) {}

    /**
     * @param rows how many there are
     * @param changed numbers of rows that are not what was written, at most the first 100
     * @param missing numbers of rows that were removed, at most the first 100
     */
    public record Check(long rows, List<Long> changed, List<Long> missing) {
        public boolean whole() {
            return changed.isEmpty() && missing.isEmpty();
        }
    }
}
