package io.hfeco2ai.dashboard;

import io.hfeco2ai.experiments.Experiments.ExperimentSummary;
import java.util.List;

/** @param url of this list without its page number */
record ExperimentsView(List<Row> rows, String text, int page, int size, long total, String url) {

    record Row(ExperimentSummary experiment, FootprintView footprint) {}
}
