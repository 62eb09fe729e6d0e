package io.hfeco2ai.cli.verify;

/** It is no evidence bundle, or not a whole one. */
final class Unreadable extends RuntimeException {

    private static final long serialVersionUID = 1L;

    Unreadable(String message) {
        super(message);
    }
}
