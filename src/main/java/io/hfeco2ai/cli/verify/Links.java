package io.hfeco2ai.cli.verify;

import io.hfeco2ai.cli.verify.Line.Column;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The hash of each posted entry, and that neighbours of a chain follow each other. A bundle of a team or a part of a month
 * has holes where other entries stand; what lies more than {@value #MOST} entries apart in the file is not compared.
 */
final class Links {

    private static final String START = "0".repeat(64);
    private static final int MOST = 100_000;

    private record Place(String chain, long number) {}

    private record Ends(String previous, String hash) {}

    private final Findings findings;
    private final Map<Place, Ends> seen = new LinkedHashMap<>(16, 0.75f, false) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Place, Ends> eldest) {
            return size() > MOST;
        }
    };

    Links(Findings findings) {
        this.findings = findings;
    }

    void check(Line line) {
        String hash = line.get(Column.HASH);
        if (line.get(Column.STATE).equals("PROVISIONAL")) {
            if (!hash.isEmpty()) {
                differs(line, "a provisional entry has no hash", "", hash);
            }
            findings.checked("provisional entries, which have no hash");
            return;
        }
        String computed = line.computedHash();
        if (!computed.equals(hash)) {
            differs(line, "its content is not what was posted: hash", computed, hash);
        }
        findings.checked("hashes of entries");
        String month =
                Instant.ofEpochMilli(line.number(Column.HOUR_MS)).toString().substring(0, 7);
        if (!month.equals(line.get(Column.CHAIN_MONTH))) {
            differs(line, "chain_month", month, line.get(Column.CHAIN_MONTH));
        }
        neighbours(line, line.get(Column.NODE_ID) + '\n' + month, line.number(Column.CHAIN_NO));
    }

    private void neighbours(Line line, String chain, long number) {
        Ends own = new Ends(line.get(Column.PREV_HASH), line.get(Column.HASH));
        if (number == 1) {
            compare(line, START, own.previous());
        }
        Ends before = seen.get(new Place(chain, number - 1));
        if (before != null) {
            compare(line, before.hash(), own.previous());
        }
        Ends after = seen.get(new Place(chain, number + 1));
        if (after != null) {
            compare(line, own.hash(), after.previous());
        }
        if (seen.put(new Place(chain, number), own) != null) {
            differs(line, "its place in the chain is taken twice: chain_no", "", Long.toString(number));
        }
    }

    private void compare(Line line, String hash, String previous) {
        findings.checked("links between neighbours");
        if (!hash.equals(previous)) {
            differs(line, "does not follow its neighbour in the chain: prev_hash", hash, previous);
        }
    }

    private void differs(Line line, String what, String expected, String found) {
        findings.differs(BundleZip.ENTRIES, line.number(), line.id(), what, expected, found);
    }
}
