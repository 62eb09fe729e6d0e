/** How the history of metrics is kept. */
@NullMarked
package io.hfeco2ai.experiments.metrics;

import org.jspecify.annotations.NullMarked;
