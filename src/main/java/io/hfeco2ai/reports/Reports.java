package io.hfeco2ai.reports;

import io.hfeco2ai.platform.BadInput;
import io.hfeco2ai.platform.Changed;
import io.hfeco2ai.platform.Conflict;
import io.hfeco2ai.platform.NotFound;
import io.hfeco2ai.platform.Settings;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/** The door to reports: ask for one, wait for it, read it in any format. */
@Service
public class Reports {

    private static final String ASKING_LOCK = "reports.asking";
    private static final long HOUR_MS = 3_600_000;
    private static final Duration LONGEST = Duration.ofDays(3_660);

    /**
     * A report in a list.
     *
     * @param teamId null: the organisation's
     * @param state WAITING, MAKING, READY, FAILED or CANCELLED
     * @param donePpm how much of it is made, 0 to 1,000,000
     * @param outcome why it failed; null: it did not
     * @param askedBy id of a user or token
     * @param sha256 of the content; null: not made yet
     */
    public record Listed(
            String id,
            Standard standard,
            @Nullable String teamId,
            @Nullable String projectId,
            long fromMs,
            long toMs,
            String state,
            int donePpm,
            @Nullable String outcome,
            String askedBy,
            long askedMs,
            @Nullable String sha256) {}

    private final ReportStore store;
    private final Settings settings;
    private final ApplicationEventPublisher events;
    private final Clock clock;

    Reports(ReportStore store, Settings settings, ApplicationEventPublisher events, Clock clock) {
        this.store = store;
        this.settings = settings;
        this.events = events;
        this.clock = clock;
    }

    /**
     * Asks for a report, which is then made beside other work. Two who ask for the same before it is made get the same.
     *
     * @param askedBy id of a user or token
     * @return its id
     * @throws BadInput naming the field
     */
    @Transactional
    public String ask(ReportRequest request, String askedBy) {
        if (request.fromMs() % HOUR_MS != 0 || request.toMs() % HOUR_MS != 0) {
            throw new BadInput("from", "A report covers whole UTC hours; begin and end at one.");
        }
        if (request.fromMs() >= request.toMs()) {
            throw new BadInput("to", "The period ends before it begins; exchange the days.");
        }
        if (request.toMs() - request.fromMs() > LONGEST.toMillis()) {
            throw new BadInput("from", "A report covers at most ten years; choose a later first day.");
        }
        if (request.fromMs() > clock.millis()) {
            throw new BadInput("from", "The period has not begun; choose an earlier first day.");
        }
        // Who asks at the same moment waits, and then finds this one.
        settings.lock(ASKING_LOCK, "");
        return store.waiting(request).orElseGet(() -> {
            String id = store.insert(request, askedBy);
            events.publishEvent(new ReportWorker.Asked(id));
            return id;
        });
    }

    public Optional<Listed> find(String id) {
        return store.listed(id);
    }

    /** The newest first. @param teams null: of all; else those of these teams and none of the organisation */
    public List<Listed> list(@Nullable Set<String> teams, int most, long skip) {
        return store.list(teams, most, skip);
    }

    /** How many {@link #list} has of these teams. */
    long count(Set<String> teams) {
        return store.count(teams);
    }

    public ReportRequest request(String id) {
        return store.request(id);
    }

    /**
     * @throws NotFound there is none
     * @throws Conflict it is not made
     */
    public Report report(String id) {
        return ReportStore.JSON.readValue(content(id), Report.class);
    }

    /**
     * The JSON as it was stored: its SHA-256 is the one that is listed.
     *
     * @throws NotFound there is none
     * @throws Conflict it is not made
     */
    public String content(String id) {
        return store.content(id).orElseThrow(() -> {
            String state =
                    find(id).orElseThrow(() -> new NotFound("report " + id)).state();
            return new Conflict(
                    Set.of("WAITING", "MAKING").contains(state)
                            ? "The report is not made yet; ask again in a minute."
                            : "The report was not made: it is " + state.toLowerCase(Locale.ROOT)
                                    + "; ask for it anew.");
        });
    }

    /** To be called where a format leaves the house: the trail says who took what. */
    @Transactional
    public void exported(Listed report, String format) {
        events.publishEvent(
                new Changed("report.exported", "report", report.id(), report.teamId(), Map.of("format", format)));
    }

    /** @throws Conflict it is made already */
    @Transactional
    public void cancel(Listed report) {
        if (!store.cancel(report.id())) {
            throw new Conflict("The report is " + report.state().toLowerCase(java.util.Locale.ROOT)
                    + "; only one that is not made yet can be cancelled.");
        }
        events.publishEvent(new Changed("report.cancelled", "report", report.id(), report.teamId(), Map.of()));
    }
}
