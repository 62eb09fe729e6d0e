package io.hfeco2ai.edge.mlflow.search;

import io.hfeco2ai.edge.mlflow.search.Condition.Field;
import io.hfeco2ai.edge.mlflow.search.Condition.Kind;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * What may be searched for: which kinds of field, and which attributes.
 *
 * @param aliases other names of attributes
 * @param lists attributes that can be compared with a list
 */
public record Grammar(
        Set<Kind> kinds, Set<String> texts, Set<String> numbers, Map<String, String> aliases, Set<String> lists) {

    public static final Grammar RUNS = new Grammar(
            Set.of(Kind.METRIC, Kind.PARAM, Kind.TAG, Kind.ATTRIBUTE, Kind.DATASET),
            Set.of("run_id", "run_name", "user_id", "status", "artifact_uri"),
            Set.of("start_time", "end_time"),
            Map.of(
                    "created", "start_time",
                    "Created", "start_time",
                    "run name", "run_name",
                    "Run name", "run_name",
                    "Run Name", "run_name"),
            Set.of("run_id", "run_name", "user_id", "status", "artifact_uri"));
    public static final Grammar EXPERIMENTS = new Grammar(
            Set.of(Kind.TAG, Kind.ATTRIBUTE),
            Set.of("name", "experiment_id"),
            Set.of("creation_time", "last_update_time"),
            Map.of(),
            Set.of());
    public static final Grammar MODELS = new Grammar(
            Set.of(Kind.METRIC, Kind.PARAM, Kind.TAG, Kind.ATTRIBUTE),
            Set.of("name", "model_id", "model_type", "status", "source_run_id", "experiment_id"),
            Set.of("creation_timestamp", "creation_time", "last_updated_timestamp"),
            Map.of("creation_time", "creation_timestamp"),
            Set.of("name", "model_id", "model_type", "status", "source_run_id", "experiment_id"));

    private static final Set<String> DATASET_FIELDS = Set.of("name", "digest", "context");
    private static final Map<String, Kind> WORDS = Map.ofEntries(
            Map.entry("metric", Kind.METRIC),
            Map.entry("metrics", Kind.METRIC),
            Map.entry("param", Kind.PARAM),
            Map.entry("params", Kind.PARAM),
            Map.entry("parameter", Kind.PARAM),
            Map.entry("parameters", Kind.PARAM),
            Map.entry("tag", Kind.TAG),
            Map.entry("tags", Kind.TAG),
            Map.entry("attribute", Kind.ATTRIBUTE),
            Map.entry("attributes", Kind.ATTRIBUTE),
            Map.entry("attr", Kind.ATTRIBUTE),
            Map.entry("run", Kind.ATTRIBUTE),
            Map.entry("dataset", Kind.DATASET),
            Map.entry("datasets", Kind.DATASET));

    /** @param word what comes before the dot */
    Field field(String word, String key) {
        Kind kind = WORDS.get(word);
        if (kind == null || !kinds.contains(kind)) {
            throw FilterParser.wrong("Invalid entity type '" + word + "'. Valid values are metric, parameter, tag,"
                    + " attribute, dataset, as far as they are searched here.");
        }
        if (kind == Kind.DATASET && !DATASET_FIELDS.contains(key)) {
            throw FilterParser.wrong(
                    "Invalid dataset key '" + key + "' specified. Valid keys are name, digest and context.");
        }
        return kind == Kind.ATTRIBUTE ? attribute(key) : new Field(kind, key);
    }

    Field attribute(String key) {
        String name = aliases.getOrDefault(key, key);
        if (!texts.contains(name) && !numbers.contains(name)) {
            Set<String> valid = new TreeSet<>(texts);
            valid.addAll(numbers);
            throw FilterParser.wrong("Invalid attribute key '" + key + "' specified. Valid keys are '" + valid + "'");
        }
        return new Field(Kind.ATTRIBUTE, name);
    }

    public boolean isNumber(Field field) {
        return field.kind() == Kind.METRIC || (field.kind() == Kind.ATTRIBUTE && numbers.contains(field.key()));
    }

    boolean takesLists(Field field) {
        return field.kind() == Kind.DATASET || (field.kind() == Kind.ATTRIBUTE && lists.contains(field.key()));
    }
}
