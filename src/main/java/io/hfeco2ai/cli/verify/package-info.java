/** Checks an evidence bundle without a server: everything is computed again here, by code that no server uses. */
@org.jspecify.annotations.NullMarked
package io.hfeco2ai.cli.verify;
