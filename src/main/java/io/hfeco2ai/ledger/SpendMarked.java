package io.hfeco2ai.ledger;

/** Hours wait to be summed; of use after the commit only. */
record SpendMarked() {}
