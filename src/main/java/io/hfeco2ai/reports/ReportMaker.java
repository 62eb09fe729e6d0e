package io.hfeco2ai.reports;

import io.hfeco2ai.reports.Report.Section;
import java.util.List;

/** Makes the reports of one standard. */
public interface ReportMaker {

    /** What a standard says; the rest of the report is the same for all. */
    record Draft(
            String title,
            String edition,
            boolean provisional,
            List<Section> sections,
            List<String> notes,
            List<String> methods) {}

    Standard standard();

    /** @param entries path of the page with the entries of this report */
    Draft make(ReportRequest request, String entries, Progress progress);
}
