/** What making the nodes emitted: who sets it, and how it is shared out. Never part of operational figures (law 11). */
@NullMarked
@NamedInterface("embodied")
package io.hfeco2ai.ledger.embodied;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.NamedInterface;
