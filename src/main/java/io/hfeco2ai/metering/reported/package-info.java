/** What other tools say: where they run, the power they read, and which of several sources counts. */
@org.jspecify.annotations.NullMarked
package io.hfeco2ai.metering.reported;
