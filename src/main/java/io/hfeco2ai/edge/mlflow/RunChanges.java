package io.hfeco2ai.edge.mlflow;

import io.hfeco2ai.experiments.Experiments;
import io.hfeco2ai.experiments.Experiments.NewMember;
import io.hfeco2ai.experiments.Experiments.StartRun;
import io.hfeco2ai.experiments.Experiments.Status;
import io.hfeco2ai.experiments.RunLog;
import io.hfeco2ai.experiments.RunLog.Logged;
import io.hfeco2ai.metering.Metering;
import io.hfeco2ai.metering.Metering.Place;
import io.hfeco2ai.platform.Ids;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.stereotype.Service;

/** Starts, ends and renames runs as MLflow's clients say. The process that calls is taken for the one that trains. */
@Service
class RunChanges {

    private static final Pattern AGENT = Pattern.compile("mlflow-(?:python|java)-client/([\\w.+-]{1,40})");
    private static final String PARENT = "mlflow.parentRunId";
    private static final String DEFAULT_EXPERIMENT = "0";
    private static final int LONGEST_USER = 256;
    private static final int NAME_FROM = 24;
    /** By number, as protocol buffers may write them; index 0 is none. A scheduled run counts as running. */
    private static final List<String> STATUSES = List.of("", "RUNNING", "SCHEDULED", "FINISHED", "FAILED", "KILLED");

    private final Experiments experiments;
    private final RunLog log;
    private final Metering metering;
    private final ExperimentStore numbers;
    private final RunStore store;
    private final Clock clock;

    RunChanges(
            Experiments experiments,
            RunLog log,
            Metering metering,
            ExperimentStore numbers,
            RunStore store,
            Clock clock) {
        this.experiments = experiments;
        this.log = log;
        this.metering = metering;
        this.numbers = numbers;
        this.store = store;
        this.clock = clock;
    }

    /** @return the run's id */
    String create(String teamId, Body body, HttpServletRequest request) {
        ExperimentStore.Row experiment = numbers.get(teamId, body.textOr("experiment_id", DEFAULT_EXPERIMENT));
        MlflowExperimentsApi.mustBe(experiment, true);
        Map<String, String> tags = body.entries("tags", MlflowLoggingApi.LONGEST_TAG);
        String name = name(body.optionalText("run_name"), tags.get(Logging.RUN_NAME));
        tags.put(Logging.RUN_NAME, name);
        Long givenMs = body.optionalWhole("start_time");
        Instant startedAt = givenMs == null || givenMs == 0
                ? clock.instant().truncatedTo(ChronoUnit.MILLIS)
                : Instant.ofEpochMilli(givenMs);
        String runId = experiments
                .start(new StartRun(
                        teamId,
                        experiment.name().project(),
                        experiment.name().experiment(),
                        name,
                        null,
                        parent(teamId, tags.get(PARENT)),
                        startedAt,
                        tags,
                        Map.of(),
                        false,
                        member(teamId, request, startedAt),
                        client(request)))
                .run()
                .id();
        store.made(runId, Body.cut(body.textOr("user_id", tags.getOrDefault("mlflow.user", "")), LONGEST_USER));
        return runId;
    }

    /** {@code mlflow-python-client/3.1.0} is mlflow/3.1.0. */
    static String client(HttpServletRequest request) {
        String agent = request.getHeader(HttpHeaders.USER_AGENT);
        Matcher known = AGENT.matcher(agent == null ? "" : agent);
        return known.find() ? "mlflow/" + known.group(1) : "mlflow";
    }

    private static String name(@Nullable String given, @Nullable String tagged) {
        if (given != null && tagged != null && !given.equals(tagged)) {
            throw MlflowError.invalid(
                    "Both 'run_name' argument and 'mlflow.runName' tag are specified, but with different"
                            + " values (run_name='" + given + "', mlflow.runName='" + tagged + "').");
        }
        String name = given == null ? tagged : given;
        return name == null || name.isBlank() ? "run-" + Ids.next().substring(NAME_FROM) : name;
    }

    /** A parent that this team does not have is only a tag. */
    private @Nullable String parent(String teamId, @Nullable String parentId) {
        return parentId == null
                ? null
                : experiments
                        .find(parentId)
                        .filter(parent -> parent.teamId().equals(teamId))
                        .map(Experiments.Run::id)
                        .orElse(null);
    }

    private NewMember member(String teamId, HttpServletRequest request, Instant startedAt) {
        Place place = metering.placeOf(teamId, null, request, "");
        return new NewMember(place.nodeId(), place.bootId(), 0, place.pid(), List.of(), startedAt);
    }

    void update(String teamId, RunStore.Row run, Body body, HttpServletRequest request) {
        String name = body.optionalText("run_name");
        if (name != null && !name.equals(run.name())) {
            experiments.rename(teamId, run.id(), name);
            log.log(teamId, run.id(), new Logged(List.of(), Map.of(), Map.of(Logging.RUN_NAME, name)));
        }
        String status = status(body);
        if (status == null) {
            return;
        }
        if (status.equals("RUNNING") || status.equals("SCHEDULED")) {
            if (!run.running()) {
                experiments.reopen(teamId, run.id(), member(teamId, request, clock.instant()));
            }
        } else if (run.running()) {
            experiments.finish(teamId, run.id(), status, end(run, body.optionalWhole("end_time")));
        } else {
            experiments.restate(teamId, run.id(), Status.valueOf(status));
        }
    }

    private static @Nullable String status(Body body) {
        if (!body.has("status")) {
            return null;
        }
        String given = String.valueOf(body.word("status"));
        int number = given.matches("[1-5]") ? Integer.parseInt(given) : STATUSES.indexOf(given);
        if (number < 1) {
            throw MlflowError.wrong(
                    "status", Body.quoted(given), "it must be RUNNING, SCHEDULED, FINISHED, FAILED or KILLED.");
        }
        return STATUSES.get(number);
    }

    /** Null: now. A clock that is wrong must not keep a training from ending. */
    private @Nullable Instant end(RunStore.Row run, @Nullable Long givenMs) {
        if (givenMs == null || givenMs < run.startMs() || givenMs > clock.millis()) {
            return null;
        }
        List<Experiments.Attempt> attempts = experiments.detail(run.id()).attempts();
        Instant given = Instant.ofEpochMilli(givenMs);
        return given.isBefore(attempts.get(attempts.size() - 1).startedAt()) ? null : given;
    }
}
