package io.hfeco2ai.ledger;

import io.hfeco2ai.grid.Grid;
import io.hfeco2ai.ledger.Ledger.Amounts;
import io.hfeco2ai.ledger.Ledger.Entry;
import io.hfeco2ai.ledger.Ledger.Key;
import io.hfeco2ai.ledger.Ledger.Link;
import io.hfeco2ai.ledger.Ledger.State;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** The rules of the books: what is posted stays, and what turns out different is adjusted by entries of its own. */
@Component
class EntryBook {

    static final String NEW_PRICE = "zone, PUE or factor became known or changed";
    static final String ZONE_CORRECTED = "zone corrected";
    static final String PUE_CORRECTED = "PUE corrected";
    static final String NEW_FACTS = "data arrived or claims changed after posting";

    private static final Amounts NOTHING = new Amounts(0, null, null, 0, 0, 0);

    private final EntryStore store;
    private final Grid grid;
    private final Clock clock;

    EntryBook(EntryStore store, Grid grid, Clock clock) {
        this.store = store;
        this.grid = grid;
        this.clock = clock;
    }

    /** Makes the entries of that node and hour add up to what is given, key by key. */
    void book(String nodeId, long hourMs, Map<Key, Amounts> target) {
        if (!store.isPosted(nodeId, hourMs)) {
            store.deleteProvisional(nodeId, hourMs);
            List<Entry> entries = new ArrayList<>();
            target.forEach((key, amounts) -> entries.add(entry(State.PROVISIONAL, nodeId, hourMs, key, amounts, null)));
            store.insert(entries);
            return;
        }
        Map<Key, Amounts> posted = store.postedSums(nodeId, hourMs);
        String reason = reason(posted, target);
        TreeSet<Key> keys = new TreeSet<>(EntryStore.KEY_ORDER);
        keys.addAll(posted.keySet());
        keys.addAll(target.keySet());
        List<Entry> adjustments = new ArrayList<>();
        for (Key key : keys) {
            Amounts difference = minus(target.getOrDefault(key, NOTHING), posted.getOrDefault(key, NOTHING));
            if (!isZero(difference)) {
                adjustments.add(entry(State.ADJUSTMENT, nodeId, hourMs, key, difference, reason));
            }
        }
        store.insert(chained(nodeId, hourMs, adjustments));
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
        store.post(chained(nodeId, hourMs, posted));
    }

    /** What is wrong with the chain of that node and month; empty when nothing is. */
    List<String> verify(String nodeId, String month) {
        List<String> problems = new ArrayList<>();
        String previous = EntryChain.START;
        long expected = 1;
        for (Entry entry : store.chain(nodeId, month)) {
            Link link = Objects.requireNonNull(entry.link());
            String name = "entry " + entry.id() + " (number " + link.number() + ")";
            if (link.number() != expected) {
                problems.add(name + ": number " + expected + " is missing before it");
            }
            if (!link.previousHash().equals(previous)) {
                problems.add(name + ": does not follow the entry before it");
            }
            if (!EntryChain.hash(entry, link.month(), link.number(), link.previousHash())
                    .equals(link.hash())) {
                problems.add(name + ": its content is not what was posted");
            }
            previous = link.hash();
            expected = link.number() + 1;
        }
        return problems;
    }

    private List<Entry> chained(String nodeId, long hourMs, List<Entry> entries) {
        if (entries.isEmpty()) {
            return entries;
        }
        String month = month(hourMs);
        Link last = store.lastLink(nodeId, month);
        long number = last == null ? 0 : last.number();
        String previous = last == null ? EntryChain.START : last.hash();
        List<Entry> chained = new ArrayList<>();
        for (Entry entry : entries) {
            number++;
            String hash = EntryChain.hash(entry, month, number, previous);
            chained.add(new Entry(
                    entry.id(),
                    entry.state(),
                    nodeId,
                    hourMs,
                    entry.key(),
                    entry.amounts(),
                    entry.reason(),
                    entry.recordedMs(),
                    new Link(month, number, previous, hash)));
            previous = hash;
        }
        return chained;
    }

    static String month(long hourMs) {
        return Instant.ofEpochMilli(hourMs).atOffset(ZoneOffset.UTC).toString().substring(0, 7);
    }

    private Entry entry(State state, String nodeId, long hourMs, Key key, Amounts amounts, @Nullable String reason) {
        return new Entry(store.nextId(), state, nodeId, hourMs, key, amounts, reason, clock.millis(), null);
    }

    /** A price that was known before is only ever replaced by a correction, or with new facts after one. */
    private String reason(Map<Key, Amounts> posted, Map<Key, Amounts> target) {
        if (prices(posted, key -> key.pue() + " " + key.factorId())
                .equals(prices(target, key -> key.pue() + " " + key.factorId()))) {
            return NEW_FACTS;
        }
        if (replaced(prices(posted, this::zone), prices(target, this::zone))) {
            return ZONE_CORRECTED;
        }
        return replaced(prices(posted, Key::pue), prices(target, Key::pue)) ? PUE_CORRECTED : NEW_PRICE;
    }

    private static boolean replaced(Set<Object> before, Set<Object> after) {
        return !before.isEmpty() && !after.isEmpty() && !before.equals(after);
    }

    private @Nullable String zone(Key key) {
        return key.factorId() == null
                ? null
                : grid.factor(key.factorId()).map(Grid.Factor::zone).orElse(null);
    }

    /** Of all energy that the entries add up to; what is unknown is left out. */
    private static Set<Object> prices(Map<Key, Amounts> sums, Function<Key, @Nullable Object> of) {
        Set<Object> prices = new HashSet<>();
        sums.forEach((key, amounts) -> {
            Object price = of.apply(key);
            if (amounts.energyUj() != 0 && price != null) {
                prices.add(price);
            }
        });
        return prices;
    }

    private static Amounts minus(Amounts target, Amounts posted) {
        return new Amounts(
                target.energyUj() - posted.energyUj(),
                minus(target.facilityUj(), posted.facilityUj()),
                minus(target.locationUg(), posted.locationUg()),
                target.pricedUj() - posted.pricedUj(),
                target.expectedMs() - posted.expectedMs(),
                target.observedMs() - posted.observedMs());
    }

    /** The key says whether a figure is known, so both are or one side has no entry at all. */
    private static @Nullable Long minus(@Nullable Long target, @Nullable Long posted) {
        if (target == null && posted == null) {
            return null;
        }
        return (target == null ? 0 : target) - (posted == null ? 0 : posted);
    }

    private static boolean isZero(Amounts amounts) {
        return amounts.energyUj() == 0
                && (amounts.facilityUj() == null || amounts.facilityUj() == 0)
                && (amounts.locationUg() == null || amounts.locationUg() == 0)
                && amounts.pricedUj() == 0
                && amounts.expectedMs() == 0
                && amounts.observedMs() == 0;
    }
}
