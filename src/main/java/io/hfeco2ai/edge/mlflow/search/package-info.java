/** MLflow's search: its filter and order, and pages of what was found. */
@NullMarked
package io.hfeco2ai.edge.mlflow.search;

import org.jspecify.annotations.NullMarked;
