package io.hfeco2ai.platform;

/** What was asked for does not exist, or belongs to a team the caller may not see. */
public class NotFound extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** @param what what was looked for, with its id: {@code run 0192…} */
    public NotFound(String what) {
        super("There is no " + what + ", or it belongs to another team.");
    }

    public String detail() {
        return String.valueOf(getMessage());
    }
}
