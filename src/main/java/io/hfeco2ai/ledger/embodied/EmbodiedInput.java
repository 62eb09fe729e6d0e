package io.hfeco2ai.ledger.embodied;

import io.hfeco2ai.ledger.embodied.Embodied.Known;
import io.hfeco2ai.platform.BadInput;
import io.hfeco2ai.platform.Inputs;
import io.hfeco2ai.units.CarbonMass;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.LocalDate;
import java.time.format.DateTimeParseException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Checks what an admin types about a node; every refusal names the field and the cure. */
final class EmbodiedInput {

    private static final int LONGEST_LIFE = 240;
    private static final BigDecimal MOST_KG = BigDecimal.valueOf(1_000_000);

    private EmbodiedInput() {}

    /** Null where all fields are empty: the figure is unknown. @throws BadInput */
    static @Nullable Known known(Map<String, String> typed, LocalDate today) {
        if (typed.values().stream().allMatch(String::isBlank)) {
            return null;
        }
        return new Known(
                bought(text("bought", typed), today),
                lifeMonths(text("life_months", typed)),
                embodied(text("embodied_kg", typed)),
                source(text("source", typed)));
    }

    private static String text(String field, Map<String, String> typed) {
        String text = typed.getOrDefault(field, "").strip();
        if (text.isEmpty()) {
            throw new BadInput(field, "Fill this in, or empty all four fields: then the figure is unknown.");
        }
        return text;
    }

    /** Tomorrow in UTC is today somewhere. */
    private static LocalDate bought(String text, LocalDate today) {
        try {
            LocalDate day = LocalDate.parse(text);
            if (day.getYear() < 2000 || day.isAfter(today.plusDays(1))) {
                throw new BadInput("bought", "Choose the day of the purchase, from the year 2000 to today.");
            }
            return day;
        } catch (DateTimeParseException e) {
            throw new BadInput("bought", "Write the day as 2026-01-31.");
        }
    }

    private static int lifeMonths(String text) {
        try {
            int months = Integer.parseInt(text);
            if (months >= 1 && months <= LONGEST_LIFE) {
                return months;
            }
        } catch (NumberFormatException e) {
            // Refused with the same words.
        }
        throw new BadInput("life_months", "Write whole months, 1 to 240, such as 48 for four years.");
    }

    private static CarbonMass embodied(String text) {
        try {
            BigDecimal kg = new BigDecimal(text);
            if (text.length() > 20 || Math.abs(kg.scale()) > 12) {
                throw new BadInput(
                        "embodied_kg", "\"" + text + "\" has too many digits: write a number such as 1200.5.");
            }
            BigDecimal micrograms = kg.movePointRight(9).setScale(0, RoundingMode.HALF_EVEN);
            if (micrograms.signum() <= 0 || kg.compareTo(MOST_KG) > 0) {
                throw new BadInput(
                        "embodied_kg", "Write kilograms of CO2e above 0, at most 1,000,000; empty is unknown.");
            }
            return CarbonMass.ofMicrograms(micrograms);
        } catch (NumberFormatException e) {
            throw new BadInput("embodied_kg", "\"" + text + "\" is no number: write it as 1200.5.");
        }
    }

    private static String source(String text) {
        Inputs.plain("source", text);
        if (text.length() > 500) {
            throw new BadInput("source", "Shorten the source to 500 characters.");
        }
        return text;
    }
}
