package io.hfeco2ai.budgets;

import io.hfeco2ai.budgets.Budgets.OnExceeded;
import io.hfeco2ai.budgets.Budgets.Unit;
import io.hfeco2ai.platform.BadInput;
import io.hfeco2ai.platform.Inputs;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.time.format.DateTimeParseException;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A budget as it was typed, once it is known to make sense by itself. @param thresholds ascending, {@code 80,95} */
record BudgetInput(
        String name,
        @Nullable String projectId,
        Unit unit,
        String energyBasis,
        Periods.Kind period,
        BigDecimal limit,
        String carryOver,
        String thresholds,
        OnExceeded onExceeded) {

    /** 1 Mt or 1 TWh: no organisation that trains models emits more in a year. */
    private static final BigDecimal ABSURD = new BigDecimal("1000000000");

    private static final int LONGEST_NAME = 200;
    private static final int MOST_THRESHOLDS = 5;
    private static final int HIGHEST_THRESHOLD = 200;

    /** @throws BadInput naming the field and the cure */
    static BudgetInput of(Map<String, String> typed) {
        String project = text(typed, "project");
        return new BudgetInput(
                name(text(typed, "name")),
                project.isEmpty() ? null : project,
                one("unit", Unit.class, typed),
                one("energy_basis", Basis.class, typed).name(),
                one("period", Periods.Kind.class, typed),
                limit(text(typed, "limit")),
                one("carry_over", CarryOver.class, typed).name(),
                thresholds(text(typed, "thresholds")),
                one("on_exceeded", OnExceeded.class, typed));
    }

    /** What a kilowatt-hour counts. */
    enum Basis {
        DEVICES,
        FACILITY
    }

    /** What the next period gets of this one's rest: nothing, what is left, or what is left or missing. */
    enum CarryOver {
        NONE,
        UNUSED,
        BOTH
    }

    private static String text(Map<String, String> typed, String field) {
        String text = typed.getOrDefault(field, "").strip();
        Inputs.plain(field, text);
        return text;
    }

    private static String name(String name) {
        if (name.isEmpty() || name.length() > LONGEST_NAME) {
            throw new BadInput("name", "Field name needs 1 to " + LONGEST_NAME + " characters.");
        }
        return name;
    }

    /** The first where nothing is chosen. */
    static <E extends Enum<E>> E one(String field, Class<E> kind, Map<String, String> typed) {
        String text = text(typed, field).toUpperCase(Locale.ROOT);
        return Arrays.stream(kind.getEnumConstants())
                .filter(one -> text.isEmpty() || one.name().equals(text))
                .findFirst()
                .orElseThrow(() -> new BadInput(
                        field,
                        "Field " + field + " is none of "
                                + Arrays.stream(kind.getEnumConstants())
                                        .map(Enum::name)
                                        .collect(Collectors.joining(", "))
                                + "; choose one."));
    }

    static BigDecimal limit(String text) {
        BigDecimal limit;
        try {
            limit = new BigDecimal(text);
        } catch (NumberFormatException e) {
            throw new BadInput("limit", "Field limit is no number: write it as 1250 or 12.5.");
        }
        if (limit.signum() <= 0) {
            throw new BadInput("limit", "Field limit must be above 0: a budget of nothing is exceeded at once.");
        }
        if (limit.compareTo(ABSURD) > 0 || limit.stripTrailingZeros().scale() > 6) {
            throw new BadInput(
                    "limit", "Field limit must be at most 1000000000 with at most 6 decimals; check the unit.");
        }
        return limit.setScale(6);
    }

    static @Nullable LocalDate day(@Nullable String text) {
        try {
            return text == null || text.isBlank() ? null : LocalDate.parse(text.strip());
        } catch (DateTimeParseException e) {
            throw new BadInput("last_day", "Field last_day is no date; write it as 2026-12-31.");
        }
    }

    static String plain(BigDecimal amount) {
        return amount.stripTrailingZeros().toPlainString();
    }

    private static String thresholds(String text) {
        try {
            var percents = Arrays.stream(text.split("[,; ]+"))
                    .filter(one -> !one.isEmpty())
                    .map(Integer::valueOf)
                    .distinct()
                    .sorted()
                    .toList();
            if (percents.size() <= MOST_THRESHOLDS
                    && percents.stream().allMatch(one -> one >= 1 && one <= HIGHEST_THRESHOLD)) {
                return percents.stream().map(String::valueOf).collect(Collectors.joining(","));
            }
        } catch (NumberFormatException e) {
            // Said below.
        }
        throw new BadInput("thresholds", "Field thresholds takes up to 5 whole percents from 1 to 200, such as 80,95.");
    }
}
