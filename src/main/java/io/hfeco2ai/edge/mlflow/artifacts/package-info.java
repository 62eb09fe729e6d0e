/** Artifacts of MLflow's clients, kept in a folder of this server and passed through it. */
@NullMarked
package io.hfeco2ai.edge.mlflow.artifacts;

import org.jspecify.annotations.NullMarked;
