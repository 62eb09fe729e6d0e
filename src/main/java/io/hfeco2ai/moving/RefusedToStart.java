package io.hfeco2ai.moving;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Says in two lines why the server does not start on the target of an unfinished move. */
class RefusedToStart extends AbstractFailureAnalyzer<Refused> {

    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, Refused cause) {
        return new FailureAnalysis(cause.problem(), cause.cure(), cause);
    }
}
