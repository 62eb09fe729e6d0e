package io.hfeco2ai.teams;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Who may call a route at all; which rows they then see and change is the controller's to ask of {@link Viewer}. A route
 * without it is closed to everybody.
 */
@Documented
@Target({ElementType.METHOD, ElementType.TYPE})
@Retention(RetentionPolicy.RUNTIME)
public @interface Allow {

    People people() default People.NONE;

    Tokens[] tokens() default {};

    /** Persons by their role. */
    enum People {
        EVERYBODY,
        SIGNED_IN,
        /** A member or lead of any team, or an admin. */
        MEMBERS,
        /** A lead of any team, or an admin. */
        LEADS,
        /** Auditors and admins. */
        AUDITORS,
        ADMINS,
        NONE
    }

    /** What a token is for. */
    enum Tokens {
        /** Runs and energy: what a training script needs. */
        CLIENT,
        /** The energy of nodes, and whom to follow there. */
        AGENT,
        /** Figures only. */
        READ
    }
}
