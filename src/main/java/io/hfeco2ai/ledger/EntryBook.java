package io.hfeco2ai.ledger;

import io.hfeco2ai.ledger.Ledger.Amounts;
import io.hfeco2ai.ledger.Ledger.Entry;
import io.hfeco2ai.ledger.Ledger.Key;
import io.hfeco2ai.ledger.Ledger.Link;
import io.hfeco2ai.ledger.Ledger.State;
import io.hfeco2ai.ledger.months.MonthSums;
import io.hfeco2ai.ledger.periods.HeldChanges;
import io.hfeco2ai.ledger.periods.HeldChanges.Held;
import io.hfeco2ai.ledger.periods.PeriodLocks;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** The rules of the books: what is posted stays, and what turns out different is adjusted by entries of its own. */
@Component
class EntryBook {

    private static final Amounts NOTHING = new Amounts(0, null, null, 0, 0, 0, null, null);

    private final EntryStore store;
    private final AdjustmentReason reasons;
    private final PeriodLocks locks;
    private final HeldChanges held;
    private final MonthSums months;
    private final Clock clock;

    EntryBook(
            EntryStore store,
            AdjustmentReason reasons,
            PeriodLocks locks,
            HeldChanges held,
            MonthSums months,
            Clock clock) {
        this.store = store;
        this.reasons = reasons;
        this.locks = locks;
        this.held = held;
        this.months = months;
        this.clock = clock;
    }

    /** Makes the entries of that node and hour add up to what is given, key by key; in a locked period they stay. */
    void book(String nodeId, long hourMs, Map<Key, Amounts> target) {
        if (!locks.lockedHours().test(hourMs) && !store.isPosted(nodeId, hourMs)) {
            store.deleteProvisional(nodeId, hourMs);
            List<Entry> entries = new ArrayList<>();
            target.forEach((key, amounts) -> entries.add(entry(State.PROVISIONAL, nodeId, hourMs, key, amounts, null)));
            store.insert(entries);
            return;
        }
        Map<Key, Amounts> posted = store.postedSums(nodeId, hourMs);
        adjust(nodeId, new TreeMap<>(Map.of(hourMs, posted)), Map.of(hourMs, target));
    }

    /**
     * The same for many posted hours of a node at once.
     *
     * @param posted what the posted entries of each hour add up to
     * @param target by the same hours
     */
    void adjust(String nodeId, SortedMap<Long, Map<Key, Amounts>> posted, Map<Long, Map<Key, Amounts>> target) {
        List<Entry> adjustments = new ArrayList<>();
        LongPredicate locked = locks.lockedHours();
        posted.forEach((hourMs, before) -> {
            Map<Key, Amounts> after = Objects.requireNonNull(target.get(hourMs));
            Map<Key, Amounts> differences = differences(before, after);
            String reason = reasons.of(before, after);
            if (locked.test(hourMs)) {
                hold(nodeId, hourMs, differences, reason);
            } else {
                differences.forEach((key, difference) ->
                        adjustments.add(entry(State.ADJUSTMENT, nodeId, hourMs, key, difference, reason)));
            }
        });
        store.insert(chained(nodeId, adjustments));
    }

    private void hold(String nodeId, long hourMs, Map<Key, Amounts> differences, String reason) {
        if (differences.isEmpty()) {
            held.release(nodeId, hourMs);
            return;
        }
        held.hold(new Held(
                nodeId,
                hourMs,
                reason,
                differences.values().stream().mapToLong(Amounts::energyUj).sum(),
                differences.values().stream()
                        .mapToLong(a -> orZero(a.locationUg()))
                        .sum(),
                differences.values().stream().mapToLong(EntryBook::market).sum(),
                EntryChain.digest(differences)));
    }

    /** Of method version 1: the location-based figure, as in every sum. */
    private static long market(Amounts amounts) {
        return amounts.marketUg() == null ? orZero(amounts.locationUg()) : orZero(amounts.marketUg());
    }

    /**
     * Books the difference in a locked period, if it still is the approved one; else it is held as it is now.
     *
     * @return whether it was booked
     */
    boolean restate(String nodeId, long hourMs, Map<Key, Amounts> target, String approvedDigest, String reason) {
        Map<Key, Amounts> posted = store.postedSums(nodeId, hourMs);
        Map<Key, Amounts> differences = differences(posted, target);
        if (!EntryChain.digest(differences).equals(approvedDigest)) {
            hold(nodeId, hourMs, differences, reasons.of(posted, target));
            return false;
        }
        List<Entry> entries = new ArrayList<>();
        differences.forEach(
                (key, difference) -> entries.add(entry(State.RESTATEMENT, nodeId, hourMs, key, difference, reason)));
        store.insert(chained(nodeId, entries));
        held.release(nodeId, hourMs);
        return true;
    }

    private static Map<Key, Amounts> differences(Map<Key, Amounts> posted, Map<Key, Amounts> target) {
        TreeSet<Key> keys = new TreeSet<>(EntryStore.KEY_ORDER);
        keys.addAll(posted.keySet());
        keys.addAll(target.keySet());
        Map<Key, Amounts> differences = new TreeMap<>(EntryStore.KEY_ORDER);
        for (Key key : keys) {
            Amounts difference = minus(target.getOrDefault(key, NOTHING), posted.getOrDefault(key, NOTHING));
            if (!isZero(difference)) {
                differences.put(key, difference);
            }
        }
        return differences;
    }

    /** Turns the provisional entries of an hour into posted ones, for ever. */
    void post(String nodeId, long hourMs) {
        long nowMs = clock.millis();
        List<Entry> provisional = store.provisional(nodeId, hourMs);
        List<Entry> posted = new ArrayList<>();
        for (Entry entry : provisional) {
            posted.add(new Entry(
                    entry.id(), State.POSTED, nodeId, hourMs, entry.key(), entry.amounts(), null, nowMs, null));
        }
        store.post(chained(nodeId, posted));
    }

    /** What is wrong with the chain of that node and month; empty when nothing is. */
    List<String> verify(String nodeId, String month) {
        List<String> problems = new ArrayList<>(EntryChain.problems(store.chain(nodeId, month)));
        problems.addAll(months.problems(nodeId, month));
        return problems;
    }

    /** @param entries of one node, of any hours */
    private List<Entry> chained(String nodeId, List<Entry> entries) {
        Map<String, Link> last = new HashMap<>();
        List<Entry> chained = new ArrayList<>();
        for (Entry entry : entries) {
            String month = month(entry.hourMs());
            Link before = last.computeIfAbsent(month, missing -> lastOf(nodeId, missing));
            long number = before.number() + 1;
            String hash = EntryChain.hash(entry, month, number, before.hash());
            Link link = new Link(month, number, before.hash(), hash);
            chained.add(new Entry(
                    entry.id(),
                    entry.state(),
                    nodeId,
                    entry.hourMs(),
                    entry.key(),
                    entry.amounts(),
                    entry.reason(),
                    entry.recordedMs(),
                    link));
            last.put(month, link);
        }
        return chained;
    }

    private Link lastOf(String nodeId, String month) {
        Link last = store.lastLink(nodeId, month);
        if (last == null) {
            months.begin(nodeId, month);
            return new Link(month, 0, EntryChain.START, EntryChain.START);
        }
        return last;
    }

    static String month(long hourMs) {
        return Instant.ofEpochMilli(hourMs).atOffset(ZoneOffset.UTC).toString().substring(0, 7);
    }

    private Entry entry(State state, String nodeId, long hourMs, Key key, Amounts amounts, @Nullable String reason) {
        return new Entry(store.nextId(), state, nodeId, hourMs, key, amounts, reason, clock.millis(), null);
    }

    private static Amounts minus(Amounts target, Amounts posted) {
        return new Amounts(
                target.energyUj() - posted.energyUj(),
                minus(target.facilityUj(), posted.facilityUj()),
                minus(target.locationUg(), posted.locationUg()),
                target.pricedUj() - posted.pricedUj(),
                target.expectedMs() - posted.expectedMs(),
                target.observedMs() - posted.observedMs(),
                minus(target.marketUg(), posted.marketUg()),
                minus(target.waterUl(), posted.waterUl()));
    }

    /** The key says whether a figure is known, so both are or one side has no entry at all. */
    private static @Nullable Long minus(@Nullable Long target, @Nullable Long posted) {
        if (target == null && posted == null) {
            return null;
        }
        return orZero(target) - orZero(posted);
    }

    private static boolean isZero(Amounts amounts) {
        return amounts.energyUj() == 0
                && orZero(amounts.facilityUj()) == 0
                && orZero(amounts.locationUg()) == 0
                && amounts.pricedUj() == 0
                && amounts.expectedMs() == 0
                && amounts.observedMs() == 0
                && orZero(amounts.marketUg()) == 0
                && orZero(amounts.waterUl()) == 0;
    }

    private static long orZero(@Nullable Long amount) {
        return amount == null ? 0 : amount;
    }
}
