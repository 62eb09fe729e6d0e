package io.hfeco2ai.platform;

/** The caller is known and may not do this: answered as 403 with the detail, which names who may. */
public class Forbidden extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final String detail;

    public Forbidden(String detail) {
        super(detail);
        this.detail = detail;
    }

    public String detail() {
        return detail;
    }
}
