package io.hfeco2ai.ledger;

import io.hfeco2ai.grid.Grid;
import io.hfeco2ai.ledger.Ledger.Amounts;
import io.hfeco2ai.ledger.Ledger.Key;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Why posted entries turn out different, in words for whoever reads the books. */
@Component
class AdjustmentReason {

    static final String NEW_PRICE = "zone, PUE or factor became known or changed";
    static final String ZONE_CORRECTED = "zone corrected";
    static final String PUE_CORRECTED = "PUE corrected";
    static final String NEW_FACTS = "data arrived or claims changed after posting";
    static final String SUPPLY = "contracts or certificates changed";
    static final String WATER = "WUE became known or changed";
    static final String METHOD = "newer method version";

    private final Grid grid;

    AdjustmentReason(Grid grid) {
        this.grid = grid;
    }

    /** A price that was known before is only ever replaced by a correction, or with new facts after one. */
    String of(Map<Key, Amounts> posted, Map<Key, Amounts> target) {
        if (same(posted, target, key -> Arrays.asList(key.pue(), key.factorId()))) {
            return withSamePrice(posted, target);
        }
        if (replaced(all(posted, this::zone), all(target, this::zone))) {
            return ZONE_CORRECTED;
        }
        return replaced(all(posted, Key::pue), all(target, Key::pue)) ? PUE_CORRECTED : NEW_PRICE;
    }

    private static String withSamePrice(Map<Key, Amounts> posted, Map<Key, Amounts> target) {
        if (!all(posted, Key::methodVersion).containsAll(all(target, Key::methodVersion))) {
            return posted.isEmpty() ? NEW_FACTS : METHOD;
        }
        if (!same(posted, target, Key::market)) {
            return SUPPLY;
        }
        if (!same(posted, target, Key::wue)) {
            return WATER;
        }
        // The value of a series' hour was revised: its energy is what it was.
        return facts(posted).equals(facts(target)) ? NEW_PRICE : NEW_FACTS;
    }

    /** Whose energy and expected time it is, whatever priced it. */
    private static Map<List<Object>, List<Long>> facts(Map<Key, Amounts> sums) {
        Map<List<Object>, List<Long>> facts = new HashMap<>();
        sums.forEach((key, amounts) -> facts.merge(
                List.of(key.runId(), key.kind(), key.shareKey(), key.quality(), key.boundary(), key.origin()),
                List.of(amounts.energyUj(), amounts.expectedMs(), amounts.observedMs()),
                (one, other) ->
                        List.of(one.get(0) + other.get(0), one.get(1) + other.get(1), one.get(2) + other.get(2))));
        facts.values().removeIf(amounts -> amounts.equals(List.of(0L, 0L, 0L)));
        return facts;
    }

    private static boolean same(
            Map<Key, Amounts> posted, Map<Key, Amounts> target, Function<Key, @Nullable Object> of) {
        return all(posted, of).equals(all(target, of));
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
    private static Set<Object> all(Map<Key, Amounts> sums, Function<Key, @Nullable Object> of) {
        Set<Object> found = new HashSet<>();
        sums.forEach((key, amounts) -> {
            Object one = of.apply(key);
            if (amounts.energyUj() != 0 && one != null && !one.equals(List.of())) {
                found.add(one);
            }
        });
        return found;
    }
}
