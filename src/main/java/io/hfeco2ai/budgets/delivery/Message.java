package io.hfeco2ai.budgets.delivery;

import io.hfeco2ai.units.Figures;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What a channel is told, the same for each kind of channel.
 *
 * @param deliveryId the same in each attempt
 * @param alertId the delivery's own for a test
 * @param kind of the alert, in lower case: {@code budget_threshold}
 * @param team its name; null: the organisation
 * @param amount how much, with its unit; may be empty
 * @param resolved null: it lasts
 * @param link null: nobody said at which address people reach this server
 * @param whoCanAct a sentence
 */
record Message(
        String deliveryId,
        Event event,
        String alertId,
        String kind,
        Severity severity,
        @Nullable String team,
        String title,
        String amount,
        String detail,
        Instant since,
        @Nullable Instant resolved,
        @Nullable String link,
        String whoCanAct) {

    /** A line of it, with its label. */
    record Fact(String label, String text) {}

    String headline() {
        return switch (event) {
            case FIRING -> title;
            case RESOLVED -> "Over: " + title;
            case ESCALATED -> "Not acknowledged yet: " + title;
            case REMINDER -> "Still so: " + title;
            case TEST -> "Test: " + title;
        };
    }

    List<Fact> facts() {
        List<Fact> facts = new ArrayList<>();
        if (!amount.isEmpty()) {
            facts.add(new Fact("How much", amount));
        }
        facts.add(new Fact("Severity", severity.name().toLowerCase(Locale.ROOT)));
        facts.add(new Fact("Since", minute(since)));
        if (resolved != null) {
            facts.add(new Fact("Over since", minute(resolved)));
        }
        facts.add(new Fact("Team", team == null ? "the organisation" : team));
        facts.add(new Fact("Who can act", whoCanAct));
        return facts;
    }

    private static String minute(Instant at) {
        return new Figures().time(at) + " UTC";
    }
}
