package io.hfeco2ai.teams;

import io.hfeco2ai.platform.Forbidden;
import io.hfeco2ai.platform.NotFound;
import io.hfeco2ai.teams.Allow.Tokens;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Who asks, and what they may see and do. Whoever may not see a team's row is told that there is none; whoever sees it and
 * may not change it is told who may.
 *
 * @param userId null: a token asks
 * @param tokenId null: a person asks
 * @param purpose of the token; null: a person asks
 * @param admin runs the whole installation
 * @param auditor reads everything, changes nothing
 * @param roles by team id; a token has one role in its own team
 */
public record Viewer(
        @Nullable String userId,
        @Nullable String tokenId,
        @Nullable Tokens purpose,
        boolean admin,
        boolean auditor,
        Map<String, TeamRole> roles) {

    public boolean seesAll() {
        return admin || auditor;
    }

    /** The teams to which lists and sums are limited; null: none, everything is seen. */
    public @Nullable Set<String> teams() {
        return seesAll() ? null : roles.keySet();
    }

    public boolean sees(String teamId) {
        return seesAll() || roles.containsKey(teamId);
    }

    /** An admin has every role in every team; an auditor has none but reads. */
    public boolean has(TeamRole needed, String teamId) {
        TeamRole role = roles.get(teamId);
        return admin || (role != null && role.compareTo(needed) >= 0);
    }

    /**
     * @param what what is looked for, with its id: {@code run 0192…}
     * @throws NotFound it is another team's
     */
    public void requireSight(String teamId, String what) {
        if (!sees(teamId)) {
            throw new NotFound(what);
        }
    }

    /**
     * @throws NotFound it is another team's
     * @throws Forbidden it is seen, but the role is too low
     */
    public void require(TeamRole needed, String teamId, String what) {
        requireSight(teamId, what);
        if (!has(needed, teamId)) {
            throw new Forbidden("Your role does not allow this for " + what + "; ask "
                    + (needed == TeamRole.LEAD ? "a lead" : "a member or lead") + " of the team, or an admin.");
        }
    }
}
