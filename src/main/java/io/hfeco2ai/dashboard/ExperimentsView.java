package io.hfeco2ai.dashboard;

import io.hfeco2ai.experiments.Experiments.ExperimentSummary;
import java.util.List;

/**
 * @param more there is a next page
 * @param url of this list without its page number
 */
record ExperimentsView(List<Row> rows, String text, int page, boolean more, String url) {

    record Row(ExperimentSummary experiment, FootprintView footprint) {}
}
