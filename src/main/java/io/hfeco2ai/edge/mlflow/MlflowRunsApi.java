package io.hfeco2ai.edge.mlflow;

import static io.hfeco2ai.edge.mlflow.Answers.NOTHING;

import io.hfeco2ai.edge.mlflow.Answers.RunAnswer;
import io.hfeco2ai.edge.mlflow.Answers.RunInfoAnswer;
import io.hfeco2ai.edge.mlflow.Answers.Runs;
import io.hfeco2ai.edge.mlflow.search.PageToken;
import io.hfeco2ai.edge.mlflow.search.Paged;
import io.hfeco2ai.edge.mlflow.search.View;
import io.hfeco2ai.teams.Allow;
import io.hfeco2ai.teams.Allow.Tokens;
import io.hfeco2ai.teams.Teams.TokenIdentity;
import io.swagger.v3.oas.annotations.Hidden;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** Runs: made, changed, found, deleted and restored. */
@Allow(tokens = Tokens.CLIENT)
@RestController
@Hidden
@RequestMapping({MlflowSecurity.API + "/runs", MlflowSecurity.AJAX + "/runs"})
class MlflowRunsApi {

    private static final int DEFAULT_PAGE = 1_000;

    private final RunStore store;
    private final RunChanges changes;
    private final RunAnswers answers;
    private final RunSearch search;
    private final DatasetInputs inputs;
    private final LoggedModels models;

    MlflowRunsApi(
            RunStore store,
            RunChanges changes,
            RunAnswers answers,
            RunSearch search,
            DatasetInputs inputs,
            LoggedModels models) {
        this.store = store;
        this.changes = changes;
        this.answers = answers;
        this.search = search;
        this.inputs = inputs;
        this.models = models;
    }

    @PostMapping("/create")
    RunAnswer create(@AuthenticationPrincipal TokenIdentity caller, HttpServletRequest request) throws IOException {
        String runId = changes.create(caller.teamId(), Body.of(request), request);
        return new RunAnswer(answers.of(store.get(caller.teamId(), runId)));
    }

    @Allow(tokens = {Tokens.CLIENT, Tokens.READ})
    @GetMapping("/get")
    RunAnswer get(@AuthenticationPrincipal TokenIdentity caller, HttpServletRequest request) throws IOException {
        return new RunAnswer(answers.of(store.get(caller.teamId(), MlflowLoggingApi.runId(Body.of(request)))));
    }

    @PostMapping("/update")
    RunInfoAnswer update(@AuthenticationPrincipal TokenIdentity caller, HttpServletRequest request) throws IOException {
        Body body = Body.of(request);
        RunStore.Row run = store.active(caller.teamId(), MlflowLoggingApi.runId(body));
        changes.update(caller.teamId(), run, body, request);
        return new RunInfoAnswer(RunAnswers.info(store.get(caller.teamId(), run.id())));
    }

    /** It is shown no more; what it used stays in the books. */
    @PostMapping("/delete")
    Map<String, Object> delete(@AuthenticationPrincipal TokenIdentity caller, HttpServletRequest request)
            throws IOException {
        RunStore.Row run = store.active(caller.teamId(), MlflowLoggingApi.runId(Body.of(request)));
        store.lifecycle(run.id(), ExperimentStore.DELETED);
        return NOTHING;
    }

    @PostMapping("/restore")
    Map<String, Object> restore(@AuthenticationPrincipal TokenIdentity caller, HttpServletRequest request)
            throws IOException {
        RunStore.Row run = store.get(caller.teamId(), MlflowLoggingApi.runId(Body.of(request)));
        RunStore.mustBe(run, false);
        store.lifecycle(run.id(), ExperimentStore.ACTIVE);
        return NOTHING;
    }

    @Allow(tokens = {Tokens.CLIENT, Tokens.READ})
    @PostMapping("/search")
    Runs search(@AuthenticationPrincipal TokenIdentity caller, HttpServletRequest request) throws IOException {
        Body body = Body.of(request);
        List<Long> numbers = new ArrayList<>();
        for (String id : body.texts("experiment_ids")) {
            if (!id.matches("\\d{1,18}")) {
                throw MlflowError.invalid("Invalid experiment ID '" + id + "'. Experiment ID must be a valid integer.");
            }
            numbers.add(Long.valueOf(id));
        }
        Paged<RunStore.Row> found = search.search(
                caller.teamId(),
                numbers,
                body.textOr("filter", ""),
                body.texts("order_by"),
                View.of(body.word("run_view_type")),
                body.page(DEFAULT_PAGE, PageToken.LARGEST));
        return new Runs(answers.of(found.items()), found.nextToken());
    }

    @PostMapping("/log-inputs")
    Map<String, Object> inputs(@AuthenticationPrincipal TokenIdentity caller, HttpServletRequest request)
            throws IOException {
        Body body = Body.of(request);
        RunStore.Row run = store.active(caller.teamId(), MlflowLoggingApi.runId(body));
        inputs.keep(run, body.objects("datasets"));
        models.use(caller.teamId(), run, body.objects("models"));
        return NOTHING;
    }

    @PostMapping("/outputs")
    Map<String, Object> outputs(@AuthenticationPrincipal TokenIdentity caller, HttpServletRequest request)
            throws IOException {
        Body body = Body.of(request);
        RunStore.Row run = store.active(caller.teamId(), MlflowLoggingApi.runId(body));
        models.made(caller.teamId(), run, body.objects("models"));
        return NOTHING;
    }
}
