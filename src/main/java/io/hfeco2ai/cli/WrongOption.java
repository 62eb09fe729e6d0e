package io.hfeco2ai.cli;

/** An option has a content that cannot be right; the message says what and the cure. */
final class WrongOption extends RuntimeException {

    WrongOption(String message) {
        super(message);
    }
}
