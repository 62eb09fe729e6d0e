package io.hfeco2ai.dashboard;

import io.hfeco2ai.experiments.Experiments;
import io.hfeco2ai.experiments.Experiments.ExperimentSummary;
import io.hfeco2ai.experiments.Experiments.Run;
import io.hfeco2ai.experiments.Experiments.RunSearch;
import io.hfeco2ai.ledger.Ledger;
import io.hfeco2ai.ledger.Ledger.Question;
import io.hfeco2ai.platform.NotFound;
import io.hfeco2ai.teams.Access;
import io.hfeco2ai.teams.Allow;
import io.hfeco2ai.teams.Allow.People;
import java.time.Clock;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.util.UriComponentsBuilder;

/** All experiments, and one with its runs side by side. */
@Allow(people = People.SIGNED_IN)
@Controller
class ExperimentsPage {

    private static final int SIZE = 25;

    private final Experiments experiments;
    private final Ledger ledger;
    private final Access access;
    private final Clock clock;

    ExperimentsPage(Experiments experiments, Ledger ledger, Access access, Clock clock) {
        this.experiments = experiments;
        this.ledger = ledger;
        this.access = access;
        this.clock = clock;
    }

    @GetMapping("/experiments")
    String experiments(
            @RequestParam(defaultValue = "") String text,
            @RequestParam(defaultValue = "0") int page,
            @RequestHeader(name = "HX-Request", required = false) @Nullable String part,
            Model model) {
        var found = experiments.experiments(access.viewer().teams(), text.isBlank() ? null : text, page);
        var footprints = ledger.ofExperiments(
                found.items().stream().map(ExperimentSummary::id).toList());
        var rows = found.items().stream()
                .map(one -> new ExperimentsView.Row(one, FootprintView.of(footprints.get(one.id()))))
                .toList();
        String url = UriComponentsBuilder.fromPath("/experiments")
                .queryParam("text", "{text}")
                .encode()
                .buildAndExpand(text)
                .toUriString();
        model.addAttribute(
                "view", new ExperimentsView(rows, text, found.number(), found.size(), found.total(), url + "&"));
        return part == null ? "dashboard/experiments" : "dashboard/experiments :: results";
    }

    @GetMapping("/experiments/{id}")
    String experiment(
            @PathVariable String id,
            @RequestParam(defaultValue = "0") int page,
            @RequestHeader(name = "HX-Request", required = false) @Nullable String part,
            Model model) {
        ExperimentSummary experiment = experiments.experiments(access.viewer().teams(), id, 0).items().stream()
                .filter(one -> one.id().equals(id))
                .findFirst()
                .orElseThrow(() -> new NotFound("experiment " + id));
        var found = experiments.search(new RunSearch(null, null, id, null, null, Math.max(0, page), SIZE));
        var footprints = ledger.ofRuns(found.items().stream().map(Run::id).toList());
        List<RunRow> rows = RunRow.of(found.items(), footprints, clock);
        model.addAttribute(
                "view",
                new ExperimentView(
                        experiment,
                        FootprintView.of(ledger.footprint(of(id))),
                        rows,
                        ChartView.energyOf(rows),
                        found.number(),
                        found.size(),
                        found.total(),
                        UriComponentsBuilder.fromPath("/experiments/{id}")
                                        .encode()
                                        .buildAndExpand(id)
                                        .toUriString()
                                + "?"));
        return part == null ? "dashboard/experiment" : "dashboard/experiment :: results";
    }

    private static Question of(String experimentId) {
        return new Question(null, null, experimentId, null, null, null, null, false);
    }
}
