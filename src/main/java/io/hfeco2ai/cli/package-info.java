/** The same jar as a command: measure one program, measure a node for a server, list the sensors, calibrate. No Spring. */
@NullMarked
@ApplicationModule(
        displayName = "CLI",
        allowedDependencies = {"sensor", "sensor :: members", "units"})
package io.hfeco2ai.cli;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
