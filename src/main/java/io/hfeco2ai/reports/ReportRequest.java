package io.hfeco2ai.reports;

import io.hfeco2ai.ledger.Ledger.Question;
import io.hfeco2ai.reports.Standard.Option;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What somebody asks for.
 *
 * @param teamId null: the organisation
 * @param projectId null: the whole team
 * @param fromMs start of a UTC hour, inclusive
 * @param toMs start of a UTC hour, exclusive
 * @param options of the standard: {@link Option#key} → choice; what is not in it was not said
 * @param askedMs when; what was chosen for sites since then does not count
 */
public record ReportRequest(
        Standard standard,
        @Nullable String teamId,
        @Nullable String projectId,
        long fromMs,
        long toMs,
        Map<String, String> options,
        long askedMs) {

    /** Not asked yet. */
    public ReportRequest(
            Standard standard,
            @Nullable String teamId,
            @Nullable String projectId,
            long fromMs,
            long toMs,
            Map<String, String> options) {
        this(standard, teamId, projectId, fromMs, toMs, options, Long.MAX_VALUE);
    }

    /** What was chosen; else the first choice, or "" where any text would do. */
    public String option(Option option) {
        List<String> choices = option.choices();
        return options.getOrDefault(option.key(), choices.isEmpty() ? "" : choices.get(0));
    }

    /** Of the ledger: all that the report is about. */
    public Question question() {
        return question(null, fromMs, toMs);
    }

    /** A part of it. @param nodeId null: all */
    public Question question(@Nullable String nodeId, long fromMs, long toMs) {
        return new Question(
                teamId == null ? null : Set.of(teamId),
                projectId,
                orNull(Option.EXPERIMENT),
                orNull(Option.RUN),
                nodeId,
                fromMs,
                toMs,
                false);
    }

    private @Nullable String orNull(Option option) {
        String chosen = option(option);
        return chosen.isEmpty() ? null : chosen;
    }
}
