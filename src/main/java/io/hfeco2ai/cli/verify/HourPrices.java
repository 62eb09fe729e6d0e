package io.hfeco2ai.cli.verify;

import io.hfeco2ai.cli.verify.Line.Column;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Computes facility energy, emissions and water of an hour again from energy, PUE, WUE and factors. An entry and its
 * corrections add up to what is priced, so they are looked at together; one hour is in memory at a time.
 */
final class HourPrices {

    private static final BigDecimal MILLION = BigDecimal.valueOf(1_000_000);
    private static final Column[] SUMMED = {
        Column.ENERGY_UJ, Column.FACILITY_UJ, Column.LOCATION_UG, Column.PRICED_UJ, Column.MARKET_UG, Column.WATER_UL
    };

    private static final class Group {
        final Line first;
        final @Nullable BigInteger[] sums = new BigInteger[SUMMED.length];
        int lines;

        Group(Line first) {
            this.first = first;
        }

        void add(Line line) {
            for (int at = 0; at < SUMMED.length; at++) {
                BigInteger more = line.whole(SUMMED[at]);
                BigInteger until = sums[at];
                if (lines > 0 && (more == null) != (until == null)) {
                    throw new NumberFormatException(
                            SUMMED[at].title + " is known in only some entries of the same kind");
                }
                sums[at] = more == null || until == null ? more : until.add(more);
            }
            lines++;
        }
    }

    private final Factors factors;
    private final Findings findings;
    private final Map<String, Group> groups = new LinkedHashMap<>();
    private long hourMs = Long.MIN_VALUE;

    HourPrices(Factors factors, Findings findings) {
        this.factors = factors;
        this.findings = findings;
    }

    /** @throws NumberFormatException an amount is none */
    void add(Line line) {
        long hour = line.number(Column.HOUR_MS);
        if (hour < hourMs) {
            findings.differs(
                    BundleZip.ENTRIES, line.number(), line.id(), "hours are not in order: hour_ms", hourMs, hour);
        }
        if (hour != hourMs) {
            end();
            hourMs = hour;
        }
        groups.computeIfAbsent(line.key(), key -> new Group(line)).add(line);
    }

    /** Of an hour, or of all. */
    void end() {
        for (Group group : groups.values()) {
            try {
                check(group);
            } catch (NumberFormatException e) {
                Line line = group.first;
                findings.differs(
                        BundleZip.ENTRIES,
                        line.number(),
                        line.id(),
                        "not a number where one must be",
                        "a number",
                        e.getMessage());
            }
        }
        groups.clear();
    }

    private void check(Group group) {
        findings.checked("sums of entries priced again");
        Line line = group.first;
        BigInteger energy = Objects.requireNonNull(group.sums[0], "number() has read it");
        boolean missing = line.get(Column.QUALITY).equals("MISSING");
        BigDecimal pue = line.decimal(Column.PUE);
        BigInteger facility = missing
                ? null
                : line.get(Column.BOUNDARY).equals("FACILITY")
                        ? energy
                        : pue == null ? null : rounded(new BigDecimal(energy).multiply(pue));
        BigInteger emitting = facility == null ? energy : facility;
        BigDecimal wue = line.decimal(Column.WUE);
        String factor = line.get(Column.FACTOR_ID);
        compare(group, 1, facility);
        compare(group, 2, factor.isEmpty() ? null : perKwh(emitting, value(line, factor)));
        compare(group, 3, factor.isEmpty() ? BigInteger.ZERO : energy);
        compare(group, 4, line.get(Column.MARKET_METHOD).isEmpty() ? null : perKwh(emitting, market(line)));
        compare(group, 5, wue == null ? null : perKwh(energy, wue));
    }

    /** g/kWh, of what certificates cover and of the rest; null: a value is missing, which is told apart. */
    private @Nullable BigDecimal market(Line line) {
        BigDecimal rest = value(line, line.get(Column.MARKET_FACTOR_ID));
        String certificate = line.get(Column.CERTIFICATE_FACTOR_ID);
        if (certificate.isEmpty()) {
            return rest;
        }
        BigDecimal certified = value(line, certificate);
        BigDecimal part = Objects.requireNonNullElse(line.decimal(Column.CERTIFIED_PPM), BigDecimal.ZERO);
        return rest == null || certified == null
                ? null
                : certified
                        .multiply(part)
                        .add(rest.multiply(MILLION.subtract(part)))
                        .movePointLeft(6);
    }

    private @Nullable BigDecimal value(Line line, String factor) {
        BigDecimal value = factors.at(factor, line.get(Column.HOUR_MS));
        if (value == null) {
            findings.differs(
                    BundleZip.ENTRIES,
                    line.number(),
                    line.id(),
                    "factors.csv has no value for that hour of factor " + factor,
                    null,
                    null);
        }
        return value;
    }

    /** Micrograms of g/kWh, microlitres of l/kWh. */
    private static @Nullable BigInteger perKwh(BigInteger microjoules, @Nullable BigDecimal perKwh) {
        return perKwh == null
                ? null
                : new BigDecimal(microjoules)
                        .multiply(perKwh)
                        .movePointRight(6)
                        .divide(Tally.UJ_PER_KWH, 0, RoundingMode.HALF_EVEN)
                        .toBigInteger();
    }

    private static BigInteger rounded(BigDecimal amount) {
        return amount.setScale(0, RoundingMode.HALF_EVEN).toBigInteger();
    }

    private void compare(Group group, int at, @Nullable BigInteger expected) {
        BigInteger found = group.sums[at];
        if (!Objects.equals(expected, found)) {
            String others = group.lines == 1 ? "" : " (with " + (group.lines - 1) + " corrections of the same hour)";
            findings.differs(
                    BundleZip.ENTRIES,
                    group.first.number(),
                    group.first.id(),
                    SUMMED[at].title + others + " does not follow from energy, PUE, WUE and factors",
                    expected,
                    found);
        }
    }
}
