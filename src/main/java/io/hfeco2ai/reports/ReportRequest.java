package io.hfeco2ai.reports;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What somebody asks for.
 *
 * @param teamId null: the organisation
 * @param projectId null: the whole team
 * @param fromMs start of a UTC hour, inclusive
 * @param toMs start of a UTC hour, exclusive
 * @param options of the standard: name → choice
 */
public record ReportRequest(
        Standard standard,
        @Nullable String teamId,
        @Nullable String projectId,
        long fromMs,
        long toMs,
        Map<String, String> options) {}
