package io.hfeco2ai.edge.mlflow;

/** Rules for the names of metrics, params and tags, as MLflow has them: such a name may become the path of a file. */
final class Names {

    static final int LONGEST = 250;

    private Names() {}

    /** @param path of the field, for the message */
    static String check(String path, String name) {
        if (name.length() > LONGEST) {
            throw MlflowError.invalid("'" + path + "' exceeds the maximum length of " + LONGEST + " characters: "
                    + name.substring(0, LONGEST));
        }
        if (!name.chars().allMatch(Names::mayBeInAName)) {
            throw MlflowError.wrong(
                    path,
                    Body.quoted(name),
                    "Names may only contain alphanumerics, underscores (_), dashes (-), periods (.), spaces ( ),"
                            + " colon(:) and slashes (/).");
        }
        if (leadsElsewhere(name)) {
            throw MlflowError.wrong(
                    path,
                    Body.quoted(name),
                    "Names may be treated as files in certain cases, and must not resolve to other names when treated"
                            + " as such.");
        }
        return name;
    }

    private static boolean mayBeInAName(int character) {
        return Character.isLetterOrDigit(character) || " _-.:/".indexOf(character) >= 0;
    }

    /** Empty, absolute, or with an empty, "." or ".." step. */
    static boolean leadsElsewhere(String path) {
        if (path.indexOf('/') < 0) {
            return path.isEmpty() || path.equals(".") || path.startsWith("..");
        }
        for (String step : path.split("/", -1)) {
            if (step.isEmpty() || step.equals(".") || step.equals("..")) {
                return true;
            }
        }
        return false;
    }
}
