package io.hfeco2ai.moving;

/** The copy ended before its end; the same command goes on from there once the cause is gone. */
final class Stopped extends RuntimeException {

    Stopped(String message) {
        super(message);
    }
}
