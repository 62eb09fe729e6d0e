package io.hfeco2ai.grid;

import java.math.BigDecimal;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.stereotype.Component;

/** At start: loads bundled factors that are not stored yet, and makes the default site. Both do nothing the next time. */
@Component
class GridStart implements SmartInitializingSingleton {

    private final GridStore store;
    private final GridCache cache;
    private final ReferenceData reference;
    private final SiteProperties settings;
    private final ApplicationEventPublisher events;
    private final Clock clock;

    GridStart(
            GridStore store,
            GridCache cache,
            ReferenceData reference,
            SiteProperties settings,
            ApplicationEventPublisher events,
            Clock clock) {
        this.store = store;
        this.cache = cache;
        this.reference = reference;
        this.settings = settings;
        this.events = events;
        this.clock = clock;
    }

    @Override
    public void afterSingletonsInstantiated() {
        cache.change(before -> {
            List<DatedFactor> added = store.addMissing(ReferenceData.factors());
            addDefaultSite(before);
            Map<String, List<DatedFactor>> byZone = added.stream()
                    .collect(Collectors.groupingBy(dated -> dated.factor().zone()));
            before.sites().forEach(site -> announce(site.id(), before, byZone));
        });
    }

    private void addDefaultSite(GridSnapshot before) {
        GridStore.SiteRow site = new GridStore.SiteRow(Grid.DEFAULT_SITE, "Default site", Grid.Operator.OWN);
        if (!before.hasSite(site)) {
            store.addSite(site, clock.instant());
        }
        String zone = settings.zone();
        boolean setZone = zone != null && !zone.isBlank() && !before.hasZone(site.id());
        if (zone != null && setZone) {
            store.putZone(new GridStore.Since<>(site.id(), 0, SiteInput.zone(zone, reference)));
        }
        BigDecimal pue = settings.pue();
        boolean setPue = pue != null && !before.hasPue(site.id());
        if (setPue) {
            SiteInput.checkPue(pue);
            store.putPue(new GridStore.Since<>(site.id(), 0, pue));
        }
        if (setZone || setPue) {
            events.publishEvent(new SiteChanged(site.id(), 0));
        }
    }

    /** New factors of a site's zones reprice its hours: from the first new year on, or all when that is the oldest. */
    private void announce(String siteId, GridSnapshot before, Map<String, List<DatedFactor>> addedByZone) {
        before.zonesEver(siteId).stream()
                .filter(addedByZone::containsKey)
                .mapToLong(zone -> {
                    long added = firstMs(addedByZone.getOrDefault(zone, List.of()));
                    return added < firstMs(before.factors(zone)) ? 0 : added;
                })
                .min()
                .ifPresent(fromMs -> events.publishEvent(new SiteChanged(siteId, fromMs)));
    }

    private static long firstMs(List<DatedFactor> factors) {
        return factors.stream().mapToLong(DatedFactor::fromMs).min().orElse(Long.MAX_VALUE);
    }
}
