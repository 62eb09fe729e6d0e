/** Audit reports, one class for each standard, and the evidence that goes with them. */
@NullMarked
@ApplicationModule(
        displayName = "Reports",
        allowedDependencies = {
            "ledger",
            "ledger :: base",
            "ledger :: embodied",
            "ledger :: offsets",
            "grid",
            "metering",
            "experiments",
            "teams",
            "platform",
            "platform :: rows",
            "units"
        })
package io.hfeco2ai.reports;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
