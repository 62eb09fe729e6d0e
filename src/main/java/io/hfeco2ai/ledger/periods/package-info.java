/** Periods that are locked, what would change in them, and who approved that it did. */
@NullMarked
package io.hfeco2ai.ledger.periods;

import org.jspecify.annotations.NullMarked;
