package io.hfeco2ai.teams.people;

import io.hfeco2ai.platform.BadInput;
import io.hfeco2ai.platform.Changed;
import io.hfeco2ai.platform.Conflict;
import io.hfeco2ai.platform.Ids;
import io.hfeco2ai.platform.Inputs;
import io.hfeco2ai.platform.NotFound;
import io.hfeco2ai.platform.rows.Records;
import io.hfeco2ai.teams.TeamRole;
import java.time.Clock;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/** Teams and who is in them. */
@Service
class Memberships {

    private static final int LONGEST_NAME = 100;

    record Member(String userId, String name, TeamRole role) {}

    private final JdbcClient jdbc;
    private final People people;
    private final Clock clock;
    private final ApplicationEventPublisher events;

    Memberships(JdbcClient jdbc, People people, Clock clock, ApplicationEventPublisher events) {
        this.jdbc = jdbc;
        this.people = people;
        this.clock = clock;
        this.events = events;
    }

    @Transactional
    String make(String name) {
        String chosen = free(name, "");
        String id = Ids.next();
        jdbc.sql("INSERT INTO team (id, name, created_at) VALUES (?, ?, ?)")
                .params(id, chosen, now())
                .update();
        publish("team.made", id, Map.of());
        return id;
    }

    @Transactional
    void rename(String teamId, String name) {
        String chosen = free(name, teamId);
        jdbc.sql("UPDATE team SET name = ? WHERE id = ?").params(chosen, teamId).update();
        publish("team.renamed", teamId, Map.of());
    }

    private String free(String name, String exceptId) {
        String chosen = name.strip();
        Inputs.plain("name", name);
        if (chosen.isEmpty() || chosen.length() > LONGEST_NAME) {
            throw new BadInput("name", "A team's name has 1 to " + LONGEST_NAME + " characters.");
        }
        if (!jdbc.sql("SELECT 1 FROM team WHERE LOWER(name) = LOWER(?) AND id <> ?")
                .params(chosen, exceptId)
                .query()
                .listOfRows()
                .isEmpty()) {
            throw new BadInput("name", "Another team has this name; choose another.");
        }
        return chosen;
    }

    /** Only a team to which nothing belongs: no figure may lose its owner. */
    @Transactional
    void delete(String teamId) {
        try {
            jdbc.sql("DELETE FROM team WHERE id = ?").param(teamId).update();
        } catch (DataIntegrityViolationException e) {
            throw new Conflict("The team is not empty: it has or had members, tokens, projects, runs or budgets. Remove"
                    + " its members; a team that ever had tokens or runs stays, since figures name it.");
        }
        publish("team.deleted", teamId, Map.of());
    }

    List<Member> members(String teamId) {
        return jdbc.sql("SELECT m.user_id, COALESCE(u.display_name, u.username) AS name, m.role FROM membership m"
                        + " JOIN app_user u ON u.id = m.user_id WHERE m.team_id = ? ORDER BY name")
                .param(teamId)
                .query(Records.of(Member.class))
                .list();
    }

    /** Makes the person a member with that role, or changes the role. */
    @Transactional
    void put(String teamId, String userId, TeamRole role) {
        if (people.person(userId).disabled()) {
            throw new BadInput("user", "This person is disabled; choose another.");
        }
        Optional<String> before = role(teamId, userId);
        if (before.isPresent()) {
            jdbc.sql("UPDATE membership SET role = ? WHERE team_id = ? AND user_id = ?")
                    .params(role.name(), teamId, userId)
                    .update();
        } else {
            jdbc.sql("INSERT INTO membership (team_id, user_id, role, since) VALUES (?, ?, ?, ?)")
                    .params(teamId, userId, role.name(), now())
                    .update();
        }
        publish(
                "team.member-changed",
                teamId,
                Map.of("user", userId, "role_before", before.orElse("none"), "role_after", role.name()));
    }

    @Transactional
    void remove(String teamId, String userId) {
        String before = role(teamId, userId).orElseThrow(() -> new NotFound("member " + userId));
        jdbc.sql("DELETE FROM membership WHERE team_id = ? AND user_id = ?")
                .params(teamId, userId)
                .update();
        publish("team.member-removed", teamId, Map.of("user", userId, "role_before", before));
    }

    private Optional<String> role(String teamId, String userId) {
        return jdbc.sql("SELECT role FROM membership WHERE team_id = ? AND user_id = ?")
                .params(teamId, userId)
                .query(String.class)
                .optional();
    }

    private void publish(String action, String teamId, Map<String, String> details) {
        events.publishEvent(new Changed(action, "team", teamId, teamId, details));
    }

    private OffsetDateTime now() {
        return clock.instant().atOffset(ZoneOffset.UTC);
    }
}
