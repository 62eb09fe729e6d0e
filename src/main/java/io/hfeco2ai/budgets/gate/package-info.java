/** The gate of a pipeline: budgets, a run's limit, and whether a change needs more energy than what it replaces. */
@NullMarked
@NamedInterface("gate")
package io.hfeco2ai.budgets.gate;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.NamedInterface;
