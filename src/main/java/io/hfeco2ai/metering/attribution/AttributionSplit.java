package io.hfeco2ai.metering.attribution;

import java.math.BigInteger;

/** Divides whole microjoules so that the parts always add up. */
final class AttributionSplit {

    private AttributionSplit() {}

    /** floor(amount × part ÷ whole) for 0 ≤ part ≤ whole and amount ≥ 0, without overflow. */
    static long floorPart(long amount, long part, long whole) {
        long quotient = amount / whole;
        long rest = amount % whole;
        if (Math.multiplyHigh(rest, part) == 0 && rest * part >= 0) {
            return quotient * part + rest * part / whole;
        }
        return BigInteger.valueOf(amount)
                .multiply(BigInteger.valueOf(part))
                .divide(BigInteger.valueOf(whole))
                .longValueExact();
    }

    /**
     * What [fromMs, toMs) has of an amount spread evenly over [startMs, endMs). Cumulative floors: whatever the cuts, and
     * however the pieces are computed apart, they add up to the amount.
     */
    static long over(long amount, long startMs, long endMs, long fromMs, long toMs) {
        long length = endMs - startMs;
        return floorPart(amount, toMs - startMs, length) - floorPart(amount, fromMs - startMs, length);
    }

    /**
     * Largest remainder method: parts[i] = amount × weights[i] ÷ Σ weights, rounded down, and what is left goes one by one
     * to the largest remainders, ties to the lower place. Σ weights must be above 0.
     */
    static void byWeight(long amount, long[] weights, int count, long[] parts) {
        long whole = 0;
        for (int i = 0; i < count; i++) {
            whole = Math.addExact(whole, weights[i]);
        }
        long left = amount;
        for (int i = 0; i < count; i++) {
            parts[i] = floorPart(amount, weights[i], whole);
            left -= parts[i];
        }
        if (left > 0) {
            handOut(left, amount, weights, whole, count, parts);
        }
    }

    /** left is less than count, so each place gets at most one. */
    private static void handOut(long left, long amount, long[] weights, long whole, int count, long[] parts) {
        long[] remainders = new long[count];
        for (int i = 0; i < count; i++) {
            // Exact although the products may wrap: the true remainder is below whole, so the low 64 bits are it.
            remainders[i] = amount * weights[i] - parts[i] * whole;
        }
        for (long unit = 0; unit < left; unit++) {
            int largest = 0;
            for (int i = 1; i < count; i++) {
                if (remainders[i] > remainders[largest]) {
                    largest = i;
                }
            }
            remainders[largest] = -1;
            parts[largest]++;
        }
    }

    static void equally(long amount, int count, long[] parts) {
        long each = amount / count;
        long left = amount % count;
        for (int i = 0; i < count; i++) {
            parts[i] = i < left ? each + 1 : each;
        }
    }
}
