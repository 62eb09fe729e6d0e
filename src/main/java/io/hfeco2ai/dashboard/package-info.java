/** The pages that compose numbers of several modules: home, teams, experiments, runs, nodes. */
@NullMarked
@ApplicationModule(
        displayName = "Dashboard",
        allowedDependencies = {
            "budgets",
            "ledger",
            "ledger :: embodied",
            "grid",
            "metering",
            "experiments",
            "teams",
            "sensor",
            "platform",
            "units"
        })
package io.hfeco2ai.dashboard;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
