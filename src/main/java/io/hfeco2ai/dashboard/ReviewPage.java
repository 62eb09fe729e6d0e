package io.hfeco2ai.dashboard;

import io.hfeco2ai.experiments.Experiments;
import io.hfeco2ai.experiments.Experiments.Run;
import io.hfeco2ai.ledger.Ledger;
import io.hfeco2ai.metering.Metering;
import io.hfeco2ai.metering.Metering.Overlap;
import io.hfeco2ai.platform.Conflict;
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
@Controller
class ReviewPage {

    /** @param counted the part of the reported energy that is in the totals */
    record Row(Run run, Energy reported, Energy counted) {}

    record Place(String name, List<Row> rows) {}

    private final Metering metering;
    private final Experiments experiments;
    private final Ledger ledger;

    ReviewPage(Metering metering, Experiments experiments, Ledger ledger) {
        this.metering = metering;
        this.experiments = experiments;
        this.ledger = ledger;
    }

    @GetMapping("/nodes/review")
    String review(Model model) {
        Map<String, List<Overlap>> byNode =
                metering.overlaps().stream().collect(Collectors.groupingBy(Overlap::nodeId));
        model.addAttribute(
                "places",
                byNode.values().stream()
                        .map(overlaps -> new Place(
                                overlaps.get(0).nodeName(),
                                overlaps.stream().flatMap(each -> row(each)).toList()))
                        .toList());
        return "dashboard/review";
    }

    private Stream<Row> row(Overlap overlap) {
        return experiments.find(overlap.runId()).stream()
                .map(run -> new Row(
                        run, Energy.ofMicrojoules(overlap.reportedUj()), Energy.ofMicrojoules(overlap.countedUj())));
    }

    @PostMapping("/runs/{id}/own-node")
    String separate(@PathVariable String id, RedirectAttributes next) {
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
