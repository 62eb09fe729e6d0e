package io.hfeco2ai.ledger.offsets;

import io.hfeco2ai.ledger.offsets.Offsets.Kind;
import io.hfeco2ai.platform.BadInput;
import io.hfeco2ai.platform.Inputs;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.time.format.DateTimeParseException;
import java.util.Arrays;
import java.util.Map;

/** A retired credit as somebody typed it; every refusal names the field and the cure. */
record OffsetInput(
        Kind kind,
        String registry,
        String serials,
        String project,
        int vintage,
        long massKg,
        LocalDate retiredOn,
        String source) {

    private static final int OLDEST = 1990;
    private static final BigDecimal MOST_TONNES = BigDecimal.valueOf(100_000_000);

    /** @param today no credit is retired later than today, in UTC */
    static OffsetInput of(Map<String, String> typed, LocalDate today) {
        LocalDate retired = day(typed, today);
        return new OffsetInput(
                kind(typed),
                text("registry", typed, 100),
                text("serials", typed, 200),
                text("project", typed, 200),
                vintage(typed, retired),
                massKg(typed),
                retired,
                text("source", typed, 500));
    }

    private static Kind kind(Map<String, String> typed) {
        String kind = typed.getOrDefault("kind", "");
        return Arrays.stream(Kind.values())
                .filter(each -> each.name().equals(kind))
                .findFirst()
                .orElseThrow(() -> new BadInput("kind", "Choose what the credit stands for."));
    }

    private static String text(String field, Map<String, String> typed, int longest) {
        String text = typed.getOrDefault(field, "").strip();
        Inputs.plain(field, text);
        if (text.isEmpty() || text.length() > longest) {
            throw new BadInput(field, "Fill in 1 to " + longest + " characters.");
        }
        return text;
    }

    private static LocalDate day(Map<String, String> typed, LocalDate today) {
        LocalDate day;
        try {
            day = LocalDate.parse(typed.getOrDefault("retired", "").strip());
        } catch (DateTimeParseException e) {
            throw new BadInput("retired", "Write the day on which it was retired as 2026-12-31.");
        }
        if (day.getYear() < OLDEST || day.isAfter(today)) {
            throw new BadInput("retired", "Only what is retired counts: choose a day from 1990 to today.");
        }
        return day;
    }

    private static int vintage(Map<String, String> typed, LocalDate retired) {
        String text = typed.getOrDefault("vintage", "").strip();
        int vintage = text.matches("\\d{4}") ? Integer.parseInt(text) : 0;
        if (vintage < OLDEST || vintage > retired.getYear()) {
            throw new BadInput("vintage", "Write the year of the credit, from 1990 to the year it was retired in.");
        }
        return vintage;
    }

    private static long massKg(Map<String, String> typed) {
        String text = typed.getOrDefault("tonnes", "").strip();
        if (!text.matches("\\d{1,9}(\\.\\d{1,3})?")) {
            throw new BadInput("tonnes", "Write the tonnes of CO2e, such as 12 or 0.5; at most three decimals.");
        }
        BigDecimal tonnes = new BigDecimal(text);
        if (tonnes.signum() == 0 || tonnes.compareTo(MOST_TONNES) > 0) {
            throw new BadInput("tonnes", "Write tonnes of CO2e above 0 and up to 100,000,000.");
        }
        return tonnes.movePointRight(3).longValueExact();
    }
}
