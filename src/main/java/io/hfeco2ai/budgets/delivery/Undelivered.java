package io.hfeco2ai.budgets.delivery;

/** A message did not reach its channel. The text goes to the history of the alert: it names no secret. */
class Undelivered extends Exception {

    private static final long serialVersionUID = 1L;

    Undelivered(String reason) {
        super(reason);
    }

    String reason() {
        return String.valueOf(getMessage());
    }
}
