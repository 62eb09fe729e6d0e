package io.hfeco2ai.audit;

import java.util.Collection;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Walks the trail from its first row and notes what does not fit. */
final class ChainCheck {

    private static final int MOST = 100;

    private final TreeSet<Long> changed = new TreeSet<>();
    private final TreeSet<Long> missing = new TreeSet<>();
    private long rows;
    private @Nullable Event last;

    void next(Event event) {
        long expected = last == null ? 1 : last.no() + 1;
        missing(expected, event.no());
        if (!event.hash().equals(event.expectedHash())) {
            note(changed, event.no());
        }
        String before = last == null ? Event.NO_HASH : last.hash();
        if (event.no() == expected && !event.prevHash().equals(before)) {
            // Whoever wrote a row anew with a fitting hash could not do so with the one after it.
            note(changed, last == null ? event.no() : last.no());
        }
        rows++;
        last = event;
    }

    /** @param head where the trail should end */
    Audit.Check end(Audit.Head head) {
        long lastNo = last == null ? 0 : last.no();
        missing(lastNo + 1, head.no() + 1);
        if (last != null
                && (lastNo > head.no() || (lastNo == head.no() && !last.hash().equals(head.hash())))) {
            note(changed, lastNo);
        }
        return new Audit.Check(rows, List.copyOf(changed), List.copyOf(missing));
    }

    private void missing(long from, long until) {
        for (long no = from; no < until && missing.size() < MOST; no++) {
            missing.add(no);
        }
    }

    private static void note(Collection<Long> found, long no) {
        if (found.size() < MOST) {
            found.add(no);
        }
    }
}
