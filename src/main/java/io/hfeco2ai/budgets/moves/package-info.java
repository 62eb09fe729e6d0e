/** What moved a spend: its change between two spans, split into causes that add up to it. Pure arithmetic. */
@NullMarked
package io.hfeco2ai.budgets.moves;

import org.jspecify.annotations.NullMarked;
