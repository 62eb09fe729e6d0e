@org.jspecify.annotations.NullMarked
package io.hfeco2ai.ledger.embodied;
