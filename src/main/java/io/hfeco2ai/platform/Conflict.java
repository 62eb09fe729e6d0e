package io.hfeco2ai.platform;

/** The call contradicts what is stored; the detail says with what, and the cure. */
public class Conflict extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public Conflict(String detail) {
        super(detail);
    }

    public String detail() {
        return String.valueOf(getMessage());
    }
}
