/** What a CodeCarbon client calls, under /codecarbon: its runs become runs, its energy becomes intervals. */
@NullMarked
@ApplicationModule(
        displayName = "Edge: CodeCarbon",
        allowedDependencies = {"ledger", "metering", "experiments", "teams", "platform", "units"})
package io.hfeco2ai.edge.codecarbon;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
