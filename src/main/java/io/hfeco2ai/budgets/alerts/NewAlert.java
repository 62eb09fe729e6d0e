package io.hfeco2ai.budgets.alerts;

import io.hfeco2ai.budgets.delivery.Severity;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Something that deserves attention.
 *
 * @param scope what it belongs to, at most 200 characters: {@code budget/<id>}, {@code silent-node}
 * @param name of it within the scope, at most 99 characters: it is raised once as long as it lasts
 * @param teamId null: the organisation's
 * @param leadsOnly members of the team do not see it
 * @param amount how much, with its unit
 * @param path of the page that shows it
 */
record NewAlert(
        String scope,
        String name,
        AlertKind kind,
        Severity severity,
        @Nullable String teamId,
        boolean leadsOnly,
        String title,
        String amount,
        String detail,
        String path,
        Instant since) {

    private static final int LONGEST_TITLE = 400;
    private static final int LONGEST_DETAIL = 2000;

    NewAlert {
        title = line(title, LONGEST_TITLE);
        amount = line(amount, LONGEST_TITLE);
        detail = line(detail, LONGEST_DETAIL);
    }

    String key() {
        return scope + "/" + name;
    }

    /** Names of users are in it: whatever they hold, it is one line, in mails, logs and pages. */
    private static String line(String text, int longest) {
        String one = text.replaceAll("[\\p{Cntrl}\\u2028\\u2029]+", " ").strip();
        return one.length() <= longest ? one : one.substring(0, longest - 1) + "…";
    }
}
