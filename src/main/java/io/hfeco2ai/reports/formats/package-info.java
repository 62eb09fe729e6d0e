/** The files a report can be taken away as. */
@NullMarked
package io.hfeco2ai.reports.formats;

import org.jspecify.annotations.NullMarked;
