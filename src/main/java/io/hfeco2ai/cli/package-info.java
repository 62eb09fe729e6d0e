/** The same jar as a command: measure one program, list the sensors, calibrate. No Spring. */
@NullMarked
@ApplicationModule(
        displayName = "CLI",
        allowedDependencies = {"sensor", "units"})
package io.hfeco2ai.cli;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
