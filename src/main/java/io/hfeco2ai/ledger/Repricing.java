package io.hfeco2ai.ledger;

import io.hfeco2ai.grid.Grid;
import io.hfeco2ai.grid.SiteChanged;
import io.hfeco2ai.ledger.Ledger.Amounts;
import io.hfeco2ai.ledger.Ledger.Key;
import io.hfeco2ai.ledger.periods.PeriodLocks;
import io.hfeco2ai.metering.Metering;
import io.hfeco2ai.metering.Metering.DirtyHour;
import io.hfeco2ai.metering.Metering.HourSum;
import io.hfeco2ai.metering.Metering.Node;
import io.hfeco2ai.platform.Ids;
import io.hfeco2ai.platform.rows.Records;
import io.hfeco2ai.units.Boundary;
import io.hfeco2ai.units.DeviceKind;
import io.hfeco2ai.units.Quality;
import java.time.Clock;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.LongPredicate;
import java.util.stream.Collectors;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Prices posted hours anew after a correction: a durable wish for each, worked off node by node, a month at a time, from the
 * posted energy and not from the facts, which did not change. Hours that need their facts (open, dirty or locked ones) are
 * marked for a recompute instead.
 */
@Component
class Repricing {

    private record Wish(String id, String siteId, long fromMs, long toMs, String afterNode) {}

    /** What an entry is about before it is priced. */
    private record Unpriced(
            String runId,
            DeviceKind kind,
            String shareKey,
            Quality quality,
            Boundary boundary,
            String origin,
            boolean synthetic,
            int uncertaintyPpm) {

        static Unpriced of(Key key) {
            return new Unpriced(
                    key.runId(),
                    key.kind(),
                    key.shareKey(),
                    key.quality(),
                    key.boundary(),
                    key.origin(),
                    key.synthetic(),
                    key.uncertaintyPpm());
        }
    }

    private final JdbcClient jdbc;
    private final Metering metering;
    private final Grid grid;
    private final EntryStore store;
    private final EntryBook book;
    private final SpendRollup spend;
    private final PeriodLocks locks;
    private final Clock clock;

    Repricing(
            JdbcClient jdbc,
            Metering metering,
            Grid grid,
            EntryStore store,
            EntryBook book,
            SpendRollup spend,
            PeriodLocks locks,
            Clock clock) {
        this.jdbc = jdbc;
        this.metering = metering;
        this.grid = grid;
        this.store = store;
        this.book = book;
        this.spend = spend;
        this.locks = locks;
        this.clock = clock;
    }

    /** In the transaction of the change, so the wish is as durable as the change itself. */
    void wish(SiteChanged changed) {
        jdbc.sql(
                        "INSERT INTO reprice_request (id, site_id, from_ms, to_ms, after_node, created_ms) VALUES (?, ?, ?, ?, '', ?)")
                .params(Ids.next(), changed.siteId(), changed.fromMs(), changed.toMs(), clock.millis())
                .update();
    }

    /** One node of the oldest wish. Returns false when there is none. */
    boolean bite() {
        Wish wish = jdbc.sql("SELECT id, site_id, from_ms, to_ms, after_node FROM reprice_request ORDER BY id LIMIT 1")
                .query(Records.of(Wish.class))
                .optional()
                .orElse(null);
        if (wish == null) {
            return false;
        }
        Node node = metering.nodes().stream()
                .filter(other -> other.id().compareTo(wish.afterNode()) > 0)
                .min(Comparator.comparing(Node::id))
                .orElse(null);
        if (node == null) {
            jdbc.sql("DELETE FROM reprice_request WHERE id = ?")
                    .param(wish.id())
                    .update();
            return true;
        }
        // The wish is seen, so the change that made it is committed: prices are read anew, not from before it.
        grid.readAnew();
        span(node, wish).forEach((fromMs, toMs) -> reprice(node.id(), wish.siteId(), fromMs, toMs));
        jdbc.sql("UPDATE reprice_request SET after_node = ? WHERE id = ?")
                .params(node.id(), wish.id())
                .update();
        return true;
    }

    /** Months in which the node may have entries, as from–to. */
    private Map<Long, Long> span(Node node, Wish wish) {
        Map<Long, Long> months = new TreeMap<>();
        long endMs = Math.min(wish.toMs(), clock.millis());
        if (grid.stays(node.id(), wish.fromMs(), Math.max(endMs, wish.fromMs() + 1)).stream()
                .noneMatch(stay -> stay.siteId().equals(wish.siteId()))) {
            return months;
        }
        Long firstMs = store.firstHour(node.id(), wish.fromMs());
        for (long fromMs = firstMs == null ? endMs : firstMs; fromMs < endMs; ) {
            OffsetDateTime at = Instant.ofEpochMilli(fromMs).atOffset(ZoneOffset.UTC);
            long nextMs = OffsetDateTime.of(at.getYear(), at.getMonthValue(), 1, 0, 0, 0, 0, ZoneOffset.UTC)
                    .plusMonths(1)
                    .toInstant()
                    .toEpochMilli();
            months.put(fromMs, Math.min(nextMs, endMs));
            fromMs = nextMs;
        }
        return months;
    }

    private void reprice(String nodeId, String siteId, long fromMs, long toMs) {
        Set<Long> needFacts = store.provisionalHours(nodeId, fromMs, toMs);
        needFacts.addAll(metering.dirtyOf(nodeId, fromMs, toMs).stream()
                .map(DirtyHour::hourMs)
                .collect(Collectors.toSet()));
        TreeMap<Long, Map<Key, Amounts>> posted = store.postedSums(nodeId, fromMs, toMs);
        Map<Long, Map<Key, Amounts>> target = new TreeMap<>();
        Set<Long> marked = new HashSet<>();
        LongPredicate locked = locks.lockedHours();
        posted.forEach((hourMs, sums) -> {
            if (!grid.siteOf(nodeId, hourMs).equals(siteId)) {
                return;
            }
            if (needFacts.contains(hourMs) || locked.test(hourMs)) {
                marked.add(hourMs);
            } else {
                target.put(hourMs, EntryPricing.price(unpriced(nodeId, hourMs, sums), grid.pricing(nodeId, hourMs)));
            }
        });
        needFacts.stream()
                .filter(hourMs -> grid.siteOf(nodeId, hourMs).equals(siteId))
                .forEach(marked::add);
        new TreeSet<>(marked).forEach(hourMs -> metering.markDirty(nodeId, hourMs, hourMs + LedgerWork.HOUR_MS));
        posted.keySet().retainAll(target.keySet());
        book.adjust(nodeId, posted, target);
        spend.mark(nodeId, target.keySet());
    }

    /** What the hour's energy is, whatever priced it until now. */
    private static List<HourSum> unpriced(String nodeId, long hourMs, Map<Key, Amounts> sums) {
        Map<Unpriced, long[]> parts = new LinkedHashMap<>();
        sums.forEach((key, amounts) -> {
            long[] sum = parts.computeIfAbsent(Unpriced.of(key), none -> new long[3]);
            sum[0] += amounts.energyUj();
            sum[1] += amounts.expectedMs();
            sum[2] += amounts.observedMs();
        });
        List<HourSum> unpriced = new ArrayList<>();
        parts.forEach((part, sum) -> {
            if (sum[0] != 0 || sum[1] != 0 || sum[2] != 0) {
                unpriced.add(sum(nodeId, hourMs, part, sum));
            }
        });
        return unpriced;
    }

    private static HourSum sum(String nodeId, long hourMs, Unpriced part, long[] sum) {
        return new HourSum(
                nodeId,
                hourMs,
                part.runId(),
                part.kind(),
                part.shareKey(),
                part.quality(),
                part.boundary(),
                part.origin(),
                part.synthetic(),
                sum[0],
                part.uncertaintyPpm(),
                sum[1],
                sum[2],
                null);
    }
}
