package io.hfeco2ai.audit;

import io.hfeco2ai.audit.Audit.Head;
import io.hfeco2ai.platform.Changed;
import io.hfeco2ai.platform.SettingChanged;
import io.hfeco2ai.platform.Settings;
import io.hfeco2ai.teams.Access;
import io.hfeco2ai.teams.Viewer;
import java.time.Clock;
import java.util.Map;
import java.util.TreeMap;
import org.springframework.context.event.EventListener;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.security.authentication.event.AbstractAuthenticationFailureEvent;
import org.springframework.security.authentication.event.InteractiveAuthenticationSuccessEvent;
import org.springframework.security.authentication.event.LogoutSuccessEvent;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;
import tools.jackson.databind.json.JsonMapper;

/** Appends a row within the transaction of the change: both are stored, or neither. */
@Component
class AuditTrail {

    private static final int LONGEST_DETAILS = 4000;
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private record Actor(String kind, String id) {}

    private final JdbcClient jdbc;
    private final Settings settings;
    private final Access access;
    private final Clock clock;

    AuditTrail(JdbcClient jdbc, Settings settings, Access access, Clock clock) {
        this.jdbc = jdbc;
        this.settings = settings;
        this.access = access;
        this.clock = clock;
    }

    @EventListener
    @Transactional
    void on(Changed changed) {
        append(whoAsks(), changed);
    }

    @EventListener
    @Transactional
    void on(SettingChanged changed) {
        Map<String, String> details = new TreeMap<>(Map.of("after", changed.after()));
        if (changed.before() != null) {
            details.put("before", changed.before());
        }
        append(whoAsks(), new Changed("setting.changed", "setting", changed.name(), null, details));
    }

    @EventListener
    @Transactional
    void on(InteractiveAuthenticationSuccessEvent event) {
        Actor actor = actor(access.viewer(event.getAuthentication()), "NOBODY");
        append(actor, new Changed("user.signed-in", "user", actor.id(), null, Map.of()));
    }

    /** The name that was typed may be a password in the wrong field: only a known person is noted, by id. */
    @EventListener
    @Transactional
    void on(AbstractAuthenticationFailureEvent event) {
        String tried = actor(access.viewer(event.getAuthentication()), "NOBODY").id();
        append(new Actor("NOBODY", ""), new Changed("user.sign-in-failed", "user", tried, null, Map.of()));
    }

    @EventListener
    @Transactional
    void on(LogoutSuccessEvent event) {
        Actor actor = actor(access.viewer(event.getAuthentication()), "NOBODY");
        append(actor, new Changed("user.signed-out", "user", actor.id(), null, Map.of()));
    }

    private Actor whoAsks() {
        boolean job = SecurityContextHolder.getContext().getAuthentication() == null;
        return actor(access.viewer(), job ? "SYSTEM" : "NOBODY");
    }

    private static Actor actor(Viewer viewer, String otherwise) {
        if (viewer.userId() != null) {
            return new Actor("USER", viewer.userId());
        }
        return viewer.tokenId() == null ? new Actor(otherwise, "") : new Actor("TOKEN", viewer.tokenId());
    }

    /** One after the other: the lock on the head is held until the commit, so no number is skipped or given twice. */
    private void append(Actor actor, Changed changed) {
        Head head = Head.of(settings.lock(Audit.HEAD, ""));
        String team = changed.teamId();
        Event event = new Event(
                        head.no() + 1,
                        clock.millis(),
                        actor.kind(),
                        actor.id(),
                        changed.action(),
                        changed.subjectKind(),
                        changed.subjectId(),
                        team == null ? "" : team,
                        json(changed.details()),
                        head.hash(),
                        "")
                .signed();
        jdbc.sql("INSERT INTO audit_event (no, at_ms, actor_kind, actor_id, action, subject_kind, subject_id, team_id,"
                        + " details, prev_hash, hash) VALUES (:no, :atMs, :actorKind, :actorId, :action, :subjectKind,"
                        + " :subjectId, :teamId, :details, :prevHash, :hash)")
                .paramSource(event)
                .update();
        settings.remember(Audit.HEAD, new Head(event.no(), event.hash()).stored());
    }

    /** Sorted by key; long texts are cut until all of it fits. */
    static String json(Map<String, String> details) {
        String json = JSON.writeValueAsString(new TreeMap<>(details));
        for (int longest = LONGEST_DETAILS; json.length() > LONGEST_DETAILS && longest > 0; longest /= 2) {
            int most = longest;
            Map<String, String> cut = new TreeMap<>();
            details.forEach((key, text) -> cut.put(key, text.length() <= most ? text : text.substring(0, most) + "…"));
            json = JSON.writeValueAsString(cut);
        }
        return json.length() > LONGEST_DETAILS ? "{\"cut\":\"too many details\"}" : json;
    }
}
