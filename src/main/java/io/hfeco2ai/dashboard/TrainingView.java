package io.hfeco2ai.dashboard;

import io.hfeco2ai.experiments.Experiments.Metric;
import io.hfeco2ai.experiments.Experiments.RunDetail;
import io.hfeco2ai.units.Energy;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What the parameters and last metrics of a training say of it, by the names that Hugging Face's Trainer gives them. It is
 * worked out when it is shown and stored nowhere; what cannot be told is null.
 *
 * @param epochs done so far
 * @param plannedEpochs as asked for
 * @param samples trained on, epochs included: counted by the client, or samples a second × seconds of training
 * @param floatingPointOperations as Trainer estimates them
 * @param perThousandSamples energy of the whole run, evaluation and saving included, by samples
 * @param operationsPerJoule of the whole run's energy
 */
record TrainingView(
        @Nullable String model,
        @Nullable String family,
        @Nullable String precision,
        @Nullable Double epochs,
        @Nullable String plannedEpochs,
        @Nullable Long samples,
        @Nullable Double floatingPointOperations,
        @Nullable Energy perThousandSamples,
        @Nullable Double operationsPerJoule) {

    private static final double MOST_SAMPLES = 1e15;
    private static final double THOUSAND = 1_000;

    /** Null when nothing can be told. */
    static @Nullable TrainingView of(RunDetail detail, @Nullable Energy energy) {
        Map<String, String> params = detail.params();
        Map<String, Double> metrics = new HashMap<>();
        for (Metric metric : detail.metrics()) {
            if (Double.isFinite(metric.amount())) {
                metrics.put(metric.name(), metric.amount());
            }
        }
        Long samples = samples(metrics);
        Double operations = metrics.get("total_flos");
        TrainingView view = new TrainingView(
                said(params, "_name_or_path"),
                said(params, "model_type"),
                precision(params),
                metrics.get("epoch"),
                said(params, "num_train_epochs"),
                samples,
                operations,
                samples == null || samples == 0 || energy == null
                        ? null
                        : Energy.ofMicrojoules(Math.round(energy.joules() * 1e6 / samples * THOUSAND)),
                operations == null || energy == null || energy.isZero() ? null : operations / energy.joules());
        boolean nothing = Stream.of(view.model, view.family, view.precision, view.epochs, samples, operations)
                .allMatch(each -> each == null);
        return nothing ? null : view;
    }

    private static @Nullable Long samples(Map<String, Double> metrics) {
        Double counted = metrics.get("samples");
        Double perSecond = metrics.get("train_samples_per_second");
        Double seconds = metrics.get("train_runtime");
        Double samples = counted != null ? counted : perSecond == null || seconds == null ? null : perSecond * seconds;
        return samples == null || samples < 0 || samples > MOST_SAMPLES ? null : Long.valueOf(Math.round(samples));
    }

    private static @Nullable String precision(Map<String, String> params) {
        for (String each : Arrays.asList("bf16", "fp16", "tf32")) {
            if ("true".equalsIgnoreCase(params.get(each))) {
                return each;
            }
        }
        String type = said(params, "torch_dtype");
        return type == null ? said(params, "dtype") : type;
    }

    private static @Nullable String said(Map<String, String> params, String name) {
        String content = params.get(name);
        return content == null || content.isBlank() || content.equals("None") ? null : content;
    }
}
