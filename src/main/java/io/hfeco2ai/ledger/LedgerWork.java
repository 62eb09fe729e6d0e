package io.hfeco2ai.ledger;

import io.hfeco2ai.experiments.Experiments;
import io.hfeco2ai.experiments.Experiments.Member;
import io.hfeco2ai.grid.Grid;
import io.hfeco2ai.grid.Grid.Pricing;
import io.hfeco2ai.grid.SiteChanged;
import io.hfeco2ai.ledger.EntryStore.Incomplete;
import io.hfeco2ai.ledger.EntryStore.NodeHour;
import io.hfeco2ai.ledger.Ledger.Mark;
import io.hfeco2ai.ledger.months.MonthSums;
import io.hfeco2ai.ledger.periods.PeriodLocks;
import io.hfeco2ai.ledger.periods.Restatements;
import io.hfeco2ai.ledger.periods.Restatements.ApprovedHour;
import io.hfeco2ai.metering.Metering;
import io.hfeco2ai.metering.Metering.DirtyHour;
import io.hfeco2ai.metering.Metering.Node;
import io.hfeco2ai.platform.Settings;
import java.time.Clock;
import java.time.Instant;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** Brings the books up to date: recomputes dirty hours, posts finished ones, notices silence and new prices. */
@Component
class LedgerWork {

    static final long HOUR_MS = 3_600_000;
    private static final Logger LOG = LoggerFactory.getLogger(LedgerWork.class);

    /** Until which hour all nodes have been looked at, whether they reported or not. */
    private static final String SWEPT = "ledger.swept-until";
    /** From which hour on prices changed; gone through after the change is committed. */
    private static final String REPRICE = "ledger.reprice-from";

    private static final String NONE = "";
    private static final int AT_ONCE = 200;
    private static final int NODES_AT_ONCE = 50;

    private final Metering metering;
    private final Grid grid;
    private final Experiments experiments;
    private final EntryBook book;
    private final EntryStore store;
    private final SpendRollup spend;
    private final Repricing repricing;
    private final Restatements restatements;
    private final MonthSums months;
    private final Settings settings;
    private final LedgerProperties properties;
    private final TransactionTemplate transaction;
    private final ApplicationEventPublisher events;
    private final Clock clock;
    /** One hour at a time: the background job and who settles a run would otherwise replace each other's rows. */
    private final ReentrantLock writing = new ReentrantLock();
    /** Where the next round goes on; null: from the start. Only the background job reads and writes it. */
    private @Nullable ApprovedHour lastApproved;

    LedgerWork(
            Metering metering,
            Grid grid,
            Experiments experiments,
            EntryBook book,
            EntryStore store,
            SpendRollup spend,
            Repricing repricing,
            Restatements restatements,
            MonthSums months,
            Settings settings,
            LedgerProperties properties,
            PlatformTransactionManager transactions,
            ApplicationEventPublisher events,
            Clock clock) {
        this.metering = metering;
        this.grid = grid;
        this.experiments = experiments;
        this.book = book;
        this.store = store;
        this.spend = spend;
        this.repricing = repricing;
        this.restatements = restatements;
        this.months = months;
        this.settings = settings;
        this.properties = properties;
        this.transaction = new TransactionTemplate(transactions);
        this.events = events;
        this.clock = clock;
    }

    /** One round of all there is to do, in bites. Returns how many hours were booked. */
    int round() {
        while (!settings.get(REPRICE).orElse(NONE).equals(NONE)) {
            exclusively(this::reprice);
        }
        for (int i = 0; i < NODES_AT_ONCE && exclusively(repricing::bite); i++) {
            // A node at a time, and not all at once, so that new hours are booked in between.
        }
        exclusively(this::sweep);
        List<ApprovedHour> approved = restatements.approved(lastApproved, AT_ONCE);
        approved.forEach(hour -> guarded(hour.nodeId(), hour.hourMs(), () -> restate(hour)));
        lastApproved = approved.size() < AT_ONCE ? null : approved.get(AT_ONCE - 1);
        List<DirtyHour> dirty = metering.dirty(clock.millis(), AT_ONCE);
        dirty.forEach(hour -> {
            if (!guarded(hour.nodeId(), hour.hourMs(), () -> book(hour))) {
                metering.postpone(hour);
            }
        });
        long overSince = clock.millis() - HOUR_MS - properties.grace().toMillis();
        store.unpostedUntil(overSince, AT_ONCE)
                .forEach(hour -> guarded(hour.nodeId(), hour.hourMs(), () -> post(hour)));
        months.bite();
        return dirty.size();
    }

    void settle(String runId) {
        Set<DirtyHour> dirty = new LinkedHashSet<>();
        Set<NodeHour> booked = store.hoursOf(runId);
        long nowMs = clock.millis();
        for (Member member : experiments.detail(runId).members()) {
            Instant endedAt = member.endedAt();
            long endMs = endedAt == null ? nowMs + 1 : endedAt.toEpochMilli();
            // Who ends late for an earlier time gives back what was booked since; other hours after the end can wait.
            metering.dirtyOf(member.nodeId(), member.startedAt().toEpochMilli(), nowMs + 1).stream()
                    .filter(hour ->
                            hour.hourMs() < endMs || booked.contains(new NodeHour(hour.nodeId(), hour.hourMs())))
                    .forEach(dirty::add);
        }
        // What cannot be booked is tried again by the job; the run has ended all the same.
        dirty.forEach(hour -> guarded(hour.nodeId(), hour.hourMs(), () -> book(hour)));
    }

    Mark mark() {
        Mark[] mark = new Mark[1];
        exclusively(() -> {
            mark[0] = new Mark(store.newestId(), clock.instant());
        });
        return mark[0];
    }

    boolean postedBetween(Mark before, Mark after, long fromMs, long toMs) {
        return store.postedBetween(before.entryId(), after.entryId(), fromMs, toMs);
    }

    List<String> verifyChain(String nodeId, String month) {
        return book.verify(nodeId, month);
    }

    /** Facts to entries, in one transaction; a mark that arrives meanwhile keeps the hour dirty. */
    void book(DirtyHour hour) {
        exclusively(() -> {
            Pricing pricing = grid.pricing(hour.nodeId(), hour.hourMs());
            var sums = metering.recompute(hour.nodeId(), hour.hourMs());
            Set<String> spenders = spend.projectsIn(hour.nodeId(), hour.hourMs());
            book.book(hour.nodeId(), hour.hourMs(), EntryPricing.price(sums, pricing));
            spenders.addAll(spend.projectsIn(hour.nodeId(), hour.hourMs()));
            spend.mark(spenders, hour.hourMs());
            metering.clean(hour);
        });
    }

    private void restate(ApprovedHour hour) {
        exclusively(() -> {
            Set<String> spenders = spend.projectsIn(hour.nodeId(), hour.hourMs());
            var sums = metering.recompute(hour.nodeId(), hour.hourMs());
            book.restate(
                    hour.nodeId(),
                    hour.hourMs(),
                    EntryPricing.price(sums, grid.pricing(hour.nodeId(), hour.hourMs())),
                    hour.digest(),
                    hour.reason());
            spenders.addAll(spend.projectsIn(hour.nodeId(), hour.hourMs()));
            spend.mark(spenders, hour.hourMs());
            restatements.done(hour);
        });
    }

    /** An hour that is dirty is booked first; it is posted in a later round. */
    private void post(NodeHour hour) {
        exclusively(() -> {
            if (metering.dirtyOf(hour.nodeId(), hour.hourMs(), hour.hourMs() + HOUR_MS)
                    .isEmpty()) {
                book.post(hour.nodeId(), hour.hourMs());
                spend.mark(spend.projectsIn(hour.nodeId(), hour.hourMs()), hour.hourMs());
                events.publishEvent(new HoursPosted(hour.nodeId(), hour.hourMs(), hour.hourMs() + HOUR_MS));
            }
        });
    }

    /** Every past hour of every known node is booked once, so that silence shows as missing and not as nothing. */
    private void sweep() {
        long thisHour = Math.floorDiv(clock.millis(), HOUR_MS) * HOUR_MS;
        long until = settings.get(SWEPT).map(Long::parseLong).orElse(0L);
        if (until < thisHour) {
            // By id, as all who mark hours of several nodes: so two of them never wait for each other crosswise.
            metering.nodes().stream()
                    .sorted(Comparator.comparing(Node::id))
                    .forEach(node -> metering.markDirty(node.id(), Math.max(until, node.firstSeenMs()), thisHour));
            settings.remember(SWEPT, Long.toString(thisHour));
        }
    }

    /** In the transaction of the change, so the wish is as durable as the change itself. */
    @EventListener
    void on(SiteChanged changed) {
        if (changed.correction()) {
            repricing.wish(changed);
            return;
        }
        String wished = settings.lock(REPRICE, NONE);
        if (wished.equals(NONE) || Long.parseLong(wished) > changed.fromMs()) {
            settings.remember(REPRICE, Long.toString(changed.fromMs()));
        }
    }

    /** Prices that were unknown are filled in, also in posted hours; a price that was known there is not replaced. */
    private void reprice() {
        // Locked until the commit: a change meanwhile waits, and its earlier start is not overwritten.
        String wished = settings.lock(REPRICE, NONE);
        if (wished.equals(NONE)) {
            return;
        }
        List<Incomplete> bite = store.incompleteFrom(Long.parseLong(wished), AT_ONCE);
        List<Incomplete> better = bite.stream().filter(this::pricedBetter).toList();
        better.forEach(hour -> metering.markDirty(hour.nodeId(), hour.hourMs(), hour.hourMs() + HOUR_MS));
        settings.remember(REPRICE, bite.isEmpty() ? NONE : Long.toString(lastHourMs(bite) + HOUR_MS));
    }

    private boolean pricedBetter(Incomplete hour) {
        Pricing pricing = grid.pricing(hour.nodeId(), hour.hourMs());
        return hour.provisional()
                || (hour.factorUnknown() && pricing.factor() != null)
                || (hour.pueUnknown() && pricing.pue() != null);
    }

    private static long lastHourMs(List<Incomplete> bite) {
        return bite.stream().mapToLong(Incomplete::hourMs).max().orElseThrow();
    }

    private void exclusively(Runnable work) {
        exclusively(() -> {
            work.run();
            return true;
        });
    }

    private boolean exclusively(BooleanSupplier work) {
        writing.lock();
        try {
            return Boolean.TRUE.equals(transaction.execute(status -> {
                settings.lock(PeriodLocks.BOOKING, NONE);
                return work.getAsBoolean();
            }));
        } finally {
            writing.unlock();
        }
    }

    /** One hour that cannot be booked must not keep the others from it. */
    private static boolean guarded(String nodeId, long hourMs, Runnable work) {
        try {
            work.run();
            return true;
        } catch (RuntimeException e) {
            LOG.error("Hour {} of node {} could not be booked; it is tried again", hourMs, nodeId, e);
            return false;
        }
    }
}
