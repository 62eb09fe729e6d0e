package io.hfeco2ai.cli;

import io.hfeco2ai.units.CarbonMass;
import io.hfeco2ai.units.Energy;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.time.Duration;
import java.util.Locale;

/** Quantities as a person reads them: three figures and a fitting unit. */
final class Amounts {

    static final String UNKNOWN = "—";

    private Amounts() {}

    static String energy(Energy energy) {
        double wattHours = energy.joules() / 3600;
        return scaled(wattHours, new String[] {"µWh", "mWh", "Wh", "kWh", "MWh"});
    }

    static String emissions(CarbonMass mass) {
        return scaled(mass.grams(), new String[] {"µg", "mg", "g", "kg", "t"}) + " CO2e";
    }

    static String watts(double watts) {
        return Double.isNaN(watts) ? UNKNOWN : threeFigures(watts) + " W";
    }

    /** @param ratio 0.05 is ±5 % */
    static String uncertainty(double ratio) {
        return "±" + threeFigures(Math.round(ratio * 1000) / 10.0) + " %";
    }

    static String duration(Duration duration) {
        long seconds = duration.toSeconds();
        if (seconds < 60) {
            return String.format(Locale.ROOT, "%.1f s", duration.toMillis() / 1e3);
        }
        return seconds < 3600
                ? String.format(Locale.ROOT, "%d min %02d s", seconds / 60, seconds % 60)
                : String.format(Locale.ROOT, "%d h %02d min %02d s", seconds / 3600, seconds / 60 % 60, seconds % 60);
    }

    /** @param units from a millionth of the base unit up, each a thousand of the one before */
    private static String scaled(double amount, String[] units) {
        double inUnit = amount * 1e6;
        int unit = 0;
        while (Math.abs(inUnit) >= 999.5 && unit < units.length - 1) {
            inUnit /= 1000;
            unit++;
        }
        return threeFigures(inUnit) + " " + (amount == 0 ? units[2] : units[unit]);
    }

    private static String threeFigures(double amount) {
        BigDecimal rounded = BigDecimal.valueOf(amount).round(new MathContext(3, RoundingMode.HALF_UP));
        return rounded.signum() == 0 ? "0" : rounded.stripTrailingZeros().toPlainString();
    }
}
