package io.hfeco2ai.budgets.alerts;

import io.hfeco2ai.budgets.delivery.Outbox;
import io.hfeco2ai.budgets.delivery.Outbox.Delivery;
import io.hfeco2ai.teams.Access;
import io.hfeco2ai.teams.Allow;
import io.hfeco2ai.teams.Allow.People;
import io.hfeco2ai.teams.Viewer;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;

/** The inbox of alerts, and one alert with all that was told of it. */
@Controller
class AlertsPage {

    private static final int LAST_PAGE = 10_000;

    /** @param all also those that are over */
    record InboxView(List<Inbox.Row> alerts, boolean all, int page, boolean more, Instant now) {}

    /** @param mayAct the viewer may acknowledge, snooze and resolve it */
    record AlertView(
            Inbox.Row alert, List<Delivery> deliveries, boolean mayAct, List<Integer> snoozeHours, Instant now) {}

    private final Inbox inbox;
    private final Outbox outbox;
    private final Access access;
    private final Clock clock;

    AlertsPage(Inbox inbox, Outbox outbox, Access access, Clock clock) {
        this.inbox = inbox;
        this.outbox = outbox;
        this.access = access;
        this.clock = clock;
    }

    @Allow(people = People.SIGNED_IN)
    @GetMapping("/alerts")
    String inbox(
            @RequestParam(defaultValue = "open") String show, @RequestParam(defaultValue = "0") int page, Model model) {
        boolean all = show.equals("all");
        int number = Math.max(0, Math.min(LAST_PAGE, page));
        List<Inbox.Row> rows = inbox.list(access.viewer(), !all, number);
        boolean more = rows.size() > Inbox.PAGE_SIZE;
        model.addAttribute(
                "view",
                new InboxView(more ? rows.subList(0, Inbox.PAGE_SIZE) : rows, all, number, more, clock.instant()));
        return "alerts/inbox";
    }

    /** The number beside the word in the menu; nothing where nothing waits. */
    @Allow(people = People.SIGNED_IN)
    @GetMapping("/alerts/waiting")
    String waiting(Model model) {
        model.addAttribute("waiting", inbox.waiting(access.viewer()));
        return "alerts/waiting :: count";
    }

    @Allow(people = People.SIGNED_IN)
    @GetMapping("/alerts/{id}")
    String alert(@PathVariable String id, Model model) {
        Viewer viewer = access.viewer();
        Inbox.Row alert = inbox.get(viewer, id);
        model.addAttribute(
                "view",
                new AlertView(
                        alert, outbox.history(id), inbox.mayAct(viewer, alert), Inbox.SNOOZE_HOURS, clock.instant()));
        return "alerts/alert";
    }

    @Allow(people = People.MEMBERS)
    @PostMapping("/alerts/{id}/acknowledge")
    String acknowledge(@PathVariable String id) {
        inbox.acknowledge(access.viewer(), id);
        return back(id);
    }

    @Allow(people = People.MEMBERS)
    @PostMapping("/alerts/{id}/snooze")
    String snooze(@PathVariable String id, @RequestParam(defaultValue = "0") int hours) {
        inbox.snooze(access.viewer(), id, hours);
        return back(id);
    }

    @Allow(people = People.MEMBERS)
    @PostMapping("/alerts/{id}/resolve")
    String resolve(@PathVariable String id) {
        inbox.resolve(access.viewer(), id);
        return back(id);
    }

    private static String back(String id) {
        return "redirect:/alerts/" + id;
    }
}
