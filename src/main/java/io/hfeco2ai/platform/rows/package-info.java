/** Rows of the database as records. */
@NullMarked
@NamedInterface("rows")
package io.hfeco2ai.platform.rows;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.NamedInterface;
