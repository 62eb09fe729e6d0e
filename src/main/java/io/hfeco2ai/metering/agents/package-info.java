/** Agents on other nodes: which spoke lately, from where, and what they said of their nodes. */
@org.jspecify.annotations.NullMarked
package io.hfeco2ai.metering.agents;
