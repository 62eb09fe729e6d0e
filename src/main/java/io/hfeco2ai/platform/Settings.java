package io.hfeco2ai.platform;

import java.time.Clock;
import java.time.ZoneOffset;
import java.util.Optional;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/** What the organisation set on its pages, and what jobs keep in mind. A setting that was never put is absent: there is no default here. */
@Service
public class Settings {

    /** Of the organisation: in which budgets' days and months begin. Absent: UTC. */
    public static final String TIME_ZONE = "organisation.time-zone";

    /** Number and hash of the audit trail's last row, with a blank between. */
    public static final String TRAIL_HEAD = "audit.chain";

    private static final int LONGEST_CONTENT = 4000;

    private final JdbcClient jdbc;
    private final Clock clock;
    private final ApplicationEventPublisher events;

    Settings(JdbcClient jdbc, Clock clock, ApplicationEventPublisher events) {
        this.jdbc = jdbc;
        this.clock = clock;
        this.events = events;
    }

    public Optional<String> get(String name) {
        return jdbc.sql("SELECT content FROM setting WHERE name = ?")
                .param(name)
                .query(String.class)
                .optional();
    }

    /** The content, which nobody else changes or locks until the caller's transaction ends; made with that if absent. */
    public String lock(String name, String ifAbsent) {
        return locked(name).orElseGet(() -> {
            jdbc.sql("INSERT INTO setting (name, content, changed_at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING")
                    .params(name, ifAbsent, clock.instant().atOffset(ZoneOffset.UTC))
                    .update();
            return locked(name).orElseThrow();
        });
    }

    private Optional<String> locked(String name) {
        return jdbc.sql("SELECT content FROM setting WHERE name = ? FOR UPDATE")
                .param(name)
                .query(String.class)
                .optional();
    }

    /** Stores what somebody set and publishes {@link SettingChanged}. */
    @Transactional
    public void put(String name, String content) {
        String before = get(name).orElse(null);
        remember(name, content);
        events.publishEvent(new SettingChanged(name, before, content));
    }

    /** Stores how far a job has come: nobody's decision, so nothing is published. */
    @Transactional
    public void remember(String name, String content) {
        if (content.length() > LONGEST_CONTENT) {
            throw new BadInput(name, "The content is longer than " + LONGEST_CONTENT + " characters; shorten it.");
        }
        var now = clock.instant().atOffset(ZoneOffset.UTC);
        jdbc.sql("INSERT INTO setting (name, content, changed_at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING")
                .params(name, content, now)
                .update();
        jdbc.sql("UPDATE setting SET content = ?, changed_at = ? WHERE name = ?")
                .params(content, now, name)
                .update();
    }
}
