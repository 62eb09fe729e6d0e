package io.hfeco2ai.grid;

import io.hfeco2ai.platform.BadInput;
import io.hfeco2ai.platform.Inputs;
import java.math.BigDecimal;
import java.text.Normalizer;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Checks what people type about sites; every refusal names the field and the cure. */
final class SiteInput {

    private static final BigDecimal LOWEST_PUE = BigDecimal.ONE;
    private static final BigDecimal HIGHEST_PUE = BigDecimal.valueOf(5);
    private static final BigDecimal HIGHEST_WUE = BigDecimal.valueOf(50);
    private static final int LONGEST_NAME = 100;
    private static final int LONGEST_ID = 32;

    private SiteInput() {}

    /** The zone meant by {@code DE}, {@code us-cal-ciso} or {@code aws:eu-west-1}. */
    static String zone(String zoneOrRegion, ReferenceData reference) {
        return reference
                .zone(zoneOrRegion)
                .map(ReferenceData.NamedZone::code)
                .or(() -> reference.region(zoneOrRegion).map(Grid.CloudRegion::zone))
                .orElseThrow(
                        () -> new BadInput(
                                "zone",
                                "Unknown zone \"" + zoneOrRegion.strip()
                                        + "\": use a code such as DE or US-CAL-CISO, or a cloud region such as aws:eu-west-1."));
    }

    static void checkPue(@Nullable BigDecimal pue) {
        if (pue == null) {
            return;
        }
        if (pue.compareTo(LOWEST_PUE) < 0 || pue.compareTo(HIGHEST_PUE) > 0) {
            throw new BadInput(
                    "pue",
                    "PUE is facility energy divided by IT energy: use a number from 1 to 5, or leave it empty where it"
                            + " is unknown.");
        }
        if (pue.stripTrailingZeros().scale() > 4) {
            throw new BadInput("pue", "Use at most four decimals for the PUE.");
        }
    }

    static void checkWue(@Nullable BigDecimal wue) {
        if (wue == null) {
            return;
        }
        if (wue.signum() < 0 || wue.compareTo(HIGHEST_WUE) > 0) {
            throw new BadInput(
                    "wue",
                    "WUE is litres of water for each kWh of IT energy: use a number from 0 to 50, or leave it empty where"
                            + " it is unknown.");
        }
        if (wue.stripTrailingZeros().scale() > 4) {
            throw new BadInput("wue", "Use at most four decimals for the WUE.");
        }
    }

    static GridStore.SiteRow site(String name, Grid.Operator operator) {
        String clean = name.strip().replaceAll("\\s+", " ");
        Inputs.plain("name", clean);
        if (clean.isEmpty() || clean.length() > LONGEST_NAME) {
            throw new BadInput("name", "Give the site a name of 1 to " + LONGEST_NAME + " characters.");
        }
        return new GridStore.SiteRow(id(clean), clean, operator);
    }

    /** Readable in an address: {@code "Zürich lab 2"} is {@code zurich-lab-2}; a hash where no Latin letter is left. */
    private static String id(String name) {
        String slug = Normalizer.normalize(name, Normalizer.Form.NFD)
                .toLowerCase(Locale.ROOT)
                .replaceAll("\\p{M}", "")
                .replaceAll("[^a-z0-9]+", "-")
                .replaceAll("^-|-$", "");
        if (slug.isEmpty()) {
            return "site-" + Integer.toHexString(name.hashCode());
        }
        return slug.substring(0, Math.min(slug.length(), LONGEST_ID));
    }
}
