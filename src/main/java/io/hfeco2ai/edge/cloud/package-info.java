/** Cloud use that no counter sees: instance-hours of a bill become modelled energy of runs. */
@NullMarked
@ApplicationModule(
        displayName = "Edge: cloud bills",
        allowedDependencies = {"grid", "metering", "experiments", "teams", "platform", "platform :: rows", "units"})
package io.hfeco2ai.edge.cloud;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
