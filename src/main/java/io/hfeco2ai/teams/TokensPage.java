package io.hfeco2ai.teams;

import io.hfeco2ai.platform.BadInput;
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

/** Lists, makes and revokes the API tokens of the default team. */
@Allow(people = Allow.People.ADMINS)
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

    TokensPage(Teams teams) {
        this.teams = teams;
    }

    @GetMapping("/settings/tokens")
    String list(Model model) {
        return show(model, null, null);
    }

    /** Answers the page itself, not a redirect: the secret must not travel in a URL or lie in the session. */
    @PostMapping("/settings/tokens")
    String create(@RequestParam(defaultValue = "") String name, Model model) {
        try {
            return show(model, teams.create(teams.defaultTeam().id(), name), null);
        } catch (BadInput e) {
            return show(model, null, e.detail());
        }
    }

    @PostMapping("/settings/tokens/{id}/revoke")
    String revoke(@PathVariable String id) {
        teams.revoke(id);
        return "redirect:/settings/tokens";
    }

    private String show(Model model, @Nullable NewToken made, @Nullable String problem) {
        Team team = teams.defaultTeam();
        model.addAttribute("view", new TokensView(team, teams.tokens(team.id()), made, problem));
        return "teams/tokens";
    }
}
