package io.hfeco2ai.ledger.embodied;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** Divides a node's hour by reserved device-time, to the microgram. */
final class HourSplit {

    private record Part(String key, long whole, long remainder) {}

    private HourSplit() {}

    /**
     * Largest remainder: each share is the exact one rounded down or up, and they add up.
     *
     * @param reservedMs by run, "" is nobody; what is not above 0 gets nothing
     * @return empty where nothing was reserved
     */
    static SortedMap<String, Long> of(long amountUg, SortedMap<String, Long> reservedMs) {
        long total = 0;
        for (long reserved : reservedMs.values()) {
            total += Math.max(0, reserved);
        }
        SortedMap<String, Long> shares = new TreeMap<>();
        if (total == 0) {
            return shares;
        }
        long left = amountUg;
        List<Part> parts = new ArrayList<>();
        for (Map.Entry<String, Long> reserved : reservedMs.entrySet()) {
            long weight = Math.max(0, reserved.getValue());
            long rest = Math.multiplyExact(amountUg % total, weight);
            Part part = new Part(reserved.getKey(), amountUg / total * weight + rest / total, rest % total);
            parts.add(part);
            shares.put(part.key(), part.whole());
            left -= part.whole();
        }
        parts.sort(Comparator.comparingLong(Part::remainder).reversed());
        for (Part part : parts.subList(0, Math.toIntExact(left))) {
            shares.merge(part.key(), 1L, Long::sum);
        }
        return shares;
    }
}
