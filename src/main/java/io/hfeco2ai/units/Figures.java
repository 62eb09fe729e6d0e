package io.hfeco2ai.units;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.text.DecimalFormat;
import java.text.DecimalFormatSymbols;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The one way quantities are written for people: three significant digits, the unit that keeps the number below 1000,
 * the same in every locale (decimal point, comma between thousands). Unknown ({@code null} or NaN) is a dash.
 */
public final class Figures {

    private static final List<String> ENERGY = List.of("µWh", "mWh", "Wh", "kWh", "MWh", "GWh", "TWh");
    private static final List<String> CARBON = List.of("µg", "mg", "g", "kg", "t", "kt", "Mt");
    private static final List<String> POWER = List.of("µW", "mW", "W", "kW", "MW", "GW");
    private static final BigDecimal THOUSAND = BigDecimal.valueOf(1000);
    private static final BigDecimal MICROJOULES_PER_MICROWATT_HOUR = BigDecimal.valueOf(3600);
    private static final long TEN_SECONDS_MS = 10_000;
    private static final MathContext THREE_DIGITS = new MathContext(3, RoundingMode.HALF_EVEN);
    private static final DateTimeFormatter MINUTE = DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm", Locale.ROOT);

    private final DateTimeFormatter minute;

    /** Times are written in UTC. */
    public Figures() {
        this(ZoneOffset.UTC);
    }

    /** @param zone in which times are written */
    public Figures(ZoneId zone) {
        this.minute = MINUTE.withZone(zone);
    }

    public Figure energy(@Nullable Energy energy) {
        return energy == null
                ? Figure.UNKNOWN
                : scaled(
                        new BigDecimal(energy.microjoules())
                                .divide(MICROJOULES_PER_MICROWATT_HOUR, MathContext.DECIMAL64),
                        ENERGY);
    }

    public Figure microjoules(@Nullable Long microjoules) {
        return energy(microjoules == null ? null : Energy.ofMicrojoules(microjoules));
    }

    /** Of CO2 equivalent. */
    public Figure micrograms(@Nullable Long micrograms) {
        return carbon(micrograms == null ? null : CarbonMass.ofMicrograms(micrograms));
    }

    /** Of CO2 equivalent. */
    public Figure carbon(@Nullable CarbonMass mass) {
        return mass == null ? Figure.UNKNOWN : scaled(new BigDecimal(mass.micrograms()), CARBON);
    }

    /** @param watts NaN or null is unknown */
    /** A difference of energies with its sign. @param microjoules negative: less */
    public Figure energyChange(BigDecimal microjoules) {
        return signed(microjoules, energy(Energy.ofMicrojoules(microjoules.abs())));
    }

    /** A difference of emissions with its sign. @param micrograms negative: less */
    public Figure carbonChange(BigDecimal micrograms) {
        return signed(micrograms, carbon(CarbonMass.ofMicrograms(micrograms.abs())));
    }

    private static Figure signed(BigDecimal amount, Figure absolute) {
        String sign = amount.signum() < 0 ? "−" : amount.signum() > 0 ? "+" : "";
        return new Figure(sign + absolute.number(), absolute.unit());
    }

    public Figure power(@Nullable Double watts) {
        return watts == null || !Double.isFinite(watts)
                ? Figure.UNKNOWN
                : scaled(BigDecimal.valueOf(watts).movePointRight(6), POWER);
    }

    /** Mean power: energy over time. */
    public Figure meanPower(@Nullable Energy energy, @Nullable Long millis) {
        return energy == null || millis == null || millis <= 0
                ? Figure.UNKNOWN
                : power(energy.joules() / (millis / 1000.0));
    }

    /** @param ratio 0.3 is written "30 %" */
    public Figure percent(@Nullable Double ratio) {
        return ratio == null || !Double.isFinite(ratio)
                ? Figure.UNKNOWN
                : new Figure(digits(BigDecimal.valueOf(ratio * 100).round(THREE_DIGITS), 1), "%");
    }

    /** Part of a whole; unknown when the whole is zero. */
    public Figure share(@Nullable Energy part, @Nullable Energy whole) {
        return part == null || whole == null || whole.isZero()
                ? Figure.UNKNOWN
                : percent(part.joules() / whole.joules());
    }

    public Figure intensity(@Nullable BigDecimal gramsPerKwh) {
        return gramsPerKwh == null
                ? Figure.UNKNOWN
                : new Figure(digits(gramsPerKwh.stripTrailingZeros(), 4), "g CO₂e/kWh");
    }

    public String count(long count) {
        return digits(BigDecimal.valueOf(count), 0);
    }

    /** A plain number such as a metric: up to five significant digits, scientific below 0.0001. */
    public String number(@Nullable Double number) {
        if (number == null || !Double.isFinite(number)) {
            return Figure.UNKNOWN.number();
        }
        double size = Math.abs(number);
        String pattern = size != 0 && (size < 1e-4 || size >= 1e9) ? "0.####E0" : "#,##0.#####";
        return new DecimalFormat(pattern, DecimalFormatSymbols.getInstance(Locale.ROOT))
                .format(new BigDecimal(number).round(new MathContext(5)));
    }

    /** Two largest parts: "0.97 s", "45 s", "1 h 24 min", "2 d 3 h". */
    public String duration(@Nullable Long millis) {
        if (millis == null) {
            return Figure.UNKNOWN.number();
        }
        if (millis > 0 && millis < TEN_SECONDS_MS) {
            return number(new BigDecimal(millis)
                            .movePointLeft(3)
                            .round(new MathContext(2))
                            .doubleValue()) + "\u00a0s";
        }
        long seconds = Math.max(0, millis) / 1000;
        long minutes = seconds / 60;
        long hours = minutes / 60;
        if (hours >= 24) {
            return parts(hours / 24, "d", hours % 24, "h");
        }
        return hours > 0
                ? parts(hours, "h", minutes % 60, "min")
                : minutes > 0 ? parts(minutes, "min", seconds % 60, "s") : seconds + "\u00a0s";
    }

    /** To the minute: "2026-03-09 14:05". */
    public String time(@Nullable Instant instant) {
        return instant == null ? Figure.UNKNOWN.number() : minute.format(instant);
    }

    /** To the minute, from epoch milliseconds. */
    public String timeOf(@Nullable Long epochMillis) {
        return epochMillis == null ? Figure.UNKNOWN.number() : minute.format(Instant.ofEpochMilli(epochMillis));
    }

    /** Memory and files, in binary units. */
    public Figure bytes(@Nullable Long bytes) {
        if (bytes == null) {
            return Figure.UNKNOWN;
        }
        return new Figure(digits(BigDecimal.valueOf(bytes / (double) (1L << 30)).round(THREE_DIGITS), 1), "GiB");
    }

    private static Figure scaled(BigDecimal smallest, List<String> units) {
        if (smallest.signum() == 0) {
            return new Figure("0", units.get(2));
        }
        BigDecimal number = smallest.round(THREE_DIGITS);
        int unit = 0;
        while (number.abs().compareTo(THOUSAND) >= 0 && unit < units.size() - 1) {
            number = number.movePointLeft(3);
            unit++;
        }
        boolean beyondUnits = number.abs().compareTo(THOUSAND) >= 0;
        int decimals = beyondUnits ? 0 : Math.max(0, 3 - (number.precision() - number.scale()));
        return new Figure(fixed(number, Math.min(decimals, 3)), units.get(unit));
    }

    private static String parts(long large, String largeUnit, long small, String smallUnit) {
        return large + "\u00a0" + largeUnit + (small == 0 ? "" : " " + small + "\u00a0" + smallUnit);
    }

    private static String fixed(BigDecimal number, int decimals) {
        return format("#,##0" + (decimals == 0 ? "" : "." + "0".repeat(decimals)), number);
    }

    private static String digits(BigDecimal number, int maxDecimals) {
        return format("#,##0" + (maxDecimals == 0 ? "" : "." + "#".repeat(maxDecimals)), number);
    }

    private static String format(String pattern, BigDecimal number) {
        DecimalFormat format = new DecimalFormat(pattern, DecimalFormatSymbols.getInstance(Locale.ROOT));
        format.setRoundingMode(RoundingMode.HALF_EVEN);
        return format.format(number);
    }
}
