@NullMarked
package io.hfeco2ai.budgets;

import org.jspecify.annotations.NullMarked;
