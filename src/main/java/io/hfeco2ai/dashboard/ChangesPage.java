package io.hfeco2ai.dashboard;

import io.hfeco2ai.experiments.Experiments;
import io.hfeco2ai.experiments.Experiments.Run;
import io.hfeco2ai.ledger.Ledger;
import io.hfeco2ai.ledger.Ledger.Change;
import io.hfeco2ai.ledger.Ledger.KnownThen;
import io.hfeco2ai.ledger.Ledger.Question;
import io.hfeco2ai.metering.Metering;
import io.hfeco2ai.platform.BadInput;
import io.hfeco2ai.platform.NotFound;
import io.hfeco2ai.teams.Access;
import io.hfeco2ai.teams.Allow;
import io.hfeco2ai.teams.Allow.People;
import io.hfeco2ai.teams.Teams;
import io.hfeco2ai.teams.Teams.Team;
import io.hfeco2ai.teams.Viewer;
import io.hfeco2ai.units.CarbonMass;
import io.hfeco2ai.units.Energy;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.ModelAndView;

/** Why a number changed: of a run, a team, a node, or all that the viewer may see. */
@Allow(people = People.SIGNED_IN)
@Controller
class ChangesPage {

    /** @param name null: everything the viewer may see */
    private record Subject(Question question, @Nullable String name) {}

    /** @param from start of its first hour; @param to start of its last hour */
    record ChangeRow(Change change, Instant from, Instant to) {}

    /** Posted figures as known at the end of a day. */
    record Moment(LocalDate day, Energy energy, CarbonMass location, CarbonMass market) {

        static Moment of(LocalDate day, KnownThen known) {
            return new Moment(
                    day,
                    Energy.ofMicrojoules(known.energyUj()),
                    CarbonMass.ofMicrograms(known.locationUg()),
                    CarbonMass.ofMicrograms(known.marketUg()));
        }
    }

    /** @param difference of the later moment to the earlier one */
    record Comparison(Moment before, Moment after, KnownThen difference) {}

    record ChangesView(
            @Nullable String name,
            Map<String, String> subject,
            List<ChangeRow> changes,
            @Nullable Comparison comparison,
            Map<String, String> typed,
            Map<String, String> errors) {}

    private final Ledger ledger;
    private final Experiments experiments;
    private final Metering metering;
    private final Teams teams;
    private final Access access;

    ChangesPage(Ledger ledger, Experiments experiments, Metering metering, Teams teams, Access access) {
        this.ledger = ledger;
        this.experiments = experiments;
        this.metering = metering;
        this.teams = teams;
        this.access = access;
    }

    /** @param before a UTC day, and @param after another one: what the figure was at the end of each */
    @GetMapping("/changes")
    ModelAndView changes(
            @RequestParam(defaultValue = "") String run,
            @RequestParam(defaultValue = "") String team,
            @RequestParam(defaultValue = "") String node,
            @RequestParam(defaultValue = "") String before,
            @RequestParam(defaultValue = "") String after) {
        Subject subject = subject(run, team, node);
        Map<String, String> errors = Map.of();
        Comparison comparison = null;
        if (!before.isBlank() || !after.isBlank()) {
            try {
                comparison = compare(subject.question(), day("before", before), day("after", after));
            } catch (BadInput e) {
                errors = Map.of(e.field(), e.detail());
            }
        }
        ChangesView view = new ChangesView(
                subject.name(),
                Map.of("run", run, "team", team, "node", node),
                ledger.changes(subject.question()).stream()
                        .map(change -> new ChangeRow(
                                change, Instant.ofEpochMilli(change.fromMs()), Instant.ofEpochMilli(change.toMs())))
                        .toList(),
                comparison,
                Map.of("before", before, "after", after),
                errors);
        return new ModelAndView("dashboard/changes", Map.of("view", view));
    }

    private Subject subject(String runId, String teamId, String nodeId) {
        Viewer viewer = access.viewer();
        if (!runId.isEmpty()) {
            Run run = experiments.find(runId).orElseThrow(() -> new NotFound("run " + runId));
            viewer.requireSight(run.teamId(), "run " + runId);
            return new Subject(Question.ofRun(runId, run.synthetic()), run.name());
        }
        if (!teamId.isEmpty()) {
            Team team = teams.team(teamId).orElseThrow(() -> new NotFound("team " + teamId));
            viewer.requireSight(teamId, "team " + teamId);
            return new Subject(question(Set.of(teamId)), team.name());
        }
        if (!nodeId.isEmpty()) {
            Metering.Node node = metering.node(nodeId).orElseThrow(() -> new NotFound("node " + nodeId));
            return new Subject(Question.ofNode(nodeId, null, null, node.synthetic()), node.name());
        }
        return new Subject(question(viewer.teams()), null);
    }

    private static Question question(@Nullable Set<String> teamIds) {
        return new Question(teamIds, null, null, null, null, null, null, false);
    }

    private Comparison compare(Question question, LocalDate before, LocalDate after) {
        KnownThen first = ledger.knownAt(question, endOf(before));
        KnownThen second = ledger.knownAt(question, endOf(after));
        return new Comparison(
                Moment.of(before, first),
                Moment.of(after, second),
                new KnownThen(
                        second.energyUj().subtract(first.energyUj()),
                        second.locationUg().subtract(first.locationUg()),
                        second.marketUg().subtract(first.marketUg())));
    }

    private static Instant endOf(LocalDate day) {
        return day.plusDays(1).atStartOfDay(ZoneOffset.UTC).toInstant().minusMillis(1);
    }

    private static LocalDate day(String field, String text) {
        try {
            return LocalDate.parse(text.strip());
        } catch (DateTimeParseException e) {
            throw new BadInput(field, "Write the day as 2026-12-31.");
        }
    }
}
