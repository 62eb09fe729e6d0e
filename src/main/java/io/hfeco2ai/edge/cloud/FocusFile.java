package io.hfeco2ai.edge.cloud;

import io.hfeco2ai.units.DeviceKind;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiPredicate;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;
import org.apache.commons.csv.DuplicateHeaderMode;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Reads a bill in the columns of FOCUS, the FinOps Open Cost and Usage Specification (1.2), as AWS, Azure and Google Cloud
 * export it. A value that cannot be is a mistake; a line whose power nobody knows is not covered, which is told and no mistake.
 */
final class FocusFile {

    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final Set<String> NEEDED = new TreeSet<>(Set.of(
            "ChargePeriodStart", "ChargePeriodEnd", "ProviderName", "RegionId", "ConsumedQuantity", "ConsumedUnit"));
    /** Units of time, in hours. */
    private static final Map<String, Double> HOURS = Map.of(
            "hour",
            1.0,
            "hours",
            1.0,
            "hr",
            1.0,
            "hrs",
            1.0,
            "h",
            1.0,
            "minute",
            1 / 60.0,
            "minutes",
            1 / 60.0,
            "second",
            1 / 3600.0,
            "seconds",
            1 / 3600.0);

    private static final int MOST_MISTAKES = 100;
    private static final int MOST_DAYS = 366;
    private static final double MOST_WATTS = 1_000_000;
    private static final long DAY_MS = 86_400_000;

    /** @param row of the file, the header is 1 */
    record Mistake(long row, String column, String message) {}

    /**
     * What was read.
     *
     * @param uncovered by reason, a message key: how many lines, of use
     * @param lines of use: what is no use (taxes, credits, purchases) is not counted
     * @param cost null: the bill has no EffectiveCost
     * @param currency empty: not said, or several
     */
    record Checked(
            List<CloudLine> covered,
            Map<String, Integer> uncovered,
            int lines,
            @Nullable BigDecimal cost,
            @Nullable BigDecimal coveredCost,
            String currency,
            List<Mistake> mistakes) {}

    /**
     * How lines are turned into energy.
     *
     * @param utilisationPercent that is assumed, 0 to 100
     * @param tag key of the tag that names the project
     * @param project where lines go that have no such tag
     * @param now no time is later
     * @param oldest no time is earlier
     * @param knowsRegion of a provider: whether its zone is known
     */
    record Wish(
            double utilisationPercent,
            String tag,
            String project,
            Instant now,
            Instant oldest,
            BiPredicate<String, String> knowsRegion) {}

    private final InstancePower power;
    private final Wish wish;
    private final List<CloudLine> covered = new ArrayList<>();
    private final Map<String, Integer> uncovered = new TreeMap<>();
    private final List<Mistake> mistakes = new ArrayList<>();
    private final Set<String> currencies = new TreeSet<>();
    private int lines;
    private @Nullable BigDecimal cost;
    private @Nullable BigDecimal coveredCost;

    private FocusFile(InstancePower power, Wish wish) {
        this.power = power;
        this.wish = wish;
    }

    /** A value that cannot be. */
    private static final class Wrong extends RuntimeException {
        private static final long serialVersionUID = 1;
        final String column;

        Wrong(String column, String message) {
            super(message);
            this.column = column;
        }
    }

    static Checked read(byte[] file, InstancePower power, Wish wish) {
        FocusFile bill = new FocusFile(power, wish);
        try (CSVParser parser = CSVFormat.RFC4180
                .builder()
                .setHeader()
                .setSkipHeaderRecord(true)
                .setIgnoreEmptyLines(true)
                .setDuplicateHeaderMode(DuplicateHeaderMode.DISALLOW)
                .get()
                .parse(new InputStreamReader(new ByteArrayInputStream(withoutMark(file)), StandardCharsets.UTF_8))) {
            Set<String> missing = new TreeSet<>(NEEDED);
            missing.removeAll(parser.getHeaderNames());
            if (missing.isEmpty()) {
                parser.forEach(bill::line);
            } else {
                missing.forEach(column -> bill.mistakes.add(
                        new Mistake(1, column, "The column is missing: export the bill in FOCUS, or add it.")));
            }
        } catch (IOException | UncheckedIOException | IllegalArgumentException | IllegalStateException e) {
            bill.mistakes.add(new Mistake(
                    1, "", "This is no CSV file (RFC 4180) with a header of different names: " + e.getMessage()));
        }
        return new Checked(
                bill.covered,
                bill.uncovered,
                bill.lines,
                bill.cost,
                bill.coveredCost,
                bill.currencies.size() == 1 ? bill.currencies.iterator().next() : "",
                bill.mistakes);
    }

    private static byte[] withoutMark(byte[] file) {
        boolean marked = file.length > 2 && file[0] == (byte) 0xEF && file[1] == (byte) 0xBB && file[2] == (byte) 0xBF;
        return marked ? java.util.Arrays.copyOfRange(file, 3, file.length) : file;
    }

    private void line(CSVRecord row) {
        if (mistakes.size() >= MOST_MISTAKES) {
            return;
        }
        try {
            String category = text(row, "ChargeCategory");
            if (category.isEmpty() || category.equalsIgnoreCase("Usage")) {
                lines++;
                BigDecimal charged = charged(row);
                Optional<CloudLine> line = use(row);
                if (line.isPresent()) {
                    covered.add(line.get());
                    coveredCost = plus(coveredCost, charged);
                } else if (charged != null && coveredCost == null) {
                    coveredCost = BigDecimal.ZERO;
                }
            }
        } catch (Wrong e) {
            mistakes.add(new Mistake(row.getRecordNumber() + 1, e.column, String.valueOf(e.getMessage())));
        }
    }

    private @Nullable BigDecimal charged(CSVRecord row) {
        if (text(row, "EffectiveCost").isEmpty()) {
            return null;
        }
        BigDecimal charged = number(row, "EffectiveCost");
        cost = plus(cost, charged);
        currencies.add(text(row, "BillingCurrency"));
        return charged;
    }

    private static @Nullable BigDecimal plus(@Nullable BigDecimal one, @Nullable BigDecimal other) {
        return one == null ? other : other == null ? one : one.add(other);
    }

    private Optional<CloudLine> use(CSVRecord row) {
        long fromMs = time(row, "ChargePeriodStart");
        long toMs = time(row, "ChargePeriodEnd");
        checkSpan(fromMs, toMs);
        BigDecimal quantity = number(row, "ConsumedQuantity");
        String provider = provider(text(row, "ProviderName"));
        String region = text(row, "RegionId").toLowerCase(Locale.ROOT);
        Double unitHours = HOURS.get(text(row, "ConsumedUnit").toLowerCase(Locale.ROOT));
        if (unitHours == null) {
            return not("unit");
        }
        if (quantity.signum() <= 0) {
            return not(quantity.signum() == 0 ? "nothing" : "negative");
        }
        if (provider.isEmpty()) {
            return not("provider");
        }
        if (!wish.knowsRegion().test(provider, region)) {
            return not("region");
        }
        double hours = quantity.doubleValue() * unitHours;
        JsonNode details = json(row, "SkuPriceDetails");
        String type = type(row, details);
        Map<DeviceKind, Double> watts = watts(row, provider, type, details);
        if (watts.isEmpty()) {
            return not("power");
        }
        double most = watts.values().stream().mapToDouble(Double::doubleValue).sum() * hours * 3.6e6 / (toMs - fromMs);
        if (most > MOST_WATTS) {
            throw new Wrong("ConsumedQuantity", "So many hours in that time come to more than 1 MW: check the unit.");
        }
        return Optional.of(new CloudLine(project(row), provider, region, type, fromMs, toMs, hours, watts));
    }

    private void checkSpan(long fromMs, long toMs) {
        if (toMs <= fromMs) {
            throw new Wrong(
                    "ChargePeriodEnd", "The end is not after the start; it is exclusive, so a day ends at the next.");
        }
        if (HourlyUse.endOfHour(toMs) > wish.now().toEpochMilli()) {
            throw new Wrong("ChargePeriodEnd", "The hour of that end is not over yet: bring the bill when it is.");
        }
        if (toMs - fromMs > MOST_DAYS * DAY_MS) {
            throw new Wrong("ChargePeriodEnd", "The line is longer than a year: divide it.");
        }
    }

    private Optional<CloudLine> not(String reason) {
        uncovered.merge("cloud.uncovered." + reason, 1, Integer::sum);
        return Optional.empty();
    }

    /** Own watts first, then the type's, then the size's where no GPU is in it; empty: nobody knows. */
    private Map<DeviceKind, Double> watts(CSVRecord row, String provider, String type, JsonNode details) {
        if (!text(row, "x_InstanceWatts").isEmpty()) {
            double own = number(row, "x_InstanceWatts").doubleValue();
            if (own <= 0 || own > MOST_WATTS) {
                throw new Wrong(
                        "x_InstanceWatts", "Write the mean watts of one instance, above 0 and at most 1,000,000.");
            }
            return Map.of(DeviceKind.REST, own);
        }
        double cores = amount(details, "CoreCount");
        double gigabytes = amount(details, "MemorySize");
        return power.ofType(provider, type, wish.utilisationPercent())
                .orElseGet(() -> cores > 0 && amount(details, "GpuCount") == 0
                        ? power.ofSize(provider, cores, gigabytes, wish.utilisationPercent())
                        : Map.of());
    }

    private static double amount(JsonNode details, String name) {
        double amount = details.path(name).asDouble(0);
        return amount > 0 && amount < 100_000 ? amount : 0;
    }

    private static String type(CSVRecord row, JsonNode details) {
        String said = text(row, "x_InstanceType");
        String type = said.isEmpty() ? details.path("InstanceType").asString("") : said;
        if (!type.isEmpty()) {
            return plain("x_InstanceType", type.strip());
        }
        double cores = amount(details, "CoreCount");
        return cores > 0 ? (int) cores + " vCPU" : "unnamed";
    }

    private String project(CSVRecord row) {
        String named = json(row, "Tags").path(wish.tag()).asString("").strip();
        return named.isEmpty() ? wish.project() : plain("Tags", named);
    }

    private static String plain(String column, String text) {
        if (text.length() > 100 || text.chars().anyMatch(Character::isISOControl)) {
            throw new Wrong(column, "A name has at most 100 characters and no control characters.");
        }
        return text;
    }

    private static JsonNode json(CSVRecord row, String column) {
        String text = text(row, column);
        try {
            return JSON.readTree(text.isEmpty() ? "{}" : text);
        } catch (JacksonException e) {
            throw new Wrong(column, "This is no JSON object.");
        }
    }

    private static String provider(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        return lower.contains("aws") || lower.contains("amazon")
                ? "aws"
                : lower.contains("google") || lower.equals("gcp")
                        ? "gcp"
                        : lower.contains("microsoft") || lower.contains("azure") ? "azure" : "";
    }

    private static BigDecimal number(CSVRecord row, String column) {
        String text = text(row, column);
        if (!text.matches("-?\\d{1,12}(\\.\\d{1,20})?")) {
            throw new Wrong(column, "Write a number such as 12.5, without separators of thousands.");
        }
        return new BigDecimal(text);
    }

    private long time(CSVRecord row, String column) {
        String text = text(row, column);
        Instant at;
        try {
            at = text.length() == 10
                    ? LocalDate.parse(text).atStartOfDay(ZoneOffset.UTC).toInstant()
                    : text.matches(".*([zZ]|[+-]\\d\\d:?\\d\\d)$")
                            ? OffsetDateTime.parse(text.replace(' ', 'T')).toInstant()
                            : LocalDateTime.parse(text.replace(' ', 'T')).toInstant(ZoneOffset.UTC);
        } catch (DateTimeException e) {
            throw new Wrong(column, "Write the time as 2026-10-01T00:00:00Z, or a day as 2026-10-01 (UTC).");
        }
        if (at.isAfter(wish.now())) {
            throw new Wrong(column, "That time is still to come: bring the bill when it is over.");
        }
        if (at.isBefore(wish.oldest())) {
            throw new Wrong(
                    column,
                    "That is older than this server takes: leave the line out, or start the server with a larger"
                            + " hfeco2ai.metering.max-age.");
        }
        return at.toEpochMilli();
    }

    private static String text(CSVRecord row, String column) {
        return row.isMapped(column) && row.isSet(column) ? row.get(column).strip() : "";
    }
}
