/** Power now: the last reading of each device in memory, and its stream to browsers. */
@org.jspecify.annotations.NullMarked
package io.hfeco2ai.metering.live;
