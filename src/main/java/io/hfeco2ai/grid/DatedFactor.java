package io.hfeco2ai.grid;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/** A factor and the hours it is for: [fromMs, toMs), epoch milliseconds. */
record DatedFactor(long fromMs, long toMs, Grid.Factor factor) {

    /**
     * Best first among factors for the same hours. Scope 2, location-based, asks for what the power plants themselves
     * emit, so combustion-only comes before life-cycle, and a stated basis before an unstated one. Source and id make
     * the order total.
     */
    private static final List<String> BASES = List.of("direct", "life-cycle", "unknown");

    private static final Comparator<DatedFactor> BEST_BASIS = Comparator.comparingInt(
                    (DatedFactor dated) -> rank(dated.factor.basis()))
            .thenComparing(dated -> dated.factor.source())
            .thenComparing(dated -> dated.factor.id());

    private static int rank(String basis) {
        int rank = BASES.indexOf(basis);
        return rank < 0 ? BASES.size() : rank;
    }

    boolean covers(long hourMs) {
        return fromMs <= hourMs && hourMs < toMs;
    }

    /**
     * The grid-average factor for an hour: the one that covers it and began last; else the latest one before it; else,
     * for hours older than the table, the earliest one. The last two are fallbacks and must be shown as such.
     */
    static Optional<DatedFactor> forHour(List<DatedFactor> ofZone, long hourMs) {
        List<DatedFactor> averages = ofZone.stream()
                .filter(dated -> dated.factor.method().equals("average"))
                .toList();
        Comparator<DatedFactor> latestStart =
                Comparator.comparingLong(DatedFactor::fromMs).reversed().thenComparing(BEST_BASIS);
        Comparator<DatedFactor> latestEnd =
                Comparator.comparingLong(DatedFactor::toMs).reversed().thenComparing(BEST_BASIS);
        Comparator<DatedFactor> earliest =
                Comparator.comparingLong(DatedFactor::fromMs).thenComparing(BEST_BASIS);
        return averages.stream()
                .filter(dated -> dated.covers(hourMs))
                .min(latestStart)
                .or(() ->
                        averages.stream().filter(dated -> dated.toMs <= hourMs).min(latestEnd))
                .or(() -> averages.stream().min(earliest));
    }

    /** A line of {@code factors*.csv}: an annual value, its id a hash of what identifies it. */
    static DatedFactor annual(Csv.Line line) {
        int year = Integer.parseInt(line.get("year"));
        String identity = String.join(
                "|",
                line.get("zone"),
                line.get("year"),
                line.get("method"),
                line.get("basis"),
                line.get("source"),
                line.get("edition"));
        Grid.Factor factor = new Grid.Factor(
                id(identity),
                line.get("zone"),
                year,
                new BigDecimal(line.get("g_per_kwh")),
                line.get("method"),
                line.get("basis"),
                line.get("gas"),
                line.get("source"),
                line.get("edition"),
                line.get("licence"),
                line.get("url"));
        return new DatedFactor(startOfYearMs(year), startOfYearMs(year + 1), factor);
    }

    private static long startOfYearMs(int year) {
        return LocalDate.of(year, 1, 1).atStartOfDay(ZoneOffset.UTC).toInstant().toEpochMilli();
    }

    private static String id(String identity) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(identity.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(hash, 0, 16);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
