package io.hfeco2ai.reports;

import java.util.List;
import java.util.Locale;

/** What a report follows. */
public enum Standard {
    /** GHG Protocol Scope 2 Guidance (2015). */
    GHG_SCOPE2(true, Option.COLOCATION),
    /** Software Carbon Intensity, ISO/IEC 21031:2024. */
    SCI(false, Option.EXPERIMENT, Option.RUN, Option.PER),
    /** European Sustainability Reporting Standard E1, climate change. */
    ESRS_E1(true, Option.EDITION, Option.COLOCATION),
    /** ISO 14064-1:2018, inventories of organisations. */
    ISO_14064(true, Option.COLOCATION, Option.BASE_YEAR);

    /** What a standard wants to know beyond scope and period. */
    public enum Option {
        /** Servers in rented space: leased, or under own control. */
        COLOCATION("scope3", "scope2"),
        /** Name or id of the only experiment that counts. */
        EXPERIMENT,
        /** Id of the only run that counts, with its child runs. */
        RUN,
        /** What a score is per. */
        PER("run", "run-hour", "tokens", "samples"),
        /** Year of the regulation that a code comes from. */
        EDITION("2023", "2026"),
        /** Year that an inventory is compared with. */
        BASE_YEAR;

        private final List<String> choices;

        Option(String... choices) {
            this.choices = List.of(choices);
        }

        /** What the form's field and the stored request call it. */
        public String key() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }

        /** The first is taken where nothing is said; none: any text. */
        public List<String> choices() {
            return choices;
        }
    }

    private final boolean organisation;
    private final List<Option> options;

    Standard(boolean organisation, Option... options) {
        this.organisation = organisation;
        this.options = List.of(options);
    }

    /** Whether it can be about a whole organisation, or about a team's software only. */
    public boolean organisation() {
        return organisation;
    }

    public List<Option> options() {
        return options;
    }
}
