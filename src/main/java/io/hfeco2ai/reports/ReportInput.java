package io.hfeco2ai.reports;

import io.hfeco2ai.experiments.Experiments;
import io.hfeco2ai.experiments.Experiments.Run;
import io.hfeco2ai.platform.BadInput;
import io.hfeco2ai.platform.Inputs;
import io.hfeco2ai.platform.NotFound;
import io.hfeco2ai.reports.Standard.Option;
import java.math.BigDecimal;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Turns what somebody typed into a request. */
final class ReportInput {

    private static final LocalDate OLDEST = LocalDate.of(2000, 1, 1);
    private static final int LONGEST = 200;
    private static final Pattern KILOWATT_HOURS = Pattern.compile("\\d{1,12}(\\.\\d{1,6})?");

    private ReportInput() {}

    /**
     * @param typed standard; scope: "" for the organisation, a team's id, or team/project; from and to: first and last UTC
     *     day; and options of the standard
     * @throws BadInput naming the field and the cure
     */
    static ReportRequest of(Map<String, String> typed, Clock clock) {
        Standard standard = standard(text(typed, "standard"));
        String scope = text(typed, "scope");
        if (scope.isEmpty() && !standard.organisation()) {
            throw new BadInput("scope", "This report is about software: choose a team or a project.");
        }
        int slash = scope.indexOf('/');
        LocalDate today = LocalDate.now(clock.withZone(ZoneOffset.UTC));
        LocalDate from = day(typed, "from", today);
        LocalDate to = day(typed, "to", today);
        if (to.isBefore(from)) {
            throw new BadInput("to", "The last day is before the first one: exchange them.");
        }
        Map<String, String> options = new TreeMap<>();
        for (Option option : standard.options()) {
            String chosen = chosen(option, text(typed, option.key()));
            if (option == Option.BILL_KWH && !chosen.isEmpty()) {
                chosen = bill(chosen, scope);
            }
            if (!chosen.isEmpty()) {
                options.put(option.key(), chosen);
            }
        }
        return new ReportRequest(
                standard,
                scope.isEmpty() ? null : slash < 0 ? scope : scope.substring(0, slash),
                slash < 0 ? null : scope.substring(slash + 1),
                startMs(from),
                startMs(to.plusDays(1)),
                options);
    }

    private static String bill(String typed, String scope) {
        if (!scope.isEmpty()) {
            throw new BadInput(
                    Option.BILL_KWH.key(),
                    "A bill is about whole sites: choose the whole organisation, or leave this empty.");
        }
        if (!KILOWATT_HOURS.matcher(typed).matches()) {
            throw new BadInput(
                    Option.BILL_KWH.key(), "Write the kWh as 12345.6: up to 12 digits, and 6 after the point.");
        }
        return new BigDecimal(typed).toPlainString();
    }

    /** "" where it is what an option says by itself, so that the same question is stored in one way. */
    private static String chosen(Option option, String typed) {
        if (option.choices().isEmpty()) {
            if (typed.length() > LONGEST) {
                throw new BadInput(option.key(), "Write at most " + LONGEST + " characters.");
            }
            return typed;
        }
        if (typed.isEmpty() || typed.equals(option.choices().get(0))) {
            return "";
        }
        if (!option.choices().contains(typed)) {
            throw new BadInput(option.key(), "Choose one of " + String.join(", ", option.choices()) + ".");
        }
        return typed;
    }

    /**
     * With the id of the experiment that was called by its name. For whoever may see the team only.
     *
     * @throws BadInput the team has no such experiment or run
     */
    static ReportRequest known(ReportRequest request, Experiments experiments) {
        String team = request.teamId();
        Map<String, String> options = new TreeMap<>(request.options());
        String experiment = request.option(Option.EXPERIMENT);
        String run = request.option(Option.RUN);
        if (team == null || (experiment.isEmpty() && run.isEmpty())) {
            return request;
        }
        if (!experiment.isEmpty()) {
            try {
                options.put(Option.EXPERIMENT.key(), experiments.experimentId(team, request.projectId(), experiment));
            } catch (NotFound e) {
                throw new BadInput(
                        Option.EXPERIMENT.key(), "There is no such experiment; give its name as its page has it.");
            }
        }
        if (!run.isEmpty()) {
            Run found = experiments
                    .find(run)
                    .filter(one -> one.teamId().equals(team))
                    .filter(one ->
                            request.projectId() == null || one.projectId().equals(request.projectId()))
                    .orElseThrow(() -> new BadInput(
                            Option.RUN.key(), "There is no such run; give the id, the end of its page's address."));
            options.put(Option.RUN.key(), found.id());
        }
        return new ReportRequest(
                request.standard(), team, request.projectId(), request.fromMs(), request.toMs(), options);
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
        Inputs.plain(field, text);
        return text == null ? "" : text.strip();
    }
}
