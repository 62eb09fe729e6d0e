package io.hfeco2ai.budgets.delivery;

/** How much an alert matters; a later one matters more. */
public enum Severity {
    /** Good to know. */
    INFO,
    /** Somebody should look at it in the next days. */
    WARNING,
    /** A limit is exceeded. */
    CRITICAL
}
