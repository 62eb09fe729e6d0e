package io.hfeco2ai.teams.people;

import static java.util.Objects.requireNonNull;

import io.hfeco2ai.platform.BadInput;
import io.hfeco2ai.platform.SignedIn;
import io.hfeco2ai.teams.Access;
import io.hfeco2ai.teams.Allow;
import io.hfeco2ai.teams.people.Profiles.Profile;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.servlet.ModelAndView;

/** What each person sets for themselves. */
@Allow(people = Allow.People.SIGNED_IN)
@Controller
class MyPage {

    /** @param done what was just stored: shown or password; null: nothing */
    record MyView(
            Profile profile,
            Set<String> languages,
            Set<String> zones,
            Form form,
            @Nullable String done) {
        public String theme() {
            return profile.theme() == null ? Profiles.SYSTEM : profile.theme();
        }

        public String language() {
            return profile.language() == null ? Profiles.BROWSER : profile.language();
        }

        /** Null: the stored zone is good. */
        public @Nullable String lostZone() {
            return zones.contains(profile.zone()) ? null : profile.zone();
        }
    }

    private final Access access;
    private final Profiles profiles;
    private final SignedIn signedIn;

    MyPage(Access access, Profiles profiles, SignedIn signedIn) {
        this.access = access;
        this.profiles = profiles;
        this.signedIn = signedIn;
    }

    @GetMapping("/settings/me")
    ModelAndView show(@RequestParam(required = false) @Nullable String done) {
        return page(Form.EMPTY, done, HttpStatus.OK);
    }

    @PostMapping("/settings/me")
    ModelAndView set(
            @RequestParam(defaultValue = "") String theme,
            @RequestParam(defaultValue = Profiles.BROWSER) String language,
            @RequestParam(defaultValue = "") String zone) {
        try {
            profiles.show(me(), theme, language, zone);
            return new ModelAndView("redirect:/settings/me?done=shown");
        } catch (BadInput e) {
            return page(Form.refused(e, Map.of("zone", zone)), null, HttpStatus.BAD_REQUEST);
        }
    }

    /** The button in the frame of every page: the browser shows it at once, here it is kept. */
    @PostMapping("/settings/me/theme")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void setTheme(@RequestParam(defaultValue = "") String theme) {
        profiles.setTheme(me(), theme);
    }

    /** Whoever knew the old password may be signed in elsewhere: that ends. */
    @PostMapping("/settings/me/password")
    ModelAndView changePassword(
            @RequestParam(defaultValue = "") String old,
            @RequestParam(defaultValue = "") String password,
            @RequestParam(defaultValue = "") String again,
            HttpServletRequest request) {
        try {
            profiles.changePassword(me(), old, password, again);
        } catch (BadInput e) {
            return page(Form.refused(e, Map.of()), null, HttpStatus.BAD_REQUEST);
        }
        signedIn.end(profiles.profile(me()).username(), request.getSession().getId());
        return new ModelAndView("redirect:/settings/me?done=password");
    }

    private String me() {
        return requireNonNull(access.viewer().userId(), "only persons come here");
    }

    private ModelAndView page(Form form, @Nullable String done, HttpStatus status) {
        MyView view = new MyView(profiles.profile(me()), Profiles.languages(), Profiles.zones(), form, done);
        return new ModelAndView("teams/me", Map.of("view", view), status);
    }
}
