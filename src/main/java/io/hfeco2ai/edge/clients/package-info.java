/** What other machines fetch from this server to report to it: the Python package; no sign-in. */
@NullMarked
@ApplicationModule(
        displayName = "Edge: Clients",
        allowedDependencies = {"teams", "platform"})
package io.hfeco2ai.edge.clients;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
