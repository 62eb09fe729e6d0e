package io.hfeco2ai.grid;

import io.hfeco2ai.platform.BadInput;
import io.hfeco2ai.platform.Inputs;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Checks what people type about contracts and certificates; every refusal names the field and the cure. */
final class SupplyInput {

    static final Set<String> KINDS = new LinkedHashSet<>(List.of("GO", "REC", "I-REC", "PPA"));
    private static final Set<String> BASES = Set.of("direct", "life-cycle");
    private static final BigDecimal HIGHEST_G_PER_KWH = BigDecimal.valueOf(1500);
    private static final BigDecimal HIGHEST_MWH = BigDecimal.valueOf(100_000_000);

    private SupplyInput() {}

    /** @param gramsPerKwh 0 to 1500 */
    record NewContract(
            String siteId, String name, long fromMs, long toMs, BigDecimal gramsPerKwh, String basis, String source) {}

    record NewCertificate(
            String kind,
            String tracking,
            Set<String> zones,
            int vintage,
            long volumeWh,
            BigDecimal gramsPerKwh,
            @Nullable String siteId,
            @Nullable LocalDate retiredOn) {}

    static NewContract contract(Map<String, String> typed) {
        LocalDate from = day("from", typed);
        LocalDate last = day("last", typed);
        if (last.isBefore(from)) {
            throw new BadInput("last", "The last day is before the first one: exchange them.");
        }
        return new NewContract(
                text("site", typed, 32),
                text("name", typed, 200),
                startMs(from),
                startMs(last.plusDays(1)),
                gramsPerKwh(typed),
                basis(typed),
                text("source", typed, 200));
    }

    static NewCertificate certificate(Map<String, String> typed, Function<String, Optional<String>> canonical) {
        String kind = text("kind", typed, 20);
        if (!KINDS.contains(kind)) {
            throw new BadInput("kind", "Choose one of " + String.join(", ", KINDS) + ".");
        }
        Set<String> zones = new TreeSet<>();
        for (String word : text("zones", typed, 1000).split("[\\s,;]+")) {
            zones.add(canonical
                    .apply(word)
                    .orElseThrow(() -> new BadInput(
                            "zones",
                            "Unknown zone \"" + word + "\": write codes such as DE FR, with blanks between.")));
        }
        String site = typed.getOrDefault("site", "").strip();
        String retired = typed.getOrDefault("retired", "").strip();
        return new NewCertificate(
                kind,
                text("tracking", typed, 200),
                zones,
                vintage(typed),
                volumeWh(typed),
                gramsPerKwh(typed),
                site.isEmpty() ? null : site,
                retired.isEmpty() ? null : day("retired", typed));
    }

    static Set<String> sitesIn(List<Supply.Cover> before, List<Supply.Cover> after) {
        Set<String> sites = new TreeSet<>();
        before.forEach(cover -> sites.add(cover.siteId()));
        after.forEach(cover -> sites.add(cover.siteId()));
        return sites;
    }

    private static String text(String field, Map<String, String> typed, int longest) {
        String text = typed.getOrDefault(field, "").strip();
        Inputs.plain(field, text);
        if (text.isEmpty() || text.length() > longest) {
            throw new BadInput(field, "Fill in 1 to " + longest + " characters.");
        }
        return text;
    }

    private static LocalDate day(String field, Map<String, String> typed) {
        try {
            LocalDate day = LocalDate.parse(typed.getOrDefault(field, "").strip());
            if (day.getYear() < 2000 || day.getYear() > 2099) {
                throw new BadInput(field, "Choose a day from 2000 to 2099.");
            }
            return day;
        } catch (DateTimeParseException e) {
            throw new BadInput(field, "Write the day as 2026-12-31.");
        }
    }

    private static BigDecimal gramsPerKwh(Map<String, String> typed) {
        BigDecimal grams = number("g_per_kwh", typed);
        if (grams.signum() < 0 || grams.compareTo(HIGHEST_G_PER_KWH) > 0) {
            throw new BadInput(
                    "g_per_kwh", "Use grams of CO2e for each kWh, 0 to 1500: electricity from coal emits about 1000.");
        }
        return grams.setScale(4, RoundingMode.HALF_EVEN);
    }

    private static String basis(Map<String, String> typed) {
        String basis = typed.getOrDefault("basis", "direct");
        if (!BASES.contains(basis)) {
            throw new BadInput("basis", "Choose direct or life-cycle.");
        }
        return basis;
    }

    private static int vintage(Map<String, String> typed) {
        BigDecimal vintage = number("vintage", typed);
        if (vintage.scale() > 0 || vintage.intValue() < 2000 || vintage.intValue() > 2099) {
            throw new BadInput("vintage", "Write the year of generation, 2000 to 2099.");
        }
        return vintage.intValue();
    }

    private static long volumeWh(Map<String, String> typed) {
        BigDecimal mwh = number("volume_mwh", typed);
        if (mwh.signum() <= 0 || mwh.compareTo(HIGHEST_MWH) > 0) {
            throw new BadInput("volume_mwh", "Write the volume in MWh, above 0 and at most 100,000,000.");
        }
        return mwh.movePointRight(6).setScale(0, RoundingMode.DOWN).longValueExact();
    }

    private static BigDecimal number(String field, Map<String, String> typed) {
        String text = typed.getOrDefault(field, "").strip();
        try {
            BigDecimal number = new BigDecimal(text);
            if (text.length() > 20 || Math.abs(number.scale()) > 12) {
                throw new BadInput(field, "\"" + text + "\" has too many digits: write a number such as 12.5.");
            }
            return number;
        } catch (NumberFormatException e) {
            throw new BadInput(field, "\"" + text + "\" is no number: write it as 12.5.");
        }
    }

    private static long startMs(LocalDate day) {
        return day.atStartOfDay(ZoneOffset.UTC).toInstant().toEpochMilli();
    }
}
