package io.hfeco2ai.grid.factors;

import io.hfeco2ai.grid.Grid;
import io.hfeco2ai.grid.Grid.FactorsChanged;
import io.hfeco2ai.platform.BadInput;
import io.hfeco2ai.platform.Changed;
import io.hfeco2ai.platform.Conflict;
import io.hfeco2ai.platform.NotFound;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.stereotype.Service;

/** Factors that people bring: stored as candidates, which price nothing before somebody adopts them. */
@Service
class Editions {

    /** Methods whose values price hours by themselves; the others wait for a contract, or only advise. */
    private static final Set<String> PRICING = Set.of("average", "residual");

    private final Grid grid;
    private final EditionStore store;
    private final ApplicationEventPublisher events;
    private final Clock clock;

    Editions(Grid grid, EditionStore store, ApplicationEventPublisher events, Clock clock) {
        this.grid = grid;
        this.store = store;
        this.events = events;
        this.clock = clock;
    }

    /**
     * Stores a file's series, all or none.
     *
     * @param retrievedMs when they were taken from the source; null: not said
     * @param adopt price with them at once
     * @return the new editions, one for each zone
     * @throws BadInput an edition of that name has values for the same time already
     */
    List<Edition> add(FactorOrigin origin, List<FactorFile.Series> series, @Nullable Long retrievedMs, boolean adopt) {
        List<Edition> added = new ArrayList<>();
        grid.changeFactors(() -> {
            for (FactorFile.Series each : series) {
                refuseTwice(origin, each);
                Long adoptedMs = adopt ? clock.millis() : null;
                added.addAll(store.byId(store.add(origin, each, retrievedMs, adoptedMs)));
            }
            added.forEach(edition -> tell("factors.imported", edition));
            return adopt ? changes(added) : List.of();
        });
        return added;
    }

    private void refuseTwice(FactorOrigin origin, FactorFile.Series series) {
        long fromMs = series.values().get(0).fromMs();
        long toMs = series.values().get(series.values().size() - 1).toMs();
        boolean there = store.ofZone(series.zone()).stream()
                .anyMatch(edition -> edition.origin().equals(origin)
                        && edition.resolution() == series.resolution()
                        && edition.fromMs() < toMs
                        && fromMs < edition.toMs());
        if (there) {
            throw new BadInput(
                    "edition",
                    "Zone " + series.zone() + " has values of this edition for the same time already: give what differs"
                            + " another name, or discard the candidate first.");
        }
    }

    List<Edition> ofZone(String zone) {
        return store.ofZone(zone);
    }

    List<Edition> candidates() {
        return store.candidates();
    }

    /**
     * From now on it prices the hours that it has values for, past ones too; nothing if it does already.
     *
     * @throws NotFound no such edition
     */
    Edition adopt(String id) {
        Edition edition = edition(id);
        grid.changeFactors(() -> {
            if (!store.adopt(id, clock.millis())) {
                return List.of();
            }
            tell("factors.adopted", edition);
            return changes(List.of(edition));
        });
        return edition;
    }

    /**
     * Deletes a candidate.
     *
     * @throws NotFound no such edition
     * @throws Conflict it was adopted, so entries may stand on it
     */
    Edition discard(String id) {
        Edition edition = edition(id);
        if (edition.adoptedMs() != null) {
            throw new Conflict("This edition was adopted and stays: adopt a newer one instead.");
        }
        grid.changeFactors(() -> {
            store.discard(id);
            tell("factors.discarded", edition);
            return List.of();
        });
        return edition;
    }

    private Edition edition(String id) {
        return store.byId(id).stream().findFirst().orElseThrow(() -> new NotFound("edition " + id));
    }

    private static List<FactorsChanged> changes(List<Edition> editions) {
        List<FactorsChanged> changes = new ArrayList<>();
        for (Edition edition : editions) {
            if (PRICING.contains(edition.origin().method())) {
                changes.add(new FactorsChanged(edition.zone(), edition.fromMs(), edition.toMs(), true));
                if (edition.resolution() == Grid.Resolution.YEAR) {
                    // A year's value stands in for years without one: their hours without a price get it too.
                    changes.add(new FactorsChanged(edition.zone(), 0, Long.MAX_VALUE, false));
                }
            }
        }
        return changes;
    }

    private void tell(String action, Edition edition) {
        events.publishEvent(new Changed(
                action,
                "factors",
                edition.id(),
                null,
                Map.of(
                        "zone", edition.zone(),
                        "method", edition.origin().method(),
                        "basis", edition.origin().basis(),
                        "source", edition.origin().source(),
                        "edition", edition.origin().edition(),
                        "from", Instant.ofEpochMilli(edition.fromMs()).toString(),
                        "to", Instant.ofEpochMilli(edition.toMs()).toString(),
                        "values", Long.toString(edition.values()))));
    }
}
