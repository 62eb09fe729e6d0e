/** Who may do what: users, teams, API tokens, sign-in. */
@NullMarked
@ApplicationModule(
        displayName = "Teams",
        allowedDependencies = {"platform", "platform :: rows"})
package io.hfeco2ai.teams;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
