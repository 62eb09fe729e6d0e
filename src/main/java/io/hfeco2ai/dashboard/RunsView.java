package io.hfeco2ai.dashboard;

import java.util.List;

/** @param url of this list without its page number */
record RunsView(List<RunRow> rows, String text, String status, int page, int size, long total, String url) {

    public boolean isFiltered() {
        return !text.isEmpty() || !status.isEmpty();
    }
}
