package io.hfeco2ai.reports;

import io.hfeco2ai.experiments.Experiments;
import io.hfeco2ai.ledger.Ledger;
import io.hfeco2ai.platform.Changed;
import io.hfeco2ai.platform.Settings;
import io.hfeco2ai.reports.ReportMaker.Draft;
import io.hfeco2ai.reports.Standard.Option;
import io.hfeco2ai.teams.Teams;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** Makes a report of what was asked, by the class of its standard, and keeps it. */
@Component
class Making {

    private static final int MOST_TRIES = 3;

    private final Map<Standard, ReportMaker> makers = new EnumMap<>(Standard.class);
    private final ReportStore store;
    private final Ledger ledger;
    private final Teams teams;
    private final Experiments experiments;
    private final Settings settings;
    private final ApplicationEventPublisher events;
    private final TransactionTemplate transaction;

    Making(
            List<ReportMaker> makers,
            ReportStore store,
            Ledger ledger,
            Teams teams,
            Experiments experiments,
            Settings settings,
            ApplicationEventPublisher events,
            PlatformTransactionManager transactions) {
        makers.forEach(maker -> this.makers.put(maker.standard(), maker));
        this.store = store;
        this.ledger = ledger;
        this.teams = teams;
        this.experiments = experiments;
        this.settings = settings;
        this.events = events;
        this.transaction = new TransactionTemplate(transactions);
    }

    /** @throws Progress.Cancelled nobody wants it any more */
    void make(String id, Progress progress) {
        ReportRequest request = store.request(id);
        ReportMaker maker = Objects.requireNonNull(makers.get(request.standard()), "each standard has its maker");
        Settled settled = settled(id, maker, request, progress);
        Draft draft = settled.draft();
        Report report = new Report(
                id,
                request.standard().name(),
                draft.edition(),
                draft.title(),
                scope(request),
                Instant.ofEpochMilli(request.fromMs()),
                Instant.ofEpochMilli(request.toMs()),
                settled.at(),
                draft.provisional(),
                draft.sections(),
                settled.notes(),
                draft.methods(),
                settings.get(Settings.TRAIL_HEAD).orElse(""));
        String content = ReportStore.JSON.writeValueAsString(report);
        String sha256 = sha256(content);
        transaction.executeWithoutResult(status -> {
            if (!store.ready(id, content, sha256)) {
                throw new Progress.Cancelled();
            }
            events.publishEvent(new Changed(
                    "report.made",
                    "report",
                    id,
                    request.teamId(),
                    Map.of("standard", request.standard().name(), "sha256", sha256)));
        });
    }

    /** @param at what was booked later is not in it */
    private record Settled(Draft draft, Instant at, List<String> notes) {}

    /** A draft reads the books in many statements; made again where they changed meanwhile. */
    private Settled settled(String id, ReportMaker maker, ReportRequest request, Progress progress) {
        for (int tries = 1; ; tries++) {
            Ledger.Mark before = ledger.mark();
            Draft draft = maker.make(request, "/reports/" + id + "/entries", progress);
            Ledger.Mark after = ledger.mark();
            if (!ledger.postedBetween(before, after, request.fromMs(), request.toMs())) {
                return new Settled(draft, after.at(), draft.notes());
            }
            if (tries == MOST_TRIES) {
                List<String> notes = new ArrayList<>(draft.notes());
                notes.add(
                        "The books were corrected while this was made: its tables and its evidence may differ by these"
                                + " corrections. Make it again when they are done.");
                return new Settled(draft, after.at(), notes);
            }
        }
    }

    /** In words, with the names of now. */
    String scope(ReportRequest request) {
        String teamId = request.teamId();
        if (teamId == null) {
            return "The whole organisation";
        }
        String scope = "Team " + teams.team(teamId).map(Teams.Team::name).orElse(teamId);
        if (request.projectId() != null) {
            scope += ", project "
                    + experiments.projects(teamId).stream()
                            .filter(project -> project.id().equals(request.projectId()))
                            .map(Experiments.Project::name)
                            .findFirst()
                            .orElse(request.projectId());
        }
        String experiment = request.option(Option.EXPERIMENT);
        String run = request.option(Option.RUN);
        return scope
                + (experiment.isEmpty() ? "" : ", experiment " + experiment(teamId, experiment))
                + (run.isEmpty()
                        ? ""
                        : ", run "
                                + experiments
                                        .find(run)
                                        .map(Experiments.Run::name)
                                        .orElse(run));
    }

    private String experiment(String teamId, String id) {
        return experiments.experiments(Set.of(teamId), id, 0).items().stream()
                .filter(one -> one.id().equals(id))
                .map(Experiments.ExperimentSummary::name)
                .findFirst()
                .orElse(id);
    }

    static String sha256(String text) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
