/** Limits per team and project, how fast they are used up, and who is told: budgets, alerts and their delivery. */
@NullMarked
@ApplicationModule(
        displayName = "Budgets",
        allowedDependencies = {
            "ledger",
            "grid",
            "metering",
            "experiments",
            "audit",
            "teams",
            "platform",
            "platform :: rows",
            "units"
        })
package io.hfeco2ai.budgets;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
