package io.hfeco2ai.reports;

import java.util.List;
import java.util.Locale;

/** What a report follows. */
public enum Standard {
    /** GHG Protocol Scope 2 Guidance (2015). */
    GHG_SCOPE2(true, Option.COLOCATION, Option.BILL_KWH),
    /** Software Carbon Intensity, ISO/IEC 21031:2024. */
    SCI(false, Option.EXPERIMENT, Option.RUN, Option.PER),
    /** European Sustainability Reporting Standard E1, climate change. */
    ESRS_E1(true, Option.EDITION, Option.COLOCATION),
    /** ISO 14064-1:2018, inventories of organisations. */
    ISO_14064(true, Option.COLOCATION, Option.BASE_YEAR),
    /** Regulation (EU) 2024/1689, Annex XI: energy of training a general-purpose model. */
    AI_ACT(false, Option.MODEL, Option.EXPERIMENT, Option.RUN),
    /** Metadata of a model card on the Hugging Face Hub. */
    MODEL_CARD(false, Option.TRAINING, Option.EXPERIMENT, Option.RUN),
    /** CycloneDX 1.6, energy in the bill of materials of a model. */
    CYCLONEDX(false, Option.MODEL, Option.TRAINING, Option.EXPERIMENT, Option.RUN);

    /** What a standard wants to know beyond scope and period. */
    public enum Option {
        /** Servers in rented space: leased, or under own control. */
        COLOCATION("scope3", "scope2"),
        /** What the meter or bill of the sites under own control says for the period; a decimal number of kWh. */
        BILL_KWH,
        /** Name or id of the only experiment that counts. */
        EXPERIMENT,
        /** Id of the only run that counts, with its child runs. */
        RUN,
        /** What a score is per. */
        PER("run", "run-hour", "tokens", "samples"),
        /** Year of the regulation that a code comes from. */
        EDITION("2023", "2026"),
        /** Year that an inventory is compared with. */
        BASE_YEAR,
        /** Name of the model that the runs made. */
        MODEL,
        /** What the runs did. */
        TRAINING("pre-training", "fine-tuning");

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
