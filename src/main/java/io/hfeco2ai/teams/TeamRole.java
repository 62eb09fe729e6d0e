package io.hfeco2ai.teams;

/** What a person may do in a team; each role includes those before it. */
public enum TeamRole {
    /** Sees the team's runs, figures and budgets. */
    VIEWER,
    /** Also makes and corrects runs, and makes tokens. */
    MEMBER,
    /** Also sets budgets and alerts, revokes the team's tokens and decides who is in the team. */
    LEAD
}
