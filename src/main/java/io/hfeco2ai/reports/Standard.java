package io.hfeco2ai.reports;

/** What a report follows. */
public enum Standard {
    /** GHG Protocol Scope 2 Guidance (2015). */
    GHG_SCOPE2
}
