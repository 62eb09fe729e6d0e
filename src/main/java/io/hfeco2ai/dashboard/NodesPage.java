package io.hfeco2ai.dashboard;

import io.hfeco2ai.experiments.Experiments;
import io.hfeco2ai.grid.Grid;
import io.hfeco2ai.grid.Grid.Pricing;
import io.hfeco2ai.ledger.Ledger;
import io.hfeco2ai.ledger.Ledger.Footprint;
import io.hfeco2ai.ledger.Ledger.GroupBy;
import io.hfeco2ai.ledger.Ledger.Question;
import io.hfeco2ai.metering.Metering;
import io.hfeco2ai.metering.Metering.Node;
import io.hfeco2ai.platform.BadInput;
import io.hfeco2ai.platform.Conflict;
import io.hfeco2ai.platform.NotFound;
import io.hfeco2ai.teams.Access;
import io.hfeco2ai.teams.Allow;
import io.hfeco2ai.teams.Allow.People;
import io.hfeco2ai.teams.Names;
import io.hfeco2ai.teams.Viewer;
import java.time.Clock;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.ModelAttribute;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;

/** All nodes, and one with its hardware, power, coverage and calibration. */
@Allow(people = People.SIGNED_IN)
@Controller
class NodesPage {

    private static final Duration POWER = Duration.ofHours(6);
    private static final Duration DAY = Duration.ofHours(24);
    private static final Duration DAYS = Duration.ofDays(14);

    private final Metering metering;
    private final Ledger ledger;
    private final Grid grid;
    private final Experiments experiments;
    private final Access access;
    private final Names names;
    private final Clock clock;

    NodesPage(
            Metering metering,
            Ledger ledger,
            Grid grid,
            Experiments experiments,
            Access access,
            Names names,
            Clock clock) {
        this.names = names;
        this.experiments = experiments;
        this.access = access;
        this.metering = metering;
        this.ledger = ledger;
        this.grid = grid;
        this.clock = clock;
    }

    @GetMapping("/nodes")
    String nodes(@RequestHeader(name = "HX-Request", required = false) @Nullable String part, Model model) {
        long midnightMs = clock.instant().truncatedTo(ChronoUnit.DAYS).toEpochMilli();
        Map<String, Footprint> today =
                ledger.groups(new Question(null, null, null, null, null, midnightMs, null, true), GroupBy.NODE);
        var rows = metering.nodes().stream()
                .map(node -> {
                    Pricing pricing = grid.pricing(node.id(), hourMs());
                    return new NodesView.Row(
                            node,
                            metering.live(node.id()).watts(),
                            FootprintView.of(today.get(node.id())),
                            Math.max(0, clock.millis() - node.newestMs()),
                            metering.coverage(node.id(), midnightMs, clock.millis())
                                    .ratio(),
                            metering.agent(node.id()),
                            pricing.siteName(),
                            pricing.zone());
                })
                .toList();
        model.addAttribute("view", new NodesView(rows));
        model.addAttribute("overlapping", overlapsOwnRuns());
        return part == null ? "dashboard/nodes" : "dashboard/nodes :: results";
    }

    /** Another team's runs are no business of the viewer's. */
    private boolean overlapsOwnRuns() {
        Viewer viewer = access.viewer();
        return metering.overlaps().stream()
                .anyMatch(each -> experiments
                        .find(each.runId())
                        .filter(run -> viewer.sees(run.teamId()))
                        .isPresent());
    }

    @GetMapping("/nodes/{id}")
    String node(
            @PathVariable String id,
            @RequestHeader(name = "HX-Request", required = false) @Nullable String part,
            Model model) {
        Node node = metering.node(id).orElseThrow(() -> new NotFound("node " + id));
        model.addAttribute("view", view(node, model));
        return part == null ? "dashboard/node" : "dashboard/node :: figures";
    }

    @Allow(people = People.ADMINS)
    @PostMapping("/nodes/{id}/calibration")
    String calibrate(@PathVariable String id, @ModelAttribute CalibrationForm form, RedirectAttributes next) {
        Node node = metering.node(id).orElseThrow(() -> new NotFound("node " + id));
        try {
            metering.calibrate(node.id(), form.checked());
            next.addFlashAttribute("done", "calibrated");
        } catch (BadInput wrong) {
            next.addFlashAttribute("problem", wrong.detail());
            next.addFlashAttribute("form", form);
        }
        next.addAttribute("id", id);
        return "redirect:/nodes/{id}";
    }

    @Allow(people = People.ADMINS)
    @PostMapping("/nodes/{id}/devices/{device}/off")
    String declareOff(@PathVariable String id, @PathVariable long device, RedirectAttributes next) {
        Node node = metering.node(id).orElseThrow(() -> new NotFound("node " + id));
        if (node.devices().stream().noneMatch(one -> one.id() == device)) {
            throw new NotFound("device " + device);
        }
        metering.declareOff(device);
        next.addFlashAttribute("done", "off");
        next.addAttribute("id", id);
        return "redirect:/nodes/{id}";
    }

    @Allow(people = People.ADMINS)
    @PostMapping("/nodes/{id}/release")
    String release(@PathVariable String id, RedirectAttributes next) {
        Node node = metering.node(id).orElseThrow(() -> new NotFound("node " + id));
        try {
            metering.release(node.id());
            next.addFlashAttribute("done", "released");
        } catch (Conflict measured) {
            next.addFlashAttribute("problem", measured.getMessage());
        }
        next.addAttribute("id", id);
        return "redirect:/nodes/{id}";
    }

    private @Nullable String agentTeam(String nodeId) {
        String team = metering.agentTeam(nodeId);
        return team == null || !access.viewer().sees(team)
                ? null
                : names.of(List.of(team)).get(team);
    }

    private NodeView view(Node node, Model model) {
        long nowMs = clock.millis();
        long dayMs = hourMs() - DAY.toMillis();
        long daysMs = clock.instant().truncatedTo(ChronoUnit.DAYS).minus(DAYS).toEpochMilli();
        Footprint day = ledger.footprint(Question.ofNode(node.id(), dayMs, null, node.synthetic()));
        Pricing pricing = grid.pricing(node.id(), hourMs());
        var form = model.getAttribute("form") instanceof CalibrationForm tried
                ? tried
                : CalibrationForm.of(metering.calibration(node.id()));
        return new NodeView(
                node,
                LiveView.of(node, metering.live(node.id()), clock.instant()),
                metering.agent(node.id()),
                agentTeam(node.id()),
                access.viewer().admin(),
                pricing.siteName(),
                pricing.zone(),
                FootprintView.of(day),
                day.byShareKey().get("idle"),
                day.byShareKey().get("other"),
                metering.coverage(node.id(), dayMs, nowMs).ratio(),
                ChartView.power(metering.powerOfNode(node.id(), nowMs - POWER.toMillis(), nowMs)),
                ChartView.days(ledger.groups(Question.ofNode(node.id(), daysMs, null, node.synthetic()), GroupBy.DAY)),
                metering.sensing(node.id()),
                form,
                (String) model.getAttribute("done"),
                (String) model.getAttribute("problem"));
    }

    private long hourMs() {
        return clock.instant().truncatedTo(ChronoUnit.HOURS).toEpochMilli();
    }
}
