/** Tells people: channels, and the outbox that delivers what was committed at least once. */
@NullMarked
package io.hfeco2ai.budgets.delivery;

import org.jspecify.annotations.NullMarked;
