/** Notices what deserves a person's attention, once each time, and keeps it until it is over. */
@NullMarked
package io.hfeco2ai.budgets.alerts;

import org.jspecify.annotations.NullMarked;
