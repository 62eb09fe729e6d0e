package io.hfeco2ai.reports;

import io.hfeco2ai.experiments.Experiments;
import io.hfeco2ai.platform.BadInput;
import io.hfeco2ai.platform.Inputs;
import io.hfeco2ai.reports.Reports.Listed;
import io.hfeco2ai.reports.Standard.Option;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What the calls about reports take and answer. */
final class ReportMessages {

    private static final double PPM = 1e6;

    private ReportMessages() {}

    /**
     * As the form has it.
     *
     * @param project name or id; null: the whole team
     * @param from first UTC day
     * @param to last UTC day
     * @param options of the standard: {@link Option#key} → choice
     */
    record AskRequest(
            @Nullable String standard,
            @Nullable String project,
            @Nullable String from,
            @Nullable String to,
            @Nullable Map<String, @Nullable String> options) {

        ReportRequest request(String teamId, @Nullable String projectId, Clock clock) {
            Map<String, String> typed = new HashMap<>();
            if (options != null) {
                options.forEach((key, chosen) -> typed.put(key, plain(key, chosen)));
            }
            typed.put("standard", plain("standard", standard));
            typed.put("scope", projectId == null ? teamId : teamId + "/" + projectId);
            typed.put("from", plain("from", from));
            typed.put("to", plain("to", to));
            ReportRequest request = named(() -> ReportInput.of(typed, clock));
            List<String> keys =
                    request.standard().options().stream().map(Option::key).toList();
            for (String key : options == null ? List.<String>of() : options.keySet()) {
                if (!keys.contains(key)) {
                    throw new BadInput(
                            "options." + key,
                            "A report of " + request.standard() + " has no such option; it has "
                                    + String.join(", ", keys) + ".");
                }
            }
            return request;
        }

        ReportRequest known(ReportRequest request, Experiments experiments) {
            return named(() -> ReportInput.known(request, experiments));
        }

        private static String plain(String field, @Nullable String text) {
            if (text == null) {
                return "";
            }
            Inputs.plain(field, text);
            return text;
        }

        /** What is wrong with an option is told of where it stands here. */
        private ReportRequest named(Supplier<ReportRequest> read) {
            try {
                return read.get();
            } catch (BadInput e) {
                throw options != null && options.containsKey(e.field())
                        ? new BadInput("options." + e.field(), e.detail())
                        : e;
            }
        }
    }

    /** @param total of all pages */
    record ReportsJson(List<ReportJson> reports, int page, int size, long total) {}

    /**
     * @param projectId null: the whole team
     * @param from first UTC day
     * @param to last UTC day
     * @param state waiting, making, ready, failed or cancelled
     * @param doneRatio how much of it is made, 0 to 1
     * @param outcome why it failed; null: it did not
     * @param sha256 of the file in the format json; null: not made yet
     * @param files path by format; empty: not made yet
     */
    record ReportJson(
            String id,
            Standard standard,
            @Nullable String projectId,
            LocalDate from,
            LocalDate to,
            Map<String, String> options,
            String state,
            double doneRatio,
            @Nullable String outcome,
            Instant askedAt,
            @Nullable String sha256,
            Map<String, String> files) {

        static ReportJson of(Listed listed, ReportRequest request, List<String> formats) {
            Map<String, String> files = new LinkedHashMap<>();
            if (listed.state().equals("READY")) {
                String path = "/api/v1/reports/" + listed.id() + "/files/";
                formats.forEach(format -> files.put(format, path + format));
                files.put("bundle", path + "bundle");
            }
            return new ReportJson(
                    listed.id(),
                    listed.standard(),
                    listed.projectId(),
                    day(listed.fromMs()),
                    day(listed.toMs() - 1),
                    request.options(),
                    listed.state().toLowerCase(Locale.ROOT),
                    listed.donePpm() / PPM,
                    listed.outcome(),
                    Instant.ofEpochMilli(listed.askedMs()),
                    listed.sha256(),
                    files);
        }

        private static LocalDate day(long ms) {
            return LocalDate.ofInstant(Instant.ofEpochMilli(ms), ZoneOffset.UTC);
        }
    }
}
