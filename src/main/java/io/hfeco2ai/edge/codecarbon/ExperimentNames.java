package io.hfeco2ai.edge.codecarbon;

import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Which experiment a client's experiment_id means: one of the team's by its id, or else by its name, made on first use.
 * "a/b" is experiment b of project a, any other name one of project "default".
 */
@Component
class ExperimentNames {

    record Name(String project, String experiment) {}

    /** What a client sends that was given no experiment: read in its source, 2.4.2 to 3.3.2. */
    static final String CLIENTS_DEFAULT = "5b0fa12a-3dd7-45bb-9766-cc326314d9f1";

    private static final String PROJECT = "default";
    private static final Name UNCONFIGURED = new Name(PROJECT, "codecarbon");

    private final Catalogue catalogue;

    ExperimentNames(Catalogue catalogue) {
        this.catalogue = catalogue;
    }

    Name of(String teamId, @Nullable String experimentId) {
        String said = experimentId == null ? "" : experimentId.strip();
        if (said.isEmpty() || said.equalsIgnoreCase(CLIENTS_DEFAULT)) {
            return UNCONFIGURED;
        }
        return catalogue
                .summary(teamId, said)
                .map(each -> new Name(each.project(), each.name()))
                .orElseGet(() -> named(said));
    }

    private static Name named(String said) {
        int slash = said.indexOf('/');
        return slash <= 0 || slash == said.length() - 1
                ? new Name(PROJECT, said)
                : new Name(said.substring(0, slash), said.substring(slash + 1));
    }
}
