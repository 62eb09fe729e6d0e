/** What must hold before the server starts: a data folder of its own, and words for whoever finds it in use. */
@NullMarked
package io.hfeco2ai.platform.startup;

import org.jspecify.annotations.NullMarked;
