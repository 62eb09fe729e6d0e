/** How much will be spent until a period ends: pure arithmetic on days. */
@NullMarked
package io.hfeco2ai.budgets.forecast;

import org.jspecify.annotations.NullMarked;
