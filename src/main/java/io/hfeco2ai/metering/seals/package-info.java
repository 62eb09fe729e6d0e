/** Intervals that are past the retention of raw data: compressed, hashed, and read as if they were still rows. */
@NullMarked
package io.hfeco2ai.metering.seals;

import org.jspecify.annotations.NullMarked;
