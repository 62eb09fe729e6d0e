/** The register of offsets and removals: beside the figures, never in them. */
@NullMarked
@NamedInterface("offsets")
package io.hfeco2ai.ledger.offsets;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.NamedInterface;
