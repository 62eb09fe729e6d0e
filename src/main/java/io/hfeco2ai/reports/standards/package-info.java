/** What each standard asks of metered compute, one class for each, from sums of the ledger. */
@NullMarked
package io.hfeco2ai.reports.standards;

import org.jspecify.annotations.NullMarked;
