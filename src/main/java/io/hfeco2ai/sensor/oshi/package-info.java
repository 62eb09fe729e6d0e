/** The machine as OSHI tells it, where there is no /proc. Never loaded on Linux. */
@NullMarked
package io.hfeco2ai.sensor.oshi;

import org.jspecify.annotations.NullMarked;
