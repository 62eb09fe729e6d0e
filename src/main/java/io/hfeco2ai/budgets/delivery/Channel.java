package io.hfeco2ai.budgets.delivery;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Where alerts are told.
 *
 * @param teamId null: the organisation's
 * @param shown the addresses of an e-mail channel, else the URL up to its host: the rest of it is a secret
 * @param sealedUrl null for e-mail
 * @param sealedKey what a webhook is signed with
 * @param quiet null: never
 * @param criticalPasses critical alerts do not wait for the end of the quiet hours
 * @param escalationsOnly it is told only what others did not acknowledge
 * @param escalateMinutes after which an alert that nobody acknowledged goes to escalateTo
 */
record Channel(
        String id,
        @Nullable String teamId,
        String name,
        ChannelKind kind,
        String shown,
        @Nullable String sealedUrl,
        @Nullable String sealedKey,
        Severity leastSeverity,
        @Nullable QuietHours quiet,
        boolean criticalPasses,
        boolean escalationsOnly,
        @Nullable Integer escalateMinutes,
        @Nullable String escalateTo) {

    /** When it may be told something of that severity, at the earliest. */
    Instant opens(Severity severity, Instant from) {
        return quiet == null || (criticalPasses && severity == Severity.CRITICAL) ? from : quiet.after(from);
    }
}
