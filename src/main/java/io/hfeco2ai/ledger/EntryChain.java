package io.hfeco2ai.ledger;

import io.hfeco2ai.ledger.Ledger.Amounts;
import io.hfeco2ai.ledger.Ledger.Entry;
import io.hfeco2ai.ledger.Ledger.Key;
import io.hfeco2ai.ledger.Ledger.Link;
import io.hfeco2ai.ledger.Ledger.MarketKey;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Makes a later change of a posted entry visible: each carries the SHA-256 (FIPS 180-4) of the hash before it and of all
 * its own fields.
 */
final class EntryChain {

    /** What the first entry of a chain follows. */
    static final String START = "0".repeat(64);

    /** Its entries have neither market-based figures nor water. */
    private static final String WITHOUT_MARKET = "1";

    private EntryChain() {}

    static String hash(Entry entry, String month, long number, String previousHash) {
        return sha256(canonical(entry, month, number, previousHash));
    }

    /** @param chain all entries of a node and month in the order of their numbers @return empty: nothing is wrong */
    static List<String> problems(List<Entry> chain) {
        List<String> problems = new ArrayList<>();
        String previous = START;
        long expected = 1;
        for (Entry entry : chain) {
            Link link = Objects.requireNonNull(entry.link());
            String name = "entry " + entry.id() + " (number " + link.number() + ")";
            if (link.number() != expected) {
                problems.add(name + ": number " + expected + " is missing before it");
            }
            if (!link.previousHash().equals(previous)) {
                problems.add(name + ": does not follow the entry before it");
            }
            if (!hash(entry, link.month(), link.number(), link.previousHash()).equals(link.hash())) {
                problems.add(name + ": its content is not what was posted");
            }
            previous = link.hash();
            expected = link.number() + 1;
        }
        return problems;
    }

    private static String sha256(String text) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    /** Each field as length, colon, content, comma: no two different entries read the same. */
    private static String canonical(Entry entry, String month, long number, String previousHash) {
        Key key = entry.key();
        Amounts amounts = entry.amounts();
        StringBuilder text = new StringBuilder(600);
        append(
                text,
                new Object[] {previousHash, month, number, entry.id(), entry.state(), entry.nodeId(), entry.hourMs()});
        append(text, content(key, amounts));
        append(text, new Object[] {text(entry.reason()), entry.recordedMs()});
        if (!key.methodVersion().equals(WITHOUT_MARKET)) {
            append(text, sinceVersion2(key, amounts));
        }
        return text.toString();
    }

    private static Object[] content(Key key, Amounts amounts) {
        return new Object[] {
            key.runId(),
            key.kind(),
            key.shareKey(),
            key.quality(),
            key.boundary(),
            key.origin(),
            key.synthetic(),
            plain(key.pue()),
            text(key.factorId()),
            key.uncertaintyPpm(),
            key.methodVersion(),
            amounts.energyUj(),
            text(amounts.facilityUj()),
            text(amounts.locationUg()),
            amounts.pricedUj(),
            amounts.expectedMs(),
            amounts.observedMs()
        };
    }

    private static Object[] sinceVersion2(Key key, Amounts amounts) {
        MarketKey market = key.market();
        return new Object[] {
            text(market == null ? null : market.method()),
            text(market == null ? null : market.factorId()),
            text(market == null ? null : market.certifiedPpm()),
            text(market == null ? null : market.certificateFactorId()),
            plain(key.wue()),
            text(amounts.marketUg()),
            text(amounts.waterUl())
        };
    }

    private static void append(StringBuilder text, Object[] fields) {
        for (Object field : fields) {
            String content = field.toString();
            text.append(content.length()).append(':').append(content).append(',');
        }
    }

    /** Of a change as a whole, so that what is booked is what was approved. */
    static String digest(Map<Key, Amounts> differences) {
        StringBuilder text = new StringBuilder();
        differences.forEach((key, amounts) -> {
            append(text, content(key, amounts));
            append(text, sinceVersion2(key, amounts));
        });
        return sha256(text.toString());
    }

    private static String plain(@Nullable BigDecimal ratio) {
        return ratio == null ? "-" : EntryPricing.scaled(ratio).toPlainString();
    }

    private static String text(@Nullable Object field) {
        return field == null ? "-" : field.toString();
    }
}
