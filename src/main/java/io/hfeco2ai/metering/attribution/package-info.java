/** Divides a node's energy among the runs that claimed it, an hour at a time; a pure function of the stored facts. */
@org.jspecify.annotations.NullMarked
package io.hfeco2ai.metering.attribution;
