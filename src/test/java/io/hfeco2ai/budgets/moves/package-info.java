@NullMarked
package io.hfeco2ai.budgets.moves;

import org.jspecify.annotations.NullMarked;
