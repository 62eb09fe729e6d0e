package io.hfeco2ai.grid.factors;

import io.hfeco2ai.grid.Grid;
import io.hfeco2ai.grid.Grid.FactorsChanged;
import io.hfeco2ai.grid.Grid.Resolution;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Service;

/**
 * Series that providers go on with. An hour that was final stays as it was; one that was estimated is replaced once the
 * provider knows better. A feed was chosen by whoever configured it, so what it brings prices at once.
 */
@Service
public class Feeds {

    private final Grid grid;
    private final FeedStore store;
    private final EditionStore editions;
    private final Clock clock;

    Feeds(Grid grid, FeedStore store, EditionStore editions, Clock clock) {
        this.grid = grid;
        this.store = store;
        this.editions = editions;
        this.clock = clock;
    }

    /** By provider and zone. */
    public List<Feed> all() {
        return store.all();
    }

    public Optional<Feed> find(String provider, String zone) {
        return store.find(provider, zone);
    }

    public void put(Feed feed) {
        store.put(feed);
    }

    /**
     * Stores what is new in these hours and marks the feed as answered.
     *
     * @param feed as it is to be kept, with what it had
     * @param hours whole ones, by time; may be empty
     */
    public Feed store(Feed feed, FactorOrigin origin, List<HourMeans.Hour> hours) {
        List<Feed> after = new ArrayList<>();
        grid.changeFactors(() -> {
            List<FactorFile.Value> fresh = hours.stream()
                    .map(hour -> new FactorFile.Value(
                            hour.hourMs(), hour.hourMs() + HourMeans.HOUR_MS, hour.gramsPerKwh(), hour.estimated()))
                    .toList();
            String known = feed.factorId();
            boolean goesOn = known != null && store.isOf(known, origin);
            List<FactorFile.Value> written = goesOn && known != null ? news(known, fresh) : fresh;
            String factorId = goesOn || written.isEmpty() ? known : begin(feed.zone(), origin, written);
            if (goesOn && known != null && !written.isEmpty()) {
                store.replace(known, written);
                store.summarise(known);
            }
            Feed kept = with(feed, factorId, written);
            store.put(kept);
            after.add(kept);
            return changes(feed.zone(), origin, written);
        });
        return after.get(0);
    }

    private List<FactorFile.Value> news(String factorId, List<FactorFile.Value> hours) {
        if (hours.isEmpty()) {
            return hours;
        }
        Map<Long, Boolean> stored = store.stored(
                factorId, hours.get(0).fromMs(), hours.get(hours.size() - 1).toMs());
        return hours.stream()
                .filter(hour -> {
                    Boolean estimated = stored.get(hour.fromMs());
                    return estimated == null || (estimated && !hour.estimated());
                })
                .toList();
    }

    private String begin(String zone, FactorOrigin origin, List<FactorFile.Value> hours) {
        FactorFile.Series series = new FactorFile.Series(zone, Resolution.HOUR, hours, List.of(), 0);
        return editions.factorOf(editions.add(origin, series, clock.millis(), clock.millis()));
    }

    private static Feed with(Feed feed, @Nullable String factorId, List<FactorFile.Value> written) {
        long before = Objects.requireNonNullElse(feed.newestMs(), Long.MIN_VALUE);
        long newest = written.stream().mapToLong(FactorFile.Value::fromMs).max().orElse(before);
        long newestMs = Math.max(before, newest);
        return new Feed(
                feed.provider(),
                feed.zone(),
                factorId,
                feed.triedMs(),
                feed.answeredMs(),
                newestMs == Long.MIN_VALUE ? null : newestMs,
                feed.failures(),
                feed.retryMs(),
                feed.problem(),
                feed.staleMs());
    }

    private List<FactorsChanged> changes(String zone, FactorOrigin origin, List<FactorFile.Value> written) {
        if (written.isEmpty() || !origin.method().equals("average")) {
            return List.of();
        }
        long fromMs = written.get(0).fromMs();
        long toMs = written.get(written.size() - 1).toMs();
        // Whether an hour is posted depends on the ledger's grace, and on when it gets there: always a correction.
        return List.of(new FactorsChanged(zone, fromMs, toMs, true));
    }
}
