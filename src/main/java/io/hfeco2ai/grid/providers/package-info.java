/** Who publishes carbon intensity as it happens: one file each, asked on a schedule, never while a page waits. */
@NullMarked
package io.hfeco2ai.grid.providers;

import org.jspecify.annotations.NullMarked;
