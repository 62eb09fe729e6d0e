package io.hfeco2ai.edge.api;

import io.hfeco2ai.experiments.Experiments;
import io.hfeco2ai.ledger.Ledger;
import io.hfeco2ai.ledger.Ledger.GroupBy;
import io.hfeco2ai.ledger.Ledger.Question;
import io.hfeco2ai.platform.BadInput;
import io.hfeco2ai.platform.Inputs;
import io.hfeco2ai.platform.NotFound;
import io.hfeco2ai.teams.Allow;
import io.hfeco2ai.teams.Allow.Tokens;
import io.hfeco2ai.teams.Teams.TokenIdentity;
import io.swagger.v3.oas.annotations.Operation;
import java.time.Instant;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Totals, for a team, a project, an experiment or a node, whole or in groups. */
@Allow(tokens = {Tokens.CLIENT, Tokens.READ})
@RestController
class FootprintApi {

    private static final long HOUR_MS = 3_600_000;
    private static final Set<GroupBy> ABOUT_OWNERS =
            EnumSet.of(GroupBy.TEAM, GroupBy.PROJECT, GroupBy.EXPERIMENT, GroupBy.RUN);

    private final Ledger ledger;
    private final Experiments experiments;

    FootprintApi(Ledger ledger, Experiments experiments) {
        this.ledger = ledger;
        this.experiments = experiments;
    }

    /**
     * A node belongs to no team: asked for alone, the answer is all it used, whoever used it. Everything else is of the
     * token's team.
     */
    @Operation(summary = "Totals of your team, or of a whole node; from and to are full UTC hours")
    @GetMapping("/api/v1/footprint")
    FootprintJson footprint(
            @AuthenticationPrincipal TokenIdentity caller,
            @RequestParam(required = false) @Nullable String team,
            @RequestParam(required = false) @Nullable String project,
            @RequestParam(required = false) @Nullable String experiment,
            @RequestParam(required = false) @Nullable String node,
            @RequestParam(required = false) @Nullable Instant from,
            @RequestParam(required = false) @Nullable Instant to,
            @RequestParam(name = "group_by", required = false) @Nullable String groupBy,
            @RequestParam(defaultValue = "false") boolean synthetic) {
        if (team != null && !team.equals(caller.teamId()) && !team.equals(caller.teamName())) {
            throw new NotFound("team " + team);
        }
        GroupBy by = groupBy == null ? null : groupBy(groupBy);
        boolean wholeNode = node != null && team == null && project == null && experiment == null;
        boolean everybody = wholeNode && (by == null || !ABOUT_OWNERS.contains(by));
        String projectId = project == null ? null : experiments.projectId(caller.teamId(), project);
        Question question = new Question(
                everybody ? null : Set.of(caller.teamId()),
                projectId,
                experiment == null ? null : experiments.experimentId(caller.teamId(), projectId, experiment),
                null,
                node,
                hour("from", from),
                hour("to", to),
                synthetic);
        if (from != null && to != null && !from.isBefore(to)) {
            throw new BadInput("to", "Field to is not after from; give the later hour.");
        }
        return FootprintJson.of(
                ledger.footprint(question),
                ledger.uncertainty(question),
                null,
                by == null ? null : groups(question, by));
    }

    private Map<String, FootprintJson> groups(Question question, GroupBy by) {
        Map<String, FootprintJson> groups = new LinkedHashMap<>();
        ledger.groups(question, by)
                .forEach((key, footprint) -> groups.put(
                        by == GroupBy.DEVICE_KIND ? key.toLowerCase(Locale.ROOT) : key, FootprintJson.of(footprint)));
        return groups;
    }

    private static @Nullable Long hour(String field, @Nullable Instant at) {
        if (at == null) {
            return null;
        }
        if (Inputs.time(field, at).toEpochMilli() % HOUR_MS != 0 || at.getNano() != 0) {
            throw new BadInput(
                    field,
                    "Field " + field + " is " + at + "; accounting is by full UTC hours, such as "
                            + Instant.ofEpochMilli(Math.floorDiv(at.toEpochMilli(), HOUR_MS) * HOUR_MS) + ".");
        }
        return at.toEpochMilli();
    }

    private static GroupBy groupBy(String word) {
        for (GroupBy each : GroupBy.values()) {
            if (each.name().toLowerCase(Locale.ROOT).equals(word)) {
                return each;
            }
        }
        throw new BadInput(
                "group_by",
                "Field group_by must be hour, day, month, team, project, experiment, run, node or device_kind.");
    }
}
