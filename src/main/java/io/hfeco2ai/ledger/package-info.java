/** Turns energy into carbon entries; the one source of every number shown. */
@NullMarked
@ApplicationModule(
        displayName = "Ledger",
        allowedDependencies = {"grid", "metering", "experiments", "teams", "platform", "platform :: rows", "units"})
package io.hfeco2ai.ledger;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
