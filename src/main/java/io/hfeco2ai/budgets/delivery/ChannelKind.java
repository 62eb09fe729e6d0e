package io.hfeco2ai.budgets.delivery;

/** The ways in which a person or a machine is told. */
enum ChannelKind {
    EMAIL,
    SLACK,
    TEAMS,
    WEBHOOK,
    ALERTMANAGER;

    public boolean hasUrl() {
        return this != EMAIL;
    }
}
