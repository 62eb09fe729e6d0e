package io.hfeco2ai.dashboard;

import static org.assertj.core.api.Assertions.assertThat;

import io.hfeco2ai.experiments.Experiments.Metric;
import io.hfeco2ai.experiments.Experiments.Run;
import io.hfeco2ai.experiments.Experiments.RunDetail;
import io.hfeco2ai.units.Energy;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class TrainingViewTests {

    private static final Energy ENERGY = Energy.ofMicrojoules(7_200_000_000L);

    private static @Nullable TrainingView view(
            Map<String, String> params, Map<String, Double> metrics, @Nullable Energy energy) {
        List<Metric> last = metrics.entrySet().stream()
                .map(each -> new Metric(each.getKey(), 0, Instant.EPOCH, each.getValue()))
                .toList();
        Run run = new Run(
                "id", "t", "t", "p", "p", "e", "e", null, null, "n", "FINISHED", Instant.EPOCH, null, false, null);
        return TrainingView.of(
                new RunDetail(run, params, Map.of(), last, List.of(), List.of(), List.of(), null), energy);
    }

    @Test
    void whatTrainerSendsTellsModelPrecisionEpochsSamplesAndOperations() {
        TrainingView view = view(
                Map.of(
                        "_name_or_path", "distilbert-base",
                        "model_type", "distilbert",
                        "bf16", "True",
                        "torch_dtype", "float32",
                        "num_train_epochs", "3.0"),
                Map.of(
                        "epoch", 2.5,
                        "train_samples_per_second", 20.0,
                        "train_runtime", 100.0,
                        "total_flos", 7.2e15),
                ENERGY);
        assertThat(view)
                .isEqualTo(new TrainingView(
                        "distilbert-base",
                        "distilbert",
                        "bf16",
                        2.5,
                        "3.0",
                        2_000L,
                        7.2e15,
                        Energy.ofMicrojoules(3_600_000_000L),
                        1e12));
    }

    @Test
    void whatIsNotKnownIsNullAndNotZero() {
        assertThat(view(Map.of("lr", "0.1", "bf16", "False", "torch_dtype", "None"), Map.of("loss", 1.0), ENERGY))
                .isNull();
        TrainingView view = view(Map.of("dtype", "float16"), Map.of("train_runtime", 5.0, "epoch", Double.NaN), null);
        assertThat(view).isEqualTo(new TrainingView(null, null, "float16", null, null, null, null, null, null));
    }
}
