/** Factors that come in: files checked, editions kept, adopted and shown. */
@NullMarked
package io.hfeco2ai.grid.factors;

import org.jspecify.annotations.NullMarked;
