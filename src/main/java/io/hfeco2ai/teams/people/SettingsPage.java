package io.hfeco2ai.teams.people;

import io.hfeco2ai.teams.Access;
import io.hfeco2ai.teams.Allow;
import io.hfeco2ai.teams.TeamRole;
import io.hfeco2ai.teams.Viewer;
import java.util.ArrayList;
import java.util.List;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;

/** The way to the settings that the viewer's roles open. */
@Controller
class SettingsPage {

    private final Access access;

    SettingsPage(Access access) {
        this.access = access;
    }

    @Allow(people = Allow.People.SIGNED_IN)
    @GetMapping("/settings")
    String settings(Model model) {
        model.addAttribute("open", open(access.viewer()));
        return "teams/settings";
    }

    /** In the order of the tabs. */
    static List<String> open(Viewer viewer) {
        List<String> open = new ArrayList<>();
        open.add("me");
        if (viewer.admin()) {
            open.add("organisation");
            open.add("people");
        }
        boolean leads = viewer.admin() || viewer.roles().containsValue(TeamRole.LEAD);
        if (leads || viewer.roles().containsValue(TeamRole.MEMBER)) {
            open.add("tokens");
        }
        if (leads) {
            open.add("teams");
            open.add("channels");
        }
        if (viewer.seesAll()) {
            open.add("audit");
        }
        return open;
    }
}
