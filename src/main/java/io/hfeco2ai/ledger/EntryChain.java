package io.hfeco2ai.ledger;

import io.hfeco2ai.ledger.Ledger.Amounts;
import io.hfeco2ai.ledger.Ledger.Entry;
import io.hfeco2ai.ledger.Ledger.Key;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * Makes a later change of a posted entry visible: each carries the SHA-256 (FIPS 180-4) of the hash before it and of all
 * its own fields.
 */
final class EntryChain {

    /** What the first entry of a chain follows. */
    static final String START = "0".repeat(64);

    private EntryChain() {}

    static String hash(Entry entry, String month, long number, String previousHash) {
        String text = canonical(entry, month, number, previousHash);
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
        Object[] fields = {
            previousHash,
            month,
            number,
            entry.id(),
            entry.state(),
            entry.nodeId(),
            entry.hourMs(),
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
            amounts.observedMs(),
            text(entry.reason()),
            entry.recordedMs()
        };
        for (Object field : fields) {
            String content = field.toString();
            text.append(content.length()).append(':').append(content).append(',');
        }
        return text.toString();
    }

    private static String plain(@Nullable BigDecimal pue) {
        return pue == null ? "-" : EntryPricing.scaled(pue).toPlainString();
    }

    private static String text(@Nullable Object field) {
        return field == null ? "-" : field.toString();
    }
}
