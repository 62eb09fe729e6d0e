package io.hfeco2ai.ledger;

import java.util.Set;

/** What those projects spent is another sum now; published in the transaction that stores it. */
public record SpendChanged(Set<String> projectIds) {}
