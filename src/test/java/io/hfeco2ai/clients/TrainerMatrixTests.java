package io.hfeco2ai.clients;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Older Trainers. */
@Tag("client-matrix")
class TrainerMatrixTests extends Trainings {

    /** @param environment a list of requirements in src/test/clients */
    @ParameterizedTest
    @ValueSource(strings = {"hf4", "hf4-old"})
    void theTrainersRunIsOnTheServer(String environment) {
        assertWhole(ok(python(environment, environment).script("hf_train.py", "out", "--step-s", "0.15")), environment);
    }
}
