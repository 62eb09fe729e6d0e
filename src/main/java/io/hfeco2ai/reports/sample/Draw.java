package io.hfeco2ai.reports.sample;

import io.hfeco2ai.ledger.Ledger.Claimed;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * Value-weighted selection with a random start and a fixed interval, as auditors draw samples by monetary unit (ISA 530,
 * appendix 4): each unit of value has the same chance, so large entries are likelier, and one that is larger than the interval
 * is always drawn. The interval is the sum of all values divided by the sample's size, rounded down, at least 1; the start is
 * SHA-256 of the seed's UTF-8 bytes, read as a number, modulo the interval. Anybody can draw the same sample again.
 */
final class Draw {

    /** What an entry weighs: micrograms of CO2e, location-based, where each entry has them, else microjoules; 0 or more. */
    enum Value {
        EMISSIONS,
        ENERGY
    }

    private final Value value;
    private final BigInteger interval;
    private BigInteger next;
    private BigInteger passed = BigInteger.ZERO;

    /** @param total of all values, above 0 */
    Draw(Value value, BigInteger total, int size, String seed) {
        this.value = value;
        this.interval = total.divide(BigInteger.valueOf(size)).max(BigInteger.ONE);
        this.next = sha256(seed).mod(interval);
    }

    BigInteger interval() {
        return interval;
    }

    /** How often the entry is hit; 0: it is not in the sample. To be called for each entry, in their order. */
    int hits(Claimed entry) {
        passed = passed.add(of(value, entry));
        int hits = 0;
        while (next.compareTo(passed) < 0) {
            next = next.add(interval);
            hits++;
        }
        return hits;
    }

    /** An adjustment may be negative: what counts is how much it moves. */
    static BigInteger of(Value value, Claimed entry) {
        Long micrograms = entry.entry().amounts().locationUg();
        long amount = value == Value.ENERGY || micrograms == null
                ? entry.entry().amounts().energyUj()
                : micrograms;
        return BigInteger.valueOf(amount).abs();
    }

    private static BigInteger sha256(String seed) {
        try {
            return new BigInteger(
                    1, MessageDigest.getInstance("SHA-256").digest(seed.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
