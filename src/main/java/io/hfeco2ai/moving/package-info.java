/** Where the data live: a move from H2 to PostgreSQL, with every row compared, and backups of the embedded database. */
@NullMarked
@ApplicationModule(
        displayName = "Moving",
        allowedDependencies = {"audit", "cli", "ledger"})
package io.hfeco2ai.moving;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
