/** The command {@code agent}: measures a node, keeps what it measured on disk, and sends it to a server. */
@org.jspecify.annotations.NullMarked
package io.hfeco2ai.cli.agent;
