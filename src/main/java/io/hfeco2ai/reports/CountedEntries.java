package io.hfeco2ai.reports;

import io.hfeco2ai.ledger.Ledger;
import io.hfeco2ai.ledger.Ledger.Claimed;
import io.hfeco2ai.ledger.Ledger.Question;
import java.io.IOException;
import java.time.Instant;
import java.util.List;

/** The entries that a report counted, read hour by hour, so that memory does not grow with their number. */
public final class CountedEntries {

    private static final long HOUR_MS = 3_600_000;
    private static final int AT_ONCE = 2_000;

    /** Is given one entry after the other. */
    public interface Reader {
        void read(Claimed entry) throws IOException;
    }

    private CountedEntries() {}

    /**
     * In the order of hour and id, which never changes.
     *
     * @param madeAt when the report was made: what was booked later is not in it
     */
    public static void each(Ledger ledger, ReportRequest request, Instant madeAt, Reader reader) throws IOException {
        for (long hour = request.fromMs(); hour < request.toMs(); hour += HOUR_MS) {
            List<Claimed> read;
            long after = Long.MIN_VALUE;
            do {
                read = ledger.entriesAfter(question(request, hour), after, AT_ONCE);
                for (Claimed claimed : read) {
                    after = claimed.entry().id();
                    if (counts(request, claimed) && claimed.entry().recordedMs() <= madeAt.toEpochMilli()) {
                        reader.read(claimed);
                    }
                }
            } while (read.size() == AT_ONCE);
        }
    }

    /** Team and project are left to us: looked up by the hour, however many runs a team has. */
    private static Question question(ReportRequest request, long hourMs) {
        Question whole = request.question();
        return new Question(null, null, whole.experimentId(), whole.runId(), null, hourMs, hourMs + HOUR_MS, false);
    }

    private static boolean counts(ReportRequest request, Claimed claimed) {
        return (request.teamId() == null || request.teamId().equals(claimed.teamId()))
                && (request.projectId() == null || request.projectId().equals(claimed.projectId()));
    }
}
