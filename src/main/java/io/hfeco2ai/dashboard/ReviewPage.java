package io.hfeco2ai.dashboard;

import io.hfeco2ai.experiments.Experiments;
import io.hfeco2ai.experiments.Experiments.Run;
import io.hfeco2ai.ledger.Ledger;
import io.hfeco2ai.metering.Metering;
import io.hfeco2ai.metering.Metering.Overlap;
import io.hfeco2ai.platform.Conflict;
import io.hfeco2ai.platform.NotFound;
import io.hfeco2ai.teams.Access;
import io.hfeco2ai.teams.Allow;
import io.hfeco2ai.teams.Allow.People;
import io.hfeco2ai.teams.TeamRole;
import io.hfeco2ai.teams.Viewer;
import io.hfeco2ai.units.Energy;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;

/** Runs of other tools that may have been on one machine: counted once until a person says that they were not. */
@Allow(people = People.SIGNED_IN)
@Controller
class ReviewPage {

    /** @param counted the part of the reported energy that is in the totals */
    record Row(Run run, Energy reported, Energy counted) {}

    record Place(String name, List<Row> rows) {}

    private final Metering metering;
    private final Experiments experiments;
    private final Ledger ledger;
    private final Access access;

    ReviewPage(Metering metering, Experiments experiments, Ledger ledger, Access access) {
        this.metering = metering;
        this.experiments = experiments;
        this.ledger = ledger;
        this.access = access;
    }

    @GetMapping("/nodes/review")
    String review(Model model) {
        Viewer viewer = access.viewer();
        Map<String, List<Overlap>> byNode =
                metering.overlaps().stream().collect(Collectors.groupingBy(Overlap::nodeId));
        model.addAttribute(
                "places",
                byNode.values().stream()
                        .map(overlaps -> new Place(
                                overlaps.get(0).nodeName(),
                                overlaps.stream()
                                        .flatMap(each -> row(each, viewer))
                                        .toList()))
                        .filter(place -> !place.rows().isEmpty())
                        .toList());
        return "dashboard/review";
    }

    /** Another team's run is not shown, though it overlaps. */
    private Stream<Row> row(Overlap overlap, Viewer viewer) {
        return experiments.find(overlap.runId()).stream()
                .filter(run -> viewer.sees(run.teamId()))
                .map(run -> new Row(
                        run, Energy.ofMicrojoules(overlap.reportedUj()), Energy.ofMicrojoules(overlap.countedUj())));
    }

    @Allow(people = People.MEMBERS)
    @PostMapping("/runs/{id}/own-node")
    String separate(@PathVariable String id, RedirectAttributes next) {
        Run run = experiments.find(id).orElseThrow(() -> new NotFound("run " + id));
        access.viewer().require(TeamRole.MEMBER, run.teamId(), "run " + id);
        try {
            metering.separate(id);
            ledger.settle(id);
            next.addFlashAttribute("done", true);
        } catch (Conflict nothingToDo) {
            next.addFlashAttribute("problem", nothingToDo.detail());
        }
        return "redirect:/nodes/review";
    }
}
