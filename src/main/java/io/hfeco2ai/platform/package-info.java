/** What every page and call shares and no feature owns: security chains, problem responses, page shell, clock, settings, instance lock. */
@NullMarked
@ApplicationModule(
        displayName = "Platform",
        allowedDependencies = {"units"})
package io.hfeco2ai.platform;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
