package io.hfeco2ai.teams.people;

import io.hfeco2ai.platform.BadInput;
import io.hfeco2ai.platform.Conflict;
import io.hfeco2ai.platform.NotFound;
import io.hfeco2ai.teams.Access;
import io.hfeco2ai.teams.Allow;
import io.hfeco2ai.teams.TeamRole;
import io.hfeco2ai.teams.Teams;
import io.hfeco2ai.teams.Teams.Team;
import io.hfeco2ai.teams.Viewer;
import io.hfeco2ai.teams.people.Memberships.Member;
import io.hfeco2ai.teams.people.People.Person;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.ModelAndView;

/** Admins make teams; a team's leads, and admins, decide who is in it. */
@Allow(people = Allow.People.LEADS)
@Controller
class TeamsPage {

    record TeamsView(List<Team> teams, boolean admin, Form form) {}

    /** @param others who could join */
    record TeamView(
            Team team,
            List<Member> members,
            List<Person> others,
            boolean admin,
            Form form,
            @Nullable String problem) {}

    private final Teams teams;
    private final Memberships memberships;
    private final People people;
    private final Access access;

    TeamsPage(Teams teams, Memberships memberships, People people, Access access) {
        this.teams = teams;
        this.memberships = memberships;
        this.people = people;
        this.access = access;
    }

    @GetMapping("/settings/teams")
    ModelAndView list() {
        return list(Form.EMPTY, HttpStatus.OK);
    }

    @Allow(people = Allow.People.ADMINS)
    @PostMapping("/settings/teams")
    ModelAndView make(@RequestParam(defaultValue = "") String name) {
        try {
            return new ModelAndView("redirect:/settings/teams/" + memberships.make(name));
        } catch (BadInput e) {
            return list(Form.refused(e, Map.of("name", name)), HttpStatus.BAD_REQUEST);
        }
    }

    @GetMapping("/settings/teams/{id}")
    ModelAndView team(@PathVariable String id) {
        return page(led(id), Form.EMPTY, null, HttpStatus.OK);
    }

    @Allow(people = Allow.People.ADMINS)
    @PostMapping("/settings/teams/{id}")
    ModelAndView rename(@PathVariable String id, @RequestParam(defaultValue = "") String name) {
        Team team = led(id);
        try {
            memberships.rename(id, name);
            return back(id);
        } catch (BadInput e) {
            return page(team, Form.refused(e, Map.of("name", name)), null, HttpStatus.BAD_REQUEST);
        }
    }

    @Allow(people = Allow.People.ADMINS)
    @PostMapping("/settings/teams/{id}/delete")
    ModelAndView delete(@PathVariable String id) {
        Team team = led(id);
        try {
            memberships.delete(id);
            return new ModelAndView("redirect:/settings/teams");
        } catch (Conflict e) {
            return page(team, Form.EMPTY, e.detail(), HttpStatus.CONFLICT);
        }
    }

    @PostMapping("/settings/teams/{id}/members")
    ModelAndView put(
            @PathVariable String id,
            @RequestParam(defaultValue = "") String user,
            @RequestParam(defaultValue = "MEMBER") TeamRole role) {
        led(id);
        memberships.put(id, user, role);
        return back(id);
    }

    @PostMapping("/settings/teams/{id}/members/{user}/remove")
    ModelAndView remove(@PathVariable String id, @PathVariable String user) {
        led(id);
        memberships.remove(id, user);
        return back(id);
    }

    private Team led(String id) {
        access.viewer().require(TeamRole.LEAD, id, "team " + id);
        return teams.team(id).orElseThrow(() -> new NotFound("team " + id));
    }

    private static ModelAndView back(String id) {
        return new ModelAndView("redirect:/settings/teams/" + id);
    }

    private ModelAndView list(Form form, HttpStatus status) {
        Viewer viewer = access.viewer();
        List<Team> led = teams.teams().stream()
                .filter(team -> viewer.has(TeamRole.LEAD, team.id()))
                .toList();
        return new ModelAndView("teams/teams", Map.of("view", new TeamsView(led, viewer.admin(), form)), status);
    }

    private ModelAndView page(Team team, Form form, @Nullable String problem, HttpStatus status) {
        List<Member> members = memberships.members(team.id());
        List<String> in = members.stream().map(Member::userId).toList();
        List<Person> others = people.all().stream()
                .filter(person -> !person.disabled() && !in.contains(person.id()))
                .toList();
        TeamView view = new TeamView(team, members, others, access.viewer().admin(), form, problem);
        return new ModelAndView("teams/team", Map.of("view", view), status);
    }
}
