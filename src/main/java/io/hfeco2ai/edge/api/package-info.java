/** Our own JSON API under /api/v1: composes experiments, metering, ledger and budgets. */
@NullMarked
@ApplicationModule(
        displayName = "Edge: API",
        allowedDependencies = {
            "budgets",
            "budgets :: gate",
            "ledger",
            "ledger :: embodied",
            "grid",
            "metering",
            "experiments",
            "teams",
            "platform",
            "units"
        })
package io.hfeco2ai.edge.api;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
