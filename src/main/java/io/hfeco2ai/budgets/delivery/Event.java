package io.hfeco2ai.budgets.delivery;

/** Why a channel is told something. */
enum Event {
    FIRING,
    RESOLVED,
    /** Nobody acknowledged it in time. */
    ESCALATED,
    /** The snooze is over and the condition is not. */
    REMINDER,
    /** Somebody pressed the test button. */
    TEST
}
