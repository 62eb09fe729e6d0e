package io.hfeco2ai.teams.people;

import io.hfeco2ai.platform.BadInput;
import io.hfeco2ai.platform.Settings;
import io.hfeco2ai.teams.Allow;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.ModelAndView;

/** What holds for the whole organisation. */
@Allow(people = Allow.People.ADMINS)
@Controller
class OrganisationPage {

    record OrganisationView(String zone, Set<String> zones, Form form, boolean done) {
        /** Null: the stored zone is good. */
        public @Nullable String lostZone() {
            return zones.contains(zone) ? null : zone;
        }
    }

    private final Settings settings;

    OrganisationPage(Settings settings) {
        this.settings = settings;
    }

    @GetMapping("/settings/organisation")
    ModelAndView show(@RequestParam(required = false) @Nullable String done) {
        return page(Form.EMPTY, done != null, HttpStatus.OK);
    }

    @PostMapping("/settings/organisation")
    ModelAndView set(@RequestParam(defaultValue = "") String zone) {
        try {
            String chosen = Profiles.zone(zone);
            if (!chosen.equals(zone())) {
                settings.put(Settings.TIME_ZONE, chosen);
            }
            return new ModelAndView("redirect:/settings/organisation?done");
        } catch (BadInput e) {
            return page(Form.refused(e, Map.of()), false, HttpStatus.BAD_REQUEST);
        }
    }

    private String zone() {
        return settings.get(Settings.TIME_ZONE).orElse("UTC");
    }

    private ModelAndView page(Form form, boolean done, HttpStatus status) {
        OrganisationView view = new OrganisationView(zone(), Profiles.zones(), form, done);
        return new ModelAndView("teams/organisation", Map.of("view", view), status);
    }
}
