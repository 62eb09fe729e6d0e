package io.hfeco2ai.moving;

/** Moving, or a start on what was moved, cannot begin; nothing was changed. */
final class Refused extends RuntimeException {

    private final String problem;
    private final String cure;

    /** @param problem what is wrong, and where */
    Refused(String problem, String cure) {
        super(problem + " " + cure);
        this.problem = problem;
        this.cure = cure;
    }

    String problem() {
        return problem;
    }

    String cure() {
        return cure;
    }
}
