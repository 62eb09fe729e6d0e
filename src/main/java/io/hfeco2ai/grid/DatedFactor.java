package io.hfeco2ai.grid;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;

/**
 * A factor and the hours it is for: [fromMs, toMs), epoch milliseconds.
 *
 * @param adoptedMs since when it prices anything; 0 = since ever
 */
record DatedFactor(long fromMs, long toMs, long adoptedMs, Grid.Factor factor) {

    /**
     * Best first among factors for the same hours. Scope 2, location-based, asks for what the power plants themselves
     * emit, so combustion-only comes before life-cycle, and a stated basis before an unstated one. Of the same basis the
     * one adopted last counts. Source and id make the order total.
     */
    private static final List<String> BASES = List.of("direct", "life-cycle", "unknown");

    private static final Comparator<DatedFactor> BEST_BASIS = Comparator.comparingInt(
                    (DatedFactor dated) -> BASES.indexOf(dated.factor.basis()))
            .thenComparing(DatedFactor::adoptedMs, Comparator.reverseOrder())
            .thenComparing(dated -> dated.factor.source())
            .thenComparing(dated -> dated.factor.id());

    DatedFactor(long fromMs, long toMs, Grid.Factor factor) {
        this(fromMs, toMs, 0, factor);
    }

    boolean covers(long hourMs) {
        return fromMs <= hourMs && hourMs < toMs;
    }

    /**
     * The factor of that method for an hour, of the finest resolution that has one: the hour's own value, else that of its
     * month, else of its year, else of another year. Upstream emissions are Scope 3 and price nothing here.
     *
     * @param hours values of hourly series, by factor id and hour
     */
    static Optional<DatedFactor> forHour(
            List<DatedFactor> ofZone,
            String method,
            long hourMs,
            BiFunction<String, Long, Optional<BigDecimal>> hours) {
        List<DatedFactor> candidates = ofZone.stream()
                .filter(dated -> dated.factor.method().equals(method) && BASES.contains(dated.factor.basis()))
                .toList();
        return candidates.stream()
                .filter(dated -> dated.factor.resolution() == Grid.Resolution.HOUR && dated.covers(hourMs))
                .sorted(BEST_BASIS)
                .flatMap(dated -> hours.apply(dated.factor.id(), hourMs).map(value -> dated.at(hourMs, value)).stream())
                .findFirst()
                .or(() -> candidates.stream()
                        .filter(dated -> dated.factor.resolution() == Grid.Resolution.MONTH && dated.covers(hourMs))
                        .min(BEST_BASIS))
                .or(() -> ofYears(candidates, hourMs));
    }

    /** The yearly average of that basis, whatever prices hours. */
    static Optional<DatedFactor> ofYear(List<DatedFactor> ofZone, String basis, int year) {
        return ofYears(
                ofZone.stream()
                        .filter(dated -> dated.factor.method().equals("average")
                                && dated.factor.basis().equals(basis))
                        .toList(),
                startOfYearMs(year));
    }

    boolean prices() {
        return BASES.contains(factor.basis());
    }

    /** Where no hourly series can be. */
    static Optional<DatedFactor> forHour(List<DatedFactor> ofZone, String method, long hourMs) {
        return forHour(ofZone, method, hourMs, (id, hour) -> Optional.empty());
    }

    /**
     * Of the yearly ones: the one that covers the hour and began last; else the latest one before it; else, for hours older
     * than the table, the earliest one. The last two are fallbacks and must be shown as such.
     */
    private static Optional<DatedFactor> ofYears(List<DatedFactor> candidates, long hourMs) {
        List<DatedFactor> yearly = candidates.stream()
                .filter(dated -> dated.factor.resolution() == Grid.Resolution.YEAR)
                .toList();
        Comparator<DatedFactor> latestStart =
                Comparator.comparingLong(DatedFactor::fromMs).reversed().thenComparing(BEST_BASIS);
        Comparator<DatedFactor> latestEnd =
                Comparator.comparingLong(DatedFactor::toMs).reversed().thenComparing(BEST_BASIS);
        Comparator<DatedFactor> earliest =
                Comparator.comparingLong(DatedFactor::fromMs).thenComparing(BEST_BASIS);
        return yearly.stream()
                .filter(dated -> dated.covers(hourMs))
                .min(latestStart)
                .or(() -> yearly.stream().filter(dated -> dated.toMs <= hourMs).min(latestEnd))
                .or(() -> yearly.stream().min(earliest));
    }

    /** The hour's value as a factor of its own, under the id of its series. */
    private DatedFactor at(long hourMs, BigDecimal gramsPerKwh) {
        int year = Instant.ofEpochMilli(hourMs).atOffset(ZoneOffset.UTC).getYear();
        return new DatedFactor(hourMs, hourMs + HourCache.HOUR_MS, adoptedMs, factor.with(year, gramsPerKwh));
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
