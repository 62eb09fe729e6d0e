package io.hfeco2ai.dashboard;

import io.hfeco2ai.experiments.Experiments.ExperimentSummary;
import java.util.List;

/** @param url of this page without its page number */
record ExperimentView(
        ExperimentSummary experiment,
        FootprintView footprint,
        List<RunRow> rows,
        ChartView comparison,
        int page,
        int size,
        long total,
        String url) {}
