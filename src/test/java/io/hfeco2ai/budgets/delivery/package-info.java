@NullMarked
package io.hfeco2ai.budgets.delivery;

import org.jspecify.annotations.NullMarked;
