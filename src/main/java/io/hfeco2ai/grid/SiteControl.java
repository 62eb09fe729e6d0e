package io.hfeco2ai.grid;

import io.hfeco2ai.platform.BadInput;
import io.hfeco2ai.platform.Inputs;

/**
 * Who controls the energy of a site, as somebody chose it: what decides the scope that its energy counts in.
 *
 * @param reason as typed, 1 to 500 characters
 * @param chosenMs epoch milliseconds
 */
public record SiteControl(String siteId, Control control, String reason, long chosenMs) {

    static final int LONGEST_REASON = 500;

    /** After the operational control approach of the GHG Protocol; each stands for one place in an inventory. */
    public enum Control {
        /** Own or leased, under operational control: Scope 2. */
        OPERATIONAL,
        /** Leased without operational control: Scope 3, category 8. */
        LEASED,
        /** Colocation or cloud that is bought as a service: Scope 3, category 1. */
        SERVICE
    }

    static String reason(String typed) {
        String reason = typed.strip();
        Inputs.plain("reason", reason);
        if (reason.isEmpty() || reason.length() > LONGEST_REASON) {
            throw new BadInput(
                    "reason",
                    "Say in 1 to " + LONGEST_REASON + " characters why, such as the lease or contract that shows it.");
        }
        return reason;
    }

    /** As the audit trail shows it. */
    String words() {
        return control + ": " + reason;
    }
}
