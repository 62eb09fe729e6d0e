package io.hfeco2ai.teams;

import io.hfeco2ai.platform.BadInput;
import io.hfeco2ai.platform.NotFound;
import io.hfeco2ai.teams.Teams.NewToken;
import io.hfeco2ai.teams.Teams.Team;
import io.hfeco2ai.teams.Teams.Token;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;

/** Lists, makes and revokes the API tokens of a team. */
@Allow(people = Allow.People.MEMBERS)
@Controller
class TokensPage {

    /**
     * @param made the token just made, with its secret; null after the page is left
     * @param problem what was wrong with the form
     */
    record TokensView(
            Team team,
            List<Token> tokens,
            @Nullable NewToken made,
            @Nullable String problem) {}

    private final Teams teams;
    private final Access access;

    TokensPage(Teams teams, Access access) {
        this.teams = teams;
        this.access = access;
    }

    @GetMapping("/settings/tokens")
    String list(Model model) {
        return show(model, null, null);
    }

    /** Answers the page itself, not a redirect: the secret must not travel in a URL or lie in the session. */
    @PostMapping("/settings/tokens")
    String create(@RequestParam(defaultValue = "") String name, Model model) {
        try {
            return show(model, teams.create(team().id(), name), null);
        } catch (BadInput e) {
            return show(model, null, e.detail());
        }
    }

    @PostMapping("/settings/tokens/{id}/revoke")
    String revoke(@PathVariable String id) {
        access.viewer().require(TeamRole.LEAD, teams.teamOf(id), "token " + id);
        teams.revoke(id);
        return "redirect:/settings/tokens";
    }

    /** The default team, or the first that the viewer is a member of. */
    private Team team() {
        Viewer viewer = access.viewer();
        Team usual = teams.defaultTeam();
        return viewer.has(TeamRole.MEMBER, usual.id())
                ? usual
                : teams.teams().stream()
                        .filter(team -> viewer.has(TeamRole.MEMBER, team.id()))
                        .findFirst()
                        .orElseThrow(() -> new NotFound("team of yours"));
    }

    private String show(Model model, @Nullable NewToken made, @Nullable String problem) {
        Team team = team();
        model.addAttribute("view", new TokensView(team, teams.tokens(team.id()), made, problem));
        return "teams/tokens";
    }
}
