package io.hfeco2ai.teams;

import io.hfeco2ai.platform.BadInput;
import io.hfeco2ai.platform.NotFound;
import io.hfeco2ai.teams.Allow.Tokens;
import io.hfeco2ai.teams.Teams.NewToken;
import io.hfeco2ai.teams.Teams.Team;
import io.hfeco2ai.teams.Teams.Token;
import io.hfeco2ai.teams.Teams.TokenWish;
import java.time.Clock;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;

/** Lists, makes and revokes the API tokens of the viewer's teams. */
@Allow(people = Allow.People.MEMBERS)
@Controller
class TokensPage {

    private static final List<Integer> DAYS = List.of(30, 90, 365);

    /**
     * @param team its name
     * @param by who made it; null: whoever started the server
     * @param state active, expired or revoked
     */
    record Line(Token token, String team, @Nullable String by, String state, boolean mayRevoke) {}

    /** What the form holds. */
    record Form(String name, String team, String purpose, String days) {}

    /**
     * @param made the token just made, with its secret; null after the page is left
     * @param problem what was wrong with the field named {@code wrong}
     */
    record TokensView(
            List<Team> teams,
            List<Line> lines,
            Form form,
            @Nullable NewToken made,
            @Nullable String problem,
            @Nullable String wrong) {}

    private final Teams teams;
    private final Access access;
    private final Names names;
    private final Clock clock;

    TokensPage(Teams teams, Access access, Names names, Clock clock) {
        this.teams = teams;
        this.access = access;
        this.names = names;
        this.clock = clock;
    }

    @GetMapping("/settings/tokens")
    String list(Model model) {
        return show(model, new Form("", "", "CLIENT", ""), null, null);
    }

    /** Answers the page itself, not a redirect: the secret must not travel in a URL or lie in the session. */
    @PostMapping("/settings/tokens")
    String create(
            @RequestParam(defaultValue = "") String name,
            @RequestParam(defaultValue = "") String team,
            @RequestParam(defaultValue = "CLIENT") String purpose,
            @RequestParam(defaultValue = "") String days,
            Model model) {
        Viewer viewer = access.viewer();
        Form form = new Form(name, team, purpose, days);
        try {
            String teamId = team.isEmpty() ? first(viewer) : team;
            viewer.require(TeamRole.MEMBER, teamId, "team " + teamId);
            NewToken made = teams.create(new TokenWish(teamId, name, purpose(purpose), days(days)), viewer.userId());
            return show(model, new Form("", teamId, "CLIENT", ""), made, null);
        } catch (BadInput e) {
            return show(model, form, null, e);
        }
    }

    /** A lead revokes any token of the team, a member those that they made. */
    @PostMapping("/settings/tokens/{id}/revoke")
    String revoke(@PathVariable String id) {
        Viewer viewer = access.viewer();
        Token token = teams.token(id).orElseThrow(() -> new NotFound("token " + id));
        viewer.requireSight(token.teamId(), "token " + id);
        if (!own(token, viewer)) {
            viewer.require(TeamRole.LEAD, token.teamId(), "token " + id);
        }
        teams.revoke(id);
        return "redirect:/settings/tokens";
    }

    private static boolean own(Token token, Viewer viewer) {
        return token.createdBy() != null
                && token.createdBy().equals(viewer.userId())
                && viewer.has(TeamRole.MEMBER, token.teamId());
    }

    private List<Team> mine(Viewer viewer) {
        return teams.teams().stream()
                .filter(team -> viewer.has(TeamRole.MEMBER, team.id()))
                .toList();
    }

    /** An admin's form without a team means the default team, as it always did. */
    private String first(Viewer viewer) {
        return viewer.admin()
                ? teams.defaultTeam().id()
                : mine(viewer).stream()
                        .findFirst()
                        .map(Team::id)
                        .orElseThrow(() -> new BadInput("team", "Choose a team."));
    }

    private static Tokens purpose(String text) {
        try {
            return Tokens.valueOf(text);
        } catch (IllegalArgumentException unknown) {
            throw new BadInput("purpose", "Field purpose is CLIENT, AGENT or READ.");
        }
    }

    private static @Nullable Integer days(String text) {
        if (text.isEmpty()) {
            return null;
        }
        return DAYS.stream()
                .filter(days -> days.toString().equals(text))
                .findFirst()
                .orElseThrow(() -> new BadInput("days", "Field days is 30, 90 or 365, or empty for never."));
    }

    private String show(Model model, Form form, @Nullable NewToken made, @Nullable BadInput wrong) {
        Viewer viewer = access.viewer();
        List<Team> mine = mine(viewer);
        String problem = wrong == null ? null : wrong.detail();
        String field = wrong == null ? null : wrong.field();
        model.addAttribute("view", new TokensView(mine, lines(mine, viewer), form, made, problem, field));
        return "teams/tokens";
    }

    private List<Line> lines(List<Team> mine, Viewer viewer) {
        List<Token> tokens = mine.stream()
                .flatMap(team -> teams.tokens(team.id()).stream())
                .sorted(Comparator.comparing(Token::createdAt).reversed())
                .toList();
        Set<String> makers = tokens.stream()
                .map(Token::createdBy)
                .filter(Objects::nonNull)
                .map(String::valueOf)
                .collect(Collectors.toSet());
        Map<String, String> people = names.of(makers);
        Map<String, String> teamNames = mine.stream().collect(Collectors.toMap(Team::id, Team::name));
        return tokens.stream()
                .map(token -> new Line(
                        token,
                        teamNames.getOrDefault(token.teamId(), ""),
                        token.createdBy() == null ? null : people.get(token.createdBy()),
                        state(token),
                        token.revokedAt() == null && (own(token, viewer) || viewer.has(TeamRole.LEAD, token.teamId()))))
                .toList();
    }

    private String state(Token token) {
        if (token.revokedAt() != null) {
            return "revoked";
        }
        Instant expiresAt = token.expiresAt();
        return expiresAt != null && !clock.instant().isBefore(expiresAt) ? "expired" : "active";
    }
}
