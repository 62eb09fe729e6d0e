package io.hfeco2ai.dashboard;

import io.hfeco2ai.experiments.Experiments;
import io.hfeco2ai.experiments.Experiments.JoinedRun;
import io.hfeco2ai.experiments.Experiments.Member;
import io.hfeco2ai.experiments.Experiments.Run;
import io.hfeco2ai.experiments.Experiments.RunDetail;
import io.hfeco2ai.experiments.Experiments.RunSearch;
import io.hfeco2ai.experiments.Experiments.Status;
import io.hfeco2ai.grid.Grid;
import io.hfeco2ai.ledger.Ledger;
import io.hfeco2ai.ledger.Ledger.Footprint;
import io.hfeco2ai.ledger.Ledger.Question;
import io.hfeco2ai.ledger.Ledger.ToolFigures;
import io.hfeco2ai.ledger.embodied.Embodied;
import io.hfeco2ai.metering.Metering;
import io.hfeco2ai.metering.Metering.SourceUse;
import io.hfeco2ai.teams.Access;
import io.hfeco2ai.teams.Allow;
import io.hfeco2ai.teams.Allow.People;
import io.hfeco2ai.teams.TeamRole;
import io.hfeco2ai.units.Energy;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;
import org.springframework.web.util.UriComponentsBuilder;

/** All runs, and one run with everything behind its figures. */
@Allow(people = People.SIGNED_IN)
@Controller
class RunsPage {

    private static final int SIZE = 25;
    private static final Duration SILENT = Duration.ofMinutes(10);

    private final Experiments experiments;
    private final Metering metering;
    private final Ledger ledger;
    private final Embodied embodied;
    private final Grid grid;
    private final Access access;
    private final Clock clock;

    RunsPage(
            Experiments experiments,
            Metering metering,
            Ledger ledger,
            Embodied embodied,
            Grid grid,
            Access access,
            Clock clock) {
        this.experiments = experiments;
        this.metering = metering;
        this.ledger = ledger;
        this.embodied = embodied;
        this.grid = grid;
        this.access = access;
        this.clock = clock;
    }

    @GetMapping("/runs")
    String runs(
            @RequestParam(defaultValue = "") String text,
            @RequestParam(defaultValue = "") String status,
            @RequestParam(defaultValue = "0") int page,
            @RequestHeader(name = "HX-Request", required = false) @Nullable String part,
            Model model) {
        String known = Arrays.stream(Status.values()).anyMatch(one -> one.name().equals(status)) ? status : "";
        var found = experiments.search(new RunSearch(
                access.viewer().teams(),
                null,
                null,
                known.isEmpty() ? null : known,
                text.isBlank() ? null : text,
                Math.max(0, page),
                SIZE));
        var footprints = ledger.ofRuns(found.items().stream().map(Run::id).toList());
        String url = UriComponentsBuilder.fromPath("/runs")
                .queryParam("text", "{text}")
                .queryParam("status", "{status}")
                .encode()
                .buildAndExpand(text, known)
                .toUriString();
        model.addAttribute(
                "view",
                new RunsView(
                        RunRow.of(found.items(), footprints, clock),
                        text,
                        known,
                        found.number(),
                        found.size(),
                        found.total(),
                        url + "&"));
        return part == null ? "dashboard/runs" : "dashboard/runs :: results";
    }

    @GetMapping("/runs/{id}")
    String run(
            @PathVariable String id,
            @RequestHeader(name = "HX-Request", required = false) @Nullable String part,
            Model model) {
        RunDetail detail = seen(id);
        model.addAttribute("view", view(detail, part == null));
        model.addAttribute("reported", part == null ? reported(detail) : List.of());
        if (part == null) {
            Question question = Question.ofRun(id, detail.run().synthetic());
            model.addAttribute("embodied", embodied.share(question));
        }
        return part == null ? "dashboard/run" : "dashboard/run :: figures";
    }

    /** For a run that was lost: it ends when something was last heard of it, or now. */
    @Allow(people = People.MEMBERS)
    @PostMapping("/runs/{id}/finish")
    String finish(@PathVariable String id, RedirectAttributes next) {
        RunDetail detail = own(id);
        if (detail.run().status().equals(Status.RUNNING.name())) {
            experiments.finish(detail.run().teamId(), id, Status.KILLED.name(), silentSince(detail));
            ledger.settle(id);
        }
        next.addAttribute("id", id);
        return "redirect:/runs/{id}";
    }

    /** Two clients' runs were taken for one execution; a person knows better. */
    @Allow(people = People.MEMBERS)
    @PostMapping("/runs/{id}/separate")
    String separate(@PathVariable String id, RedirectAttributes next) {
        RunDetail detail = own(id);
        experiments.cut(detail.run().teamId(), id);
        next.addAttribute("id", id);
        return "redirect:/runs/{id}";
    }

    private RunDetail seen(String id) {
        experiments.find(id).ifPresent(run -> access.viewer().requireSight(run.teamId(), "run " + id));
        return experiments.detail(id);
    }

    /** For what changes the run. */
    private RunDetail own(String id) {
        RunDetail detail = seen(id);
        access.viewer().require(TeamRole.MEMBER, detail.run().teamId(), "run " + id);
        return detail;
    }

    private RunView view(RunDetail detail, boolean whole) {
        Run run = detail.run();
        Instant now = clock.instant();
        Question question = Question.ofRun(run.id(), run.synthetic());
        Footprint footprint = ledger.footprint(question);
        Instant end = run.endedAt() == null ? now : run.endedAt();
        List<SourceUse> sources = metering.sourcesOf(run.id());
        return new RunView(
                detail,
                footprint,
                ledger.uncertainty(question),
                FootprintView.of(footprint),
                RunRow.durationMs(run, now),
                ChartView.power(metering.powerOfRun(run.id(), run.startedAt().toEpochMilli(), end.toEpochMilli())),
                parts(footprint.byDeviceKind(), footprint.energy(), true),
                parts(footprint.byShareKey(), footprint.energy(), false),
                footprint.factors().stream()
                        .map(use -> new RunView.Intensity(
                                use, grid.factor(use.factorId()).orElse(null)))
                        .toList(),
                whole ? ledger.entries(question, 0) : List.of(),
                nodes(detail.members()),
                footprint.byShareKey().containsKey("whole-node") && couldNameDevices(detail, sources),
                silentSince(detail),
                sources.stream().map(RunView.Source::of).toList());
    }

    /** A bill or another tool's report has no devices to name; who calls us beside our own sensor has. */
    private static boolean couldNameDevices(RunDetail detail, List<SourceUse> sources) {
        return detail.members().stream().anyMatch(member -> member.devices().isEmpty())
                && (sources.isEmpty()
                        || sources.stream().anyMatch(use -> !use.origin().startsWith("reported:")));
    }

    /** What tools computed themselves for the run and for those that are one with it. */
    private List<ToolFigures> reported(RunDetail detail) {
        return Stream.concat(
                        Stream.of(detail.run().id()), detail.joined().stream().map(JoinedRun::id))
                .flatMap(run -> ledger.reportedBy(run).stream())
                .toList();
    }

    /** Null while the run is heard of, has ended, or claims no node. */
    private @Nullable Instant silentSince(RunDetail detail) {
        Instant started = detail.attempts().get(detail.attempts().size() - 1).startedAt();
        Instant heard = detail.members().stream()
                .filter(member -> member.endedAt() == null)
                .map(member -> metering.node(member.nodeId())
                        .map(node -> Instant.ofEpochMilli(node.lastSeenMs()))
                        .filter(started::isBefore)
                        .orElse(started))
                .max(Comparator.naturalOrder())
                .orElse(null);
        return heard != null && heard.plus(SILENT).isBefore(clock.instant()) ? heard : null;
    }

    private static List<RunView.Part> parts(Map<String, Energy> energies, Energy total, boolean kinds) {
        return energies.entrySet().stream()
                .sorted(Map.Entry.<String, Energy>comparingByValue(Comparator.reverseOrder()))
                .map(part -> new RunView.Part(
                        part.getKey(),
                        kinds ? part.getKey().toLowerCase(Locale.ROOT) : "",
                        part.getValue(),
                        total.isZero() ? 0 : part.getValue().joules() / total.joules()))
                .toList();
    }

    private List<RunView.NodeLink> nodes(List<Member> members) {
        return members.stream()
                .map(Member::nodeId)
                .distinct()
                .map(id -> new RunView.NodeLink(
                        id, metering.node(id).map(Metering.Node::name).orElse(id)))
                .toList();
    }
}
