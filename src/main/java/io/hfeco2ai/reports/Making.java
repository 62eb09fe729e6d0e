package io.hfeco2ai.reports;

import io.hfeco2ai.experiments.Experiments;
import io.hfeco2ai.platform.Changed;
import io.hfeco2ai.platform.Settings;
import io.hfeco2ai.reports.ReportMaker.Draft;
import io.hfeco2ai.reports.Standard.Option;
import io.hfeco2ai.teams.Teams;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Instant;
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

    private final Map<Standard, ReportMaker> makers = new EnumMap<>(Standard.class);
    private final ReportStore store;
    private final Teams teams;
    private final Experiments experiments;
    private final Settings settings;
    private final ApplicationEventPublisher events;
    private final TransactionTemplate transaction;
    private final Clock clock;

    Making(
            List<ReportMaker> makers,
            ReportStore store,
            Teams teams,
            Experiments experiments,
            Settings settings,
            ApplicationEventPublisher events,
            PlatformTransactionManager transactions,
            Clock clock) {
        makers.forEach(maker -> this.makers.put(maker.standard(), maker));
        this.store = store;
        this.teams = teams;
        this.experiments = experiments;
        this.settings = settings;
        this.events = events;
        this.transaction = new TransactionTemplate(transactions);
        this.clock = clock;
    }

    /** @throws Progress.Cancelled nobody wants it any more */
    void make(String id, Progress progress) {
        ReportRequest request = store.request(id);
        ReportMaker maker = Objects.requireNonNull(makers.get(request.standard()), "each standard has its maker");
        Draft draft = maker.make(request, "/reports/" + id + "/entries", progress);
        Report report = new Report(
                id,
                request.standard().name(),
                draft.edition(),
                draft.title(),
                scope(request),
                Instant.ofEpochMilli(request.fromMs()),
                Instant.ofEpochMilli(request.toMs()),
                clock.instant(),
                draft.provisional(),
                draft.sections(),
                draft.notes(),
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
