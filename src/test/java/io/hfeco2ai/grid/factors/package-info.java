@NullMarked
package io.hfeco2ai.grid.factors;

import org.jspecify.annotations.NullMarked;
