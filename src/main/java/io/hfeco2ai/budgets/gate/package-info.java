/** Whether a change needs more energy than what it replaces: pure arithmetic on runs. */
@NullMarked
package io.hfeco2ai.budgets.gate;

import org.jspecify.annotations.NullMarked;
