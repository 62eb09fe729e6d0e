/** The year that the organisation's inventories are compared with, and whether corrections moved it too far. */
@NullMarked
@NamedInterface("base")
package io.hfeco2ai.ledger.base;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.NamedInterface;
