/** Who changed what and when: an append-only trail whose rows hold each other by their hashes. */
@NullMarked
@ApplicationModule(
        displayName = "Audit",
        allowedDependencies = {"teams", "platform", "platform :: rows", "units"})
package io.hfeco2ai.audit;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
