/** What every page has: one way to write quantities and times, its language, and parameters without control characters. */
@NullMarked
package io.hfeco2ai.platform.pages;

import org.jspecify.annotations.NullMarked;
