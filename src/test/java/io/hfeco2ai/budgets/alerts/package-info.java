@NullMarked
package io.hfeco2ai.budgets.alerts;

import org.jspecify.annotations.NullMarked;
