/** Where nodes stand and how dirty their electricity is: sites, zones, factors with their source. */
@NullMarked
@ApplicationModule(
        displayName = "Grid",
        allowedDependencies = {"metering", "teams", "platform", "units"})
package io.hfeco2ai.grid;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
