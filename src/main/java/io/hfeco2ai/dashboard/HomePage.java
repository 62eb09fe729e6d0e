package io.hfeco2ai.dashboard;

import io.hfeco2ai.experiments.Experiments;
import io.hfeco2ai.experiments.Experiments.Run;
import io.hfeco2ai.experiments.Experiments.RunSearch;
import io.hfeco2ai.grid.Grid;
import io.hfeco2ai.ledger.Ledger;
import io.hfeco2ai.ledger.Ledger.Footprint;
import io.hfeco2ai.ledger.Ledger.Question;
import io.hfeco2ai.metering.Metering;
import io.hfeco2ai.metering.Metering.Node;
import io.hfeco2ai.teams.Access;
import io.hfeco2ai.teams.Allow;
import io.hfeco2ai.teams.Allow.People;
import io.hfeco2ai.teams.Viewer;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.servlet.support.ServletUriComponentsBuilder;

/** The first page: what this machine draws now, today's sum, what runs and what ran. */
@Allow(people = People.SIGNED_IN)
@Controller
class HomePage {

    private static final int RECENT = 8;
    private static final int MOST_RUNNING = 20;

    private final Experiments experiments;
    private final Metering metering;
    private final Ledger ledger;
    private final Grid grid;
    private final Access access;
    private final Clock clock;

    HomePage(Experiments experiments, Metering metering, Ledger ledger, Grid grid, Access access, Clock clock) {
        this.experiments = experiments;
        this.metering = metering;
        this.ledger = ledger;
        this.grid = grid;
        this.access = access;
        this.clock = clock;
    }

    @GetMapping("/")
    String home(Model model, @RequestHeader(name = "HX-Request", required = false) @Nullable String part) {
        model.addAttribute("view", view());
        return part == null ? "dashboard/home" : "dashboard/home :: figures";
    }

    private HomeView view() {
        Viewer viewer = access.viewer();
        Footprint today = ledger.footprint(today(viewer));
        List<Run> running = search(viewer, "RUNNING", MOST_RUNNING);
        List<Run> recent = search(viewer, null, RECENT).stream()
                .filter(run -> !run.status().equals("RUNNING"))
                .toList();
        var footprints = ledger.ofRuns(
                Stream.concat(running.stream(), recent.stream()).map(Run::id).toList());
        return new HomeView(
                live(),
                FootprintView.of(today),
                today.energy().isZero() || !viewer.seesAll() ? null : today.unattributed(),
                RunRow.of(running, footprints, clock),
                RunRow.of(recent, footprints, clock),
                viewer.admin() ? siteWithoutZone() : null,
                ServletUriComponentsBuilder.fromCurrentContextPath().toUriString());
    }

    private Question today(Viewer viewer) {
        Instant midnight = clock.instant().truncatedTo(ChronoUnit.DAYS);
        return new Question(viewer.teams(), null, null, null, null, midnight.toEpochMilli(), null, false);
    }

    private List<Run> search(Viewer viewer, @Nullable String status, int size) {
        return experiments
                .search(new RunSearch(viewer.teams(), null, null, status, null, 0, size))
                .items();
    }

    private @Nullable LiveView live() {
        return metering.nodes().stream()
                .filter(Node::embedded)
                .findFirst()
                .map(node -> LiveView.of(node, metering.live(node.id()), clock.instant()))
                .orElse(null);
    }

    private @Nullable String siteWithoutZone() {
        return grid.sites().stream()
                .filter(site -> site.zone() == null)
                .map(Grid.Site::name)
                .findFirst()
                .orElse(null);
    }
}
