package io.hfeco2ai.budgets.alerts;

/** What an alert is about. */
enum AlertKind {
    BUDGET_THRESHOLD,
    BUDGET_FORECAST,
    ABNORMAL_POWER,
    IDLE_GPU,
    SILENT_NODE,
    STALE_FEED
}
