/** What an MLflow client calls, under /mlflow: tracking, search, artifacts, logged models. No model registry. */
@NullMarked
@ApplicationModule(
        displayName = "Edge: MLflow",
        allowedDependencies = {"metering", "experiments", "teams", "platform", "units"})
package io.hfeco2ai.edge.mlflow;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
