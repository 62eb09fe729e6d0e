/** Accepts energy, checks it, stores it as facts, splits it among runs, streams it live. */
@NullMarked
@ApplicationModule(
        displayName = "Metering",
        allowedDependencies = {
            "experiments",
            "teams",
            "sensor",
            "sensor :: members",
            "platform",
            "platform :: rows",
            "units"
        })
package io.hfeco2ai.metering;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
