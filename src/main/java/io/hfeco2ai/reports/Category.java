package io.hfeco2ai.reports;

import io.hfeco2ai.grid.Grid.Site;
import io.hfeco2ai.grid.SiteControl;
import io.hfeco2ai.reports.Standard.Option;
import org.jspecify.annotations.Nullable;

/** Where the energy of a site counts in the inventory of whoever runs the machines (GHG Protocol, operational control). */
public enum Category {
    /** Purchased electricity of operations that one controls. */
    SCOPE2("Scope 2"),
    /** Scope 3, category 1: services that are bought, such as cloud computing. */
    SCOPE3_PURCHASED("Scope 3, category 1"),
    /** Scope 3, category 8: assets that are leased. */
    SCOPE3_LEASED("Scope 3, category 8");

    private final String words;

    Category(String words) {
        this.words = words;
    }

    public String words() {
        return words;
    }

    /** @param control null: nobody chose, so the operator decides, and for rented space whoever asked */
    public static Category of(Site site, @Nullable SiteControl control, ReportRequest request) {
        if (control != null) {
            return switch (control.control()) {
                case OPERATIONAL -> SCOPE2;
                case LEASED -> SCOPE3_LEASED;
                case SERVICE -> SCOPE3_PURCHASED;
            };
        }
        return switch (site.operator()) {
            case OWN -> SCOPE2;
            case COLOCATION -> request.option(Option.COLOCATION).equals("scope2") ? SCOPE2 : SCOPE3_LEASED;
            case CLOUD -> SCOPE3_PURCHASED;
        };
    }
}
