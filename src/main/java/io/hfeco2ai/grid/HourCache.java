package io.hfeco2ai.grid;

import java.math.BigDecimal;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Values of hourly series, read from the database a month at a time. Holds the last {@value #MOST_BLOCKS} months, some 4 MB,
 * however many series there are. Belongs to one snapshot, so nothing in it is older than that.
 */
final class HourCache {

    static final long HOUR_MS = 3_600_000;
    static final int MOST_BLOCKS = 64;
    private static final long BLOCK_MS = 720 * HOUR_MS;

    private record Key(String factorId, long block) {}

    private final GridStore store;
    private final Map<Key, Map<Long, BigDecimal>> blocks = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Key, Map<Long, BigDecimal>> eldest) {
            return size() > MOST_BLOCKS;
        }
    };

    HourCache(GridStore store) {
        this.store = store;
    }

    /** @return g/kWh; nothing where the series has no value for that hour */
    Optional<BigDecimal> at(String factorId, long hourMs) {
        Key key = new Key(factorId, Math.floorDiv(hourMs, BLOCK_MS));
        Map<Long, BigDecimal> block;
        synchronized (blocks) {
            block = blocks.get(key);
        }
        if (block == null) {
            // Not while holding the lock: who waits for a connection must not keep those who have one waiting.
            long fromMs = key.block * BLOCK_MS;
            block = store.hours(factorId, fromMs, fromMs + BLOCK_MS);
            synchronized (blocks) {
                blocks.put(key, block);
            }
        }
        return Optional.ofNullable(block.get(hourMs));
    }
}
