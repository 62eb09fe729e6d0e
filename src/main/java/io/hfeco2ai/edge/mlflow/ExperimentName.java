package io.hfeco2ai.edge.mlflow;

/** MLflow has experiments only, we have projects with experiments: "a/b" is experiment b of project a. */
record ExperimentName(String project, String experiment) {

    static final String DEFAULT_PROJECT = "default";

    /** Split at the first slash; a name without one, or with nothing before or after it, is of the project "default". */
    static ExperimentName of(String name) {
        int slash = name.indexOf('/');
        return slash <= 0 || slash == name.length() - 1
                ? new ExperimentName(DEFAULT_PROJECT, name)
                : new ExperimentName(name.substring(0, slash), name.substring(slash + 1));
    }

    /** The name that {@link #of} reads as this. */
    String text() {
        return project.equals(DEFAULT_PROJECT) && equals(of(experiment)) ? experiment : project + "/" + experiment;
    }
}
