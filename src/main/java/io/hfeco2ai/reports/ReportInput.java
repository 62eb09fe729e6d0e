package io.hfeco2ai.reports;

import io.hfeco2ai.platform.BadInput;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Turns what somebody typed into a request. */
final class ReportInput {

    private static final LocalDate OLDEST = LocalDate.of(2000, 1, 1);

    private ReportInput() {}

    /**
     * @param typed standard; scope: "" for the organisation, a team's id, or team/project; from and to: first and last UTC
     *     day; and options of the standard
     * @throws BadInput naming the field and the cure
     */
    static ReportRequest of(Map<String, String> typed, Clock clock) {
        String scope = text(typed, "scope");
        int slash = scope.indexOf('/');
        LocalDate today = LocalDate.now(clock.withZone(ZoneOffset.UTC));
        LocalDate from = day(typed, "from", today);
        LocalDate to = day(typed, "to", today);
        if (to.isBefore(from)) {
            throw new BadInput("to", "The last day is before the first one: exchange them.");
        }
        Map<String, String> options = new TreeMap<>();
        String colocation = text(typed, Scope2Report.COLOCATION);
        if (colocation.equals("scope2")) {
            options.put(Scope2Report.COLOCATION, colocation);
        }
        return new ReportRequest(
                standard(text(typed, "standard")),
                scope.isEmpty() ? null : slash < 0 ? scope : scope.substring(0, slash),
                slash < 0 ? null : scope.substring(slash + 1),
                startMs(from),
                startMs(to.plusDays(1)),
                options);
    }

    private static long startMs(LocalDate day) {
        return day.atStartOfDay(ZoneOffset.UTC).toInstant().toEpochMilli();
    }

    private static Standard standard(String name) {
        return Arrays.stream(Standard.values())
                .filter(standard -> standard.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new BadInput(
                        "standard",
                        "There is no standard \"" + name + "\"; choose one of "
                                + Arrays.stream(Standard.values())
                                        .map(Enum::name)
                                        .collect(Collectors.joining(", "))
                                + "."));
    }

    private static LocalDate day(Map<String, String> typed, String field, LocalDate today) {
        LocalDate day;
        try {
            day = LocalDate.parse(text(typed, field));
        } catch (DateTimeException e) {
            throw new BadInput(field, "Write the day as 2026-01-31.");
        }
        if (day.isBefore(OLDEST) || day.isAfter(today)) {
            throw new BadInput(field, "Choose a day from " + OLDEST + " to today, " + today + " (UTC).");
        }
        return day;
    }

    private static String text(Map<String, String> typed, String field) {
        @Nullable String text = typed.get(field);
        return text == null ? "" : text.strip();
    }
}
