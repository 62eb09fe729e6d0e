package io.hfeco2ai.platform;

/** The caller sent something wrong. The message says what is wrong and the cure; it is shown to the caller. */
public class BadInput extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final String field;

    /**
     * @param field the name of the field as the caller wrote it, with its index in lists: {@code measurements[3].energy_j}
     * @param message a whole sentence without the caller's secrets
     */
    public BadInput(String field, String message) {
        super(message);
        this.field = field;
    }

    public String field() {
        return field;
    }

    public String detail() {
        return String.valueOf(getMessage());
    }
}
