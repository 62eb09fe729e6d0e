/** What keeps the embedded database open. */
@NullMarked
package io.hfeco2ai.platform.database;

import org.jspecify.annotations.NullMarked;
