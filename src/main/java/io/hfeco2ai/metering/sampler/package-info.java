/** Measures the machine this server runs on and follows the members that run there. */
@org.jspecify.annotations.NullMarked
package io.hfeco2ai.metering.sampler;
