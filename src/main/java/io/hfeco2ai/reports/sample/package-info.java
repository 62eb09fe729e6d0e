/** The auditor's sample: some entries of a report, drawn so that nobody chose them, each walked back to what was metered. */
@NullMarked
package io.hfeco2ai.reports.sample;

import org.jspecify.annotations.NullMarked;
