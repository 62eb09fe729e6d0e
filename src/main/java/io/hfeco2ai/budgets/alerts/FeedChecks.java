package io.hfeco2ai.budgets.alerts;

import io.hfeco2ai.budgets.delivery.Severity;
import io.hfeco2ai.grid.FeedStale;
import io.hfeco2ai.grid.Grid;
import io.hfeco2ai.grid.Grid.StaleFeed;
import io.hfeco2ai.units.Figures;
import java.time.Instant;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;

/** Looks after the providers of carbon intensities. */
@Component
class FeedChecks {

    static final String STALE = "stale-feed";

    private final Grid grid;
    private final Alerts alerts;
    private final Figures figures = new Figures();

    FeedChecks(Grid grid, Alerts alerts) {
        this.grid = grid;
        this.alerts = alerts;
    }

    /** At once; that it is fresh again shows at the next check. */
    @EventListener(FeedStale.class)
    void staleFeeds() {
        alerts.found(STALE, grid.staleFeeds().stream().map(this::stale).toList());
    }

    private NewAlert stale(StaleFeed feed) {
        Long newestMs = feed.newestMs();
        String newest = newestMs == null
                ? "no value yet"
                : "newest value of " + figures.time(Instant.ofEpochMilli(newestMs)) + " UTC";
        return new NewAlert(
                STALE,
                feed.provider() + "/" + feed.zone(),
                AlertKind.STALE_FEED,
                Severity.WARNING,
                null,
                false,
                "Carbon intensity of zone " + feed.zone() + " is stale",
                newest,
                "The provider " + feed.provider() + " sends nothing new"
                        + (feed.problem() == null ? "." : ": " + feed.problem())
                        + " Hours without a value are priced with the month's or the year's, and say so.",
                "/grid",
                Instant.ofEpochMilli(feed.sinceMs()));
    }
}
