package io.hfeco2ai.reports;

/** Whoever makes a report tells how far it is, at least once for each month of the period. */
@FunctionalInterface
public interface Progress {

    /** Nobody wants the report any more. */
    final class Cancelled extends RuntimeException {

        private static final long serialVersionUID = 1L;

        Cancelled() {
            super("cancelled", null, false, false);
        }
    }

    /**
     * @param donePpm 0 to 1,000,000
     * @throws Cancelled to be let through
     */
    void at(int donePpm);
}
