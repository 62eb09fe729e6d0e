@NullMarked
package io.hfeco2ai.grid.providers;

import org.jspecify.annotations.NullMarked;
