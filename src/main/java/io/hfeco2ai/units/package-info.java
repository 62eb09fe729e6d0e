/** Quantities as types, and the words that qualify them: energy, power, carbon mass, carbon intensity; device kind, quality, boundary. */
@NullMarked
@ApplicationModule(
        displayName = "Units",
        allowedDependencies = {})
package io.hfeco2ai.units;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
