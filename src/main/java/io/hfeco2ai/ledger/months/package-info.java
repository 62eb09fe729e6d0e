/** What the posted entries of whole months add up to, so that a question about a year does not read every hour. */
@NullMarked
package io.hfeco2ai.ledger.months;

import org.jspecify.annotations.NullMarked;
