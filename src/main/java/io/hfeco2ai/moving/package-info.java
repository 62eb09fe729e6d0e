/** Takes an installation from H2 to PostgreSQL: copies every table, compares both sides, verifies the chains. No Spring context. */
@NullMarked
@ApplicationModule(
        displayName = "Moving",
        allowedDependencies = {"audit", "cli", "ledger"})
package io.hfeco2ai.moving;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
