/** What is measured: projects, experiments, runs with their attempts and members, parameters, tags, metrics. */
@NullMarked
@ApplicationModule(
        displayName = "Experiments",
        allowedDependencies = {"teams", "platform", "platform :: rows", "units"})
package io.hfeco2ai.experiments;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
