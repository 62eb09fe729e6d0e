package io.hfeco2ai.reports;

import java.io.IOException;
import java.io.OutputStream;

/** Writes a report in one format. Nothing is computed here: amounts are those of the report, digit by digit. */
public interface ReportFormat {

    /** Also the file's extension: {@code csv}. */
    String name();

    String mediaType();

    /** Whether it knows how to write the reports of that standard. */
    default boolean writes(Standard standard) {
        return true;
    }

    /**
     * Does not close the stream.
     *
     * @param sha256 of the report's stored content
     */
    void write(Report report, String sha256, OutputStream out) throws IOException;
}
