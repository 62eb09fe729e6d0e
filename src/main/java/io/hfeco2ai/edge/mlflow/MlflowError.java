package io.hfeco2ai.edge.mlflow;

/** What went wrong, in MLflow's words: clients decide by the code, people read the message. */
final class MlflowError extends RuntimeException {

    private static final long serialVersionUID = 1L;

    static final String INVALID = "INVALID_PARAMETER_VALUE";
    static final String UNKNOWN_ENDPOINT = "ENDPOINT_NOT_FOUND";
    private static final String LONG = "...";
    private static final int SHOWN = 500;

    private final int status;
    private final String code;

    MlflowError(int status, String code, String message) {
        super(message);
        this.status = status;
        this.code = code;
    }

    static MlflowError invalid(String message) {
        return new MlflowError(400, INVALID, message);
    }

    static MlflowError missing(String path) {
        return invalid("Missing value for required parameter '" + path + "'.");
    }

    /** @param shown the value as JSON */
    static MlflowError wrong(String path, String shown, String why) {
        String cut = shown.length() > SHOWN ? shown.substring(0, SHOWN) + LONG : shown;
        return invalid("Invalid value " + cut + " for parameter '" + path + "' supplied: " + why);
    }

    static MlflowError notThere(String message) {
        return new MlflowError(404, "RESOURCE_DOES_NOT_EXIST", message);
    }

    static MlflowError existsAlready(String message) {
        return new MlflowError(400, "RESOURCE_ALREADY_EXISTS", message);
    }

    static MlflowError unknownEndpoint(String message) {
        return new MlflowError(404, UNKNOWN_ENDPOINT, message);
    }

    int status() {
        return status;
    }

    String code() {
        return code;
    }

    String text() {
        return String.valueOf(getMessage());
    }
}
