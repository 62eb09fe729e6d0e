package io.hfeco2ai.edge.mlflow;

import static io.hfeco2ai.edge.mlflow.Answers.NOTHING;

import io.hfeco2ai.edge.mlflow.Answers.Entry;
import io.hfeco2ai.edge.mlflow.Answers.Model;
import io.hfeco2ai.edge.mlflow.Answers.ModelAnswer;
import io.hfeco2ai.edge.mlflow.Answers.Models;
import io.hfeco2ai.edge.mlflow.search.Condition;
import io.hfeco2ai.edge.mlflow.search.Condition.Field;
import io.hfeco2ai.edge.mlflow.search.Condition.Kind;
import io.hfeco2ai.edge.mlflow.search.FilterParser;
import io.hfeco2ai.edge.mlflow.search.Grammar;
import io.hfeco2ai.edge.mlflow.search.PageToken;
import io.hfeco2ai.edge.mlflow.search.Paged;
import io.hfeco2ai.platform.Ids;
import io.hfeco2ai.teams.Allow;
import io.hfeco2ai.teams.Allow.Tokens;
import io.hfeco2ai.teams.Teams.TokenIdentity;
import io.swagger.v3.oas.annotations.Hidden;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PatchMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** Logged models of 3.x clients. */
@Allow(tokens = Tokens.CLIENT)
@RestController
@Hidden
@RequestMapping({MlflowSecurity.API + "/logged-models", MlflowSecurity.AJAX + "/logged-models"})
class MlflowModelsApi {

    private static final int LONGEST = 8_000;
    private static final int LONGEST_NAME = 500;
    private static final int NAME_FROM = 24;
    private static final int PAGE = 50;
    private static final List<String> STATUSES =
            List.of("", "LOGGED_MODEL_PENDING", "LOGGED_MODEL_READY", "LOGGED_MODEL_UPLOAD_FAILED");

    private final LoggedModels models;
    private final ExperimentStore experiments;

    MlflowModelsApi(LoggedModels models, ExperimentStore experiments) {
        this.models = models;
        this.experiments = experiments;
    }

    @PostMapping
    ModelAnswer create(@AuthenticationPrincipal TokenIdentity caller, HttpServletRequest request) throws IOException {
        Body body = Body.of(request);
        ExperimentStore.Row experiment = experiments.get(caller.teamId(), body.text("experiment_id"));
        MlflowExperimentsApi.mustBe(experiment, true);
        String name = body.textOr("name", "model-" + Ids.next().substring(NAME_FROM));
        String type = body.textOr("model_type", "");
        String runId = body.textOr("source_run_id", "");
        if (name.length() > LONGEST_NAME || type.length() > LONGEST_NAME || runId.length() > 64) {
            throw MlflowError.invalid("'name' or 'model_type' is longer than " + LONGEST_NAME
                    + " characters, or 'source_run_id' is no id of a run.");
        }
        String id = models.create(
                experiment, name, type, runId, body.entries("params", LONGEST), body.entries("tags", LONGEST));
        return new ModelAnswer(models.get(caller.teamId(), id));
    }

    @Allow(tokens = {Tokens.CLIENT, Tokens.READ})
    @GetMapping("/{id}")
    ModelAnswer get(@AuthenticationPrincipal TokenIdentity caller, @PathVariable String id) {
        return new ModelAnswer(models.get(caller.teamId(), id));
    }

    @PatchMapping("/{id}")
    ModelAnswer finish(
            @AuthenticationPrincipal TokenIdentity caller, @PathVariable String id, HttpServletRequest request)
            throws IOException {
        models.get(caller.teamId(), id);
        Body body = Body.of(request);
        String given = body.word("status");
        if (given == null) {
            throw MlflowError.missing("status");
        }
        int number = given.matches("[1-3]") ? Integer.parseInt(given) : STATUSES.indexOf(given);
        if (number < 1) {
            throw MlflowError.wrong("status", Body.quoted(given), "it must be one of " + STATUSES.subList(1, 4) + ".");
        }
        models.status(id, STATUSES.get(number), Body.cut(body.textOr("status_message", ""), 1_000));
        return new ModelAnswer(models.get(caller.teamId(), id));
    }

    @DeleteMapping("/{id}")
    Map<String, Object> delete(@AuthenticationPrincipal TokenIdentity caller, @PathVariable String id) {
        models.get(caller.teamId(), id);
        models.delete(id);
        return NOTHING;
    }

    @PostMapping("/{id}/params")
    Map<String, Object> params(
            @AuthenticationPrincipal TokenIdentity caller, @PathVariable String id, HttpServletRequest request)
            throws IOException {
        models.get(caller.teamId(), id);
        models.put(id, "param", Body.of(request).entries("params", LONGEST));
        return NOTHING;
    }

    @PatchMapping("/{id}/tags")
    ModelAnswer tags(@AuthenticationPrincipal TokenIdentity caller, @PathVariable String id, HttpServletRequest request)
            throws IOException {
        models.get(caller.teamId(), id);
        models.put(id, "tag", Body.of(request).entries("tags", LONGEST));
        return new ModelAnswer(models.get(caller.teamId(), id));
    }

    @DeleteMapping("/{id}/tags/{*key}")
    Map<String, Object> removeTag(
            @AuthenticationPrincipal TokenIdentity caller, @PathVariable String id, @PathVariable String key) {
        models.get(caller.teamId(), id);
        if (!models.removeTag(id, key.substring(1))) {
            throw MlflowError.notThere(
                    "No tag with key '" + key.substring(1) + "' found for model with ID '" + id + "'.");
        }
        return NOTHING;
    }

    @Allow(tokens = {Tokens.CLIENT, Tokens.READ})
    @PostMapping("/search")
    Models search(@AuthenticationPrincipal TokenIdentity caller, HttpServletRequest request) throws IOException {
        Body body = Body.of(request);
        List<Long> numbers = body.texts("experiment_ids").stream()
                .filter(id -> id.matches("\\d{1,18}"))
                .map(Long::valueOf)
                .toList();
        List<Condition> conditions = FilterParser.conditions(Grammar.MODELS, body.textOr("filter", ""));
        Comparator<Model> order = order(body.objects("order_by"));
        PageToken page = body.page(PAGE, PageToken.LARGEST);
        List<Model> found = new ArrayList<>(models.of(caller.teamId(), numbers).stream()
                .filter(model -> conditions.stream().allMatch(each -> matches(each, model)))
                .toList());
        if (order != null) {
            found.sort(order);
        }
        Paged<Model> paged = Paged.of(
                found.stream().skip(page.skip()).limit(page.size() + 1L).toList(), page);
        return new Models(paged.items(), paged.nextToken());
    }

    private static boolean matches(Condition condition, Model model) {
        return Grammar.MODELS.isNumber(condition.field())
                ? condition.matches(number(condition.field(), model))
                : condition.matches(text(condition.field(), model));
    }

    private static @Nullable Double number(Field field, Model model) {
        if (field.kind() == Kind.METRIC) {
            return model.data().metrics().stream()
                    .filter(metric -> metric.key().equals(field.key()))
                    .map(Answers.ModelMetricAnswer::value)
                    .reduce((one, later) -> later)
                    .orElse(null);
        }
        return (double)
                (field.key().equals("creation_timestamp")
                        ? model.info().creationTimestampMs()
                        : model.info().lastUpdatedTimestampMs());
    }

    private static @Nullable String text(Field field, Model model) {
        if (field.kind() != Kind.ATTRIBUTE) {
            List<Entry> entries = field.kind() == Kind.TAG
                    ? model.info().tags()
                    : model.data().params();
            return entries.stream()
                    .filter(entry -> entry.key().equals(field.key()))
                    .map(Entry::value)
                    .findFirst()
                    .orElse(null);
        }
        return switch (field.key()) {
            case "name" -> model.info().name();
            case "model_id" -> model.info().modelId();
            case "model_type" -> model.info().modelType();
            case "status" -> model.info().status().replace("LOGGED_MODEL_", "");
            case "experiment_id" -> model.info().experimentId();
            default -> model.info().sourceRunId();
        };
    }

    /** What has no such figure comes last, whichever the direction. Null: as they are. */
    private static @Nullable Comparator<Model> order(List<Body> orderBy) {
        Comparator<Model> order = null;
        for (Body each : orderBy) {
            Field field =
                    FilterParser.order(Grammar.MODELS, each.text("field_name")).field();
            boolean descending = "false".equals(each.word("ascending"));
            Comparator<Model> next = Grammar.MODELS.isNumber(field)
                    ? by(descending, model -> number(field, model))
                    : by(descending, model -> text(field, model));
            order = order == null ? next : order.thenComparing(next);
        }
        return order;
    }

    private interface Key<K> {
        @Nullable K of(Model model);
    }

    private static <K extends Comparable<K>> Comparator<Model> by(boolean descending, Key<K> key) {
        Comparator<K> inner = descending ? Comparator.reverseOrder() : Comparator.naturalOrder();
        return (one, other) -> {
            K first = key.of(one);
            K second = key.of(other);
            if (first == null || second == null) {
                return Boolean.compare(first == null, second == null);
            }
            return inner.compare(first, second);
        };
    }
}
