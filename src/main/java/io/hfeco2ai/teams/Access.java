package io.hfeco2ai.teams;

import io.hfeco2ai.platform.rows.Records;
import io.hfeco2ai.teams.Teams.TokenIdentity;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.security.authentication.AnonymousAuthenticationToken;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.stereotype.Service;

/** Knows who asks. Roles are read at each call: whoever loses one loses it at once. */
@Service
public class Access {

    private static final Viewer NOBODY = new Viewer(null, null, null, false, false, Map.of());

    private record Person(String id, String role) {}

    private final JdbcClient jdbc;

    Access(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** Whoever made this call; somebody without any right where nobody is signed in, as in a background job. */
    public Viewer viewer() {
        return viewer(SecurityContextHolder.getContext().getAuthentication());
    }

    /** Whoever that is; somebody without any right for null. */
    public Viewer viewer(@Nullable Authentication authentication) {
        if (authentication == null || authentication instanceof AnonymousAuthenticationToken) {
            return NOBODY;
        }
        if (authentication.getPrincipal() instanceof TokenIdentity token) {
            TeamRole role = token.purpose() == Allow.Tokens.READ ? TeamRole.VIEWER : TeamRole.MEMBER;
            return new Viewer(null, token.tokenId(), token.purpose(), false, false, Map.of(token.teamId(), role));
        }
        return person(authentication.getName());
    }

    /** Whoever made that token, with the rights they have now; nobody for one that was given at the server's start. */
    public Viewer maker(TokenIdentity token) {
        return jdbc.sql("SELECT u.username FROM api_token t JOIN app_user u ON u.id = t.created_by WHERE t.id = ?")
                .param(token.tokenId())
                .query(String.class)
                .optional()
                .map(this::person)
                .orElse(NOBODY);
    }

    /** How many persons may act as admin now. */
    public long admins() {
        return jdbc.sql("SELECT COUNT(*) FROM app_user WHERE role = 'ADMIN' AND disabled_at IS NULL")
                .query(Long.class)
                .single();
    }

    private Viewer person(String username) {
        Person person = jdbc.sql("SELECT id, role FROM app_user WHERE username = ? AND disabled_at IS NULL")
                .param(username)
                .query(Records.of(Person.class))
                .optional()
                .orElse(null);
        if (person == null) {
            return NOBODY;
        }
        Map<String, TeamRole> roles = new HashMap<>();
        jdbc.sql("SELECT team_id, role FROM membership WHERE user_id = ?")
                .param(person.id())
                .query(row -> {
                    roles.put(row.getString(1), TeamRole.valueOf(row.getString(2)));
                });
        return new Viewer(
                person.id(),
                null,
                null,
                person.role().equals("ADMIN"),
                person.role().equals("AUDITOR"),
                Map.copyOf(roles));
    }
}
