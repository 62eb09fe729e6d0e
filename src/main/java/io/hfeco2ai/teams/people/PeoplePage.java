package io.hfeco2ai.teams.people;

import io.hfeco2ai.platform.BadInput;
import io.hfeco2ai.platform.Conflict;
import io.hfeco2ai.platform.SignedIn;
import io.hfeco2ai.teams.Allow;
import io.hfeco2ai.teams.people.People.Person;
import io.hfeco2ai.teams.people.People.Role;
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
import org.springframework.web.servlet.support.ServletUriComponentsBuilder;

/** Who is in the organisation, for admins. */
@Allow(people = Allow.People.ADMINS)
@Controller
class PeoplePage {

    /**
     * @param link just made, shown this once; null otherwise
     * @param invited whom the link is for
     * @param problem why a change was refused
     */
    record PeopleView(
            List<Person> people,
            Form form,
            @Nullable String link,
            @Nullable Person invited,
            @Nullable String problem) {}

    private final People people;
    private final Invitations invitations;
    private final SignedIn signedIn;

    PeoplePage(People people, Invitations invitations, SignedIn signedIn) {
        this.people = people;
        this.invitations = invitations;
        this.signedIn = signedIn;
    }

    @GetMapping("/settings/people")
    ModelAndView list() {
        return page(Form.EMPTY, null, null, null, HttpStatus.OK);
    }

    /** Answers the page itself: the link must not travel in an address or lie in the session. */
    @PostMapping("/settings/people")
    ModelAndView invite(
            @RequestParam(defaultValue = "") String username,
            @RequestParam(defaultValue = "") String displayName,
            @RequestParam(defaultValue = "") String email,
            @RequestParam(defaultValue = "USER") Role role) {
        try {
            return invited(people.add(username, displayName, email, role));
        } catch (BadInput e) {
            Map<String, String> typed =
                    Map.of("username", username, "displayName", displayName, "email", email, "role", role.name());
            return page(Form.refused(e, typed), null, null, null, HttpStatus.BAD_REQUEST);
        }
    }

    @PostMapping("/settings/people/{id}/invite")
    ModelAndView inviteAgain(@PathVariable String id) {
        return invited(people.person(id));
    }

    @PostMapping("/settings/people/{id}/role")
    ModelAndView setRole(@PathVariable String id, @RequestParam Role role) {
        return changed(() -> people.setRole(id, role));
    }

    @PostMapping("/settings/people/{id}/disable")
    ModelAndView disable(@PathVariable String id) {
        return changed(() -> {
            people.disable(id);
            signedIn.end(people.person(id).username(), null);
        });
    }

    @PostMapping("/settings/people/{id}/unlink")
    ModelAndView unlink(@PathVariable String id) {
        return changed(() -> {
            people.unlink(id);
            signedIn.end(people.person(id).username(), null);
        });
    }

    @PostMapping("/settings/people/{id}/enable")
    ModelAndView enable(@PathVariable String id) {
        return changed(() -> people.enable(id));
    }

    private ModelAndView changed(Runnable change) {
        try {
            change.run();
            return new ModelAndView("redirect:/settings/people");
        } catch (Conflict e) {
            return page(Form.EMPTY, null, null, e.detail(), HttpStatus.CONFLICT);
        }
    }

    private ModelAndView invited(Person person) {
        String link = ServletUriComponentsBuilder.fromCurrentContextPath()
                .pathSegment("invitations", invitations.invite(person.id()))
                .toUriString();
        return page(Form.EMPTY, link, person, null, HttpStatus.OK);
    }

    private ModelAndView page(
            Form form, @Nullable String link, @Nullable Person invited, @Nullable String problem, HttpStatus status) {
        PeopleView view = new PeopleView(people.all(), form, link, invited, problem);
        return new ModelAndView("teams/people", Map.of("view", view), status);
    }
}
