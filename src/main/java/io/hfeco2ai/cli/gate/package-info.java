/** The command {@code gate}: asks a server whether a pipeline may go on, and answers with its exit code. */
@org.jspecify.annotations.NullMarked
package io.hfeco2ai.cli.gate;
