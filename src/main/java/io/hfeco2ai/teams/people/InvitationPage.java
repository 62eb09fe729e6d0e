package io.hfeco2ai.teams.people;

import io.hfeco2ai.platform.BadInput;
import io.hfeco2ai.platform.SignedIn;
import io.hfeco2ai.teams.Allow;
import io.hfeco2ai.teams.people.People.Person;
import java.util.Map;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.ModelAndView;

/** Where whoever was invited chooses a password. Its address is the secret, so nobody need be signed in. */
@Allow(people = Allow.People.EVERYBODY)
@Controller
class InvitationPage {

    record InvitationView(Person person, String secret, Form form) {}

    private final Invitations invitations;
    private final SignedIn signedIn;

    InvitationPage(Invitations invitations, SignedIn signedIn) {
        this.invitations = invitations;
        this.signedIn = signedIn;
    }

    @GetMapping("/invitations/{secret}")
    ModelAndView show(@PathVariable String secret) {
        return page(secret, Form.EMPTY, HttpStatus.OK);
    }

    @PostMapping("/invitations/{secret}")
    ModelAndView accept(
            @PathVariable String secret,
            @RequestParam(defaultValue = "") String password,
            @RequestParam(defaultValue = "") String again) {
        try {
            signedIn.end(invitations.accept(secret, password, again).username(), null);
            return new ModelAndView("redirect:/login?joined");
        } catch (BadInput e) {
            return page(secret, Form.refused(e, Map.of()), HttpStatus.BAD_REQUEST);
        }
    }

    private ModelAndView page(String secret, Form form, HttpStatus status) {
        InvitationView view = new InvitationView(invitations.invited(secret), secret, form);
        return new ModelAndView("teams/invitation", Map.of("view", view), status);
    }
}
