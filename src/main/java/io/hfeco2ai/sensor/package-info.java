/** Turns hardware into readings and readings into intervals: RAPL, NVML, hwmon, load models, recorded replay. Plain Java, no Spring. */
@NullMarked
@ApplicationModule(
        displayName = "Sensor",
        allowedDependencies = {"units"})
package io.hfeco2ai.sensor;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
