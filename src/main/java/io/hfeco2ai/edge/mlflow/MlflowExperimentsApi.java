package io.hfeco2ai.edge.mlflow;

import static io.hfeco2ai.edge.mlflow.Answers.NOTHING;

import io.hfeco2ai.edge.mlflow.Answers.Entry;
import io.hfeco2ai.edge.mlflow.Answers.Experiment;
import io.hfeco2ai.edge.mlflow.Answers.ExperimentAnswer;
import io.hfeco2ai.edge.mlflow.Answers.ExperimentIdAnswer;
import io.hfeco2ai.edge.mlflow.Answers.Experiments;
import io.hfeco2ai.edge.mlflow.ExperimentStore.Row;
import io.hfeco2ai.edge.mlflow.search.PageToken;
import io.hfeco2ai.edge.mlflow.search.Paged;
import io.hfeco2ai.edge.mlflow.search.View;
import io.hfeco2ai.teams.Allow;
import io.hfeco2ai.teams.Allow.Tokens;
import io.hfeco2ai.teams.Teams.TokenIdentity;
import io.swagger.v3.oas.annotations.Hidden;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** Experiments, as MLflow's clients make, find and change them. */
@Allow(tokens = Tokens.CLIENT)
@RestController
@Hidden
@RequestMapping({MlflowSecurity.API + "/experiments", MlflowSecurity.AJAX + "/experiments"})
class MlflowExperimentsApi {

    private static final int LONGEST_NAME = 500;
    private static final int LONGEST_TAG = 20_000;
    private static final int LONGEST_LOCATION = 2_000;
    private static final int DEFAULT_PAGE = 1_000;

    private final ExperimentStore store;
    private final RunStore runs;
    private final ExperimentSearch search;

    MlflowExperimentsApi(ExperimentStore store, RunStore runs, ExperimentSearch search) {
        this.store = store;
        this.runs = runs;
        this.search = search;
    }

    @PostMapping("/create")
    ExperimentIdAnswer create(@AuthenticationPrincipal TokenIdentity caller, HttpServletRequest request)
            throws IOException {
        Body body = Body.of(request);
        String name = name(body, "name");
        String location = body.optionalText("artifact_location");
        Map<String, String> tags = body.entries("tags", LONGEST_TAG);
        if (location != null && location.length() > LONGEST_LOCATION) {
            throw MlflowError.invalid(
                    "Parameter 'artifact_location' is longer than " + LONGEST_LOCATION + " characters.");
        }
        refuseKnown(caller, name);
        return new ExperimentIdAnswer(String.valueOf(
                store.create(caller.teamId(), name, location, tags).number()));
    }

    private static String name(Body body, String field) {
        String name = body.text(field);
        if (name.isBlank() || name.length() > LONGEST_NAME || name.chars().anyMatch(Character::isISOControl)) {
            throw MlflowError.wrong(
                    field, Body.quoted(name), "a name has 1 to " + LONGEST_NAME + " characters on one line.");
        }
        return name;
    }

    private void refuseKnown(TokenIdentity caller, String name) {
        store.named(caller.teamId(), name).ifPresent(known -> {
            throw MlflowError.existsAlready("Experiment '" + name + "' already exists"
                    + (known.active() ? "." : " in deleted state. You can restore the experiment."));
        });
    }

    @Allow(tokens = {Tokens.CLIENT, Tokens.READ})
    @GetMapping("/get")
    ExperimentAnswer get(@AuthenticationPrincipal TokenIdentity caller, HttpServletRequest request) throws IOException {
        return answer(store.get(caller.teamId(), Body.of(request).text("experiment_id")));
    }

    @Allow(tokens = {Tokens.CLIENT, Tokens.READ})
    @GetMapping("/get-by-name")
    ExperimentAnswer getByName(@AuthenticationPrincipal TokenIdentity caller, HttpServletRequest request)
            throws IOException {
        String name = Body.of(request).text("experiment_name");
        return answer(store.named(caller.teamId(), name)
                .orElseThrow(() -> MlflowError.notThere("Could not find experiment with name '" + name + "'")));
    }

    @PostMapping("/update")
    Map<String, Object> update(@AuthenticationPrincipal TokenIdentity caller, HttpServletRequest request)
            throws IOException {
        Body body = Body.of(request);
        Row row = store.get(caller.teamId(), body.text("experiment_id"));
        String name = name(body, "new_name");
        mustBe(row, true);
        if (name.equals(row.name().text())) {
            return NOTHING;
        }
        refuseKnown(caller, name);
        try {
            store.rename(caller.teamId(), row, name);
        } catch (DataIntegrityViolationException atTheSameTime) {
            throw MlflowError.existsAlready("Experiment '" + name + "' already exists.");
        }
        return NOTHING;
    }

    /** Its runs are deleted with it, as MLflow's clients expect; what they used stays in the books. */
    @PostMapping("/delete")
    Map<String, Object> delete(@AuthenticationPrincipal TokenIdentity caller, HttpServletRequest request)
            throws IOException {
        return lifecycle(caller, request, ExperimentStore.DELETED);
    }

    @PostMapping("/restore")
    Map<String, Object> restore(@AuthenticationPrincipal TokenIdentity caller, HttpServletRequest request)
            throws IOException {
        return lifecycle(caller, request, ExperimentStore.ACTIVE);
    }

    private Map<String, Object> lifecycle(TokenIdentity caller, HttpServletRequest request, String next)
            throws IOException {
        Row row = store.get(caller.teamId(), Body.of(request).text("experiment_id"));
        mustBe(row, next.equals(ExperimentStore.DELETED));
        store.lifecycle(row.experimentId(), next);
        runs.lifecycleOfAll(row.experimentId(), next);
        return NOTHING;
    }

    static void mustBe(Row row, boolean active) {
        if (row.active() != active) {
            throw MlflowError.invalid("The experiment " + row.number() + " must be in the '"
                    + (active ? ExperimentStore.ACTIVE : ExperimentStore.DELETED) + "' state. Current state is "
                    + row.lifecycle() + ".");
        }
    }

    @PostMapping("/set-experiment-tag")
    Map<String, Object> tag(@AuthenticationPrincipal TokenIdentity caller, HttpServletRequest request)
            throws IOException {
        Body body = Body.of(request);
        Row row = store.get(caller.teamId(), body.text("experiment_id"));
        mustBe(row, true);
        String key = Names.check("key", body.text("key"));
        String content = body.given("value");
        if (content == null) {
            throw MlflowError.missing("value");
        }
        if (content.length() > LONGEST_TAG) {
            throw MlflowError.invalid("'value' exceeds the maximum length of " + LONGEST_TAG + " characters.");
        }
        store.tag(row.experimentId(), key, content);
        return NOTHING;
    }

    @PostMapping("/delete-experiment-tag")
    Map<String, Object> removeTag(@AuthenticationPrincipal TokenIdentity caller, HttpServletRequest request)
            throws IOException {
        Body body = Body.of(request);
        Row row = store.get(caller.teamId(), body.text("experiment_id"));
        String key = body.text("key");
        mustBe(row, true);
        if (!store.removeTag(row.experimentId(), key)) {
            throw MlflowError.notThere("No tag with name: " + key + " in experiment with id " + row.number());
        }
        return NOTHING;
    }

    @Allow(tokens = {Tokens.CLIENT, Tokens.READ})
    @RequestMapping(
            path = "/search",
            method = {
                org.springframework.web.bind.annotation.RequestMethod.GET,
                org.springframework.web.bind.annotation.RequestMethod.POST
            })
    Experiments search(@AuthenticationPrincipal TokenIdentity caller, HttpServletRequest request) throws IOException {
        Body body = Body.of(request);
        store.numberAll(caller.teamId());
        Paged<Row> found = search.search(
                caller.teamId(),
                body.textOr("filter", ""),
                body.texts("order_by"),
                View.of(body.word("view_type")),
                body.page(DEFAULT_PAGE, PageToken.LARGEST));
        Map<String, Map<String, String>> tags =
                store.tags(found.items().stream().map(Row::experimentId).toList());
        List<Experiment> experiments = found.items().stream()
                .map(row -> experiment(row, tags.getOrDefault(row.experimentId(), Map.of())))
                .toList();
        return new Experiments(experiments, found.nextToken());
    }

    private ExperimentAnswer answer(Row row) {
        return new ExperimentAnswer(
                experiment(row, store.tags(List.of(row.experimentId())).getOrDefault(row.experimentId(), Map.of())));
    }

    private static Experiment experiment(Row row, Map<String, String> tags) {
        return new Experiment(
                String.valueOf(row.number()),
                row.name().text(),
                row.artifactRoot(),
                row.lifecycle(),
                row.createdMs(),
                row.updatedMs(),
                Entry.of(tags));
    }
}
