package io.hfeco2ai.grid.factors;

import io.hfeco2ai.grid.Grid;
import io.hfeco2ai.grid.factors.GridView.FeedRow;
import io.hfeco2ai.grid.factors.GridView.ListView;
import io.hfeco2ai.grid.factors.GridView.ZoneRow;
import io.hfeco2ai.grid.factors.GridView.ZoneView;
import io.hfeco2ai.platform.NotFound;
import io.hfeco2ai.teams.Access;
import io.hfeco2ai.teams.Allow;
import io.hfeco2ai.teams.Allow.People;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;

/** Zones with the factor that holds now and its origin; of one zone the last day, all values and all editions. */
@Allow(people = People.SIGNED_IN)
@Controller
class GridPage {

    private static final int PAGE_SIZE = 50;
    private static final int DAY_HOURS = 24;
    private static final long LIVE_MS = 3 * HourMeans.HOUR_MS;

    private final Grid grid;
    private final EditionStore editions;
    private final Editions changes;
    private final Feeds feeds;
    private final Access access;
    private final Clock clock;

    GridPage(Grid grid, EditionStore editions, Editions changes, Feeds feeds, Access access, Clock clock) {
        this.grid = grid;
        this.editions = editions;
        this.changes = changes;
        this.feeds = feeds;
        this.access = access;
        this.clock = clock;
    }

    /** @param q part of a zone's code or name */
    @GetMapping("/grid")
    String zones(@RequestParam(defaultValue = "") String q, @RequestParam(defaultValue = "0") int page, Model model) {
        String text = q.strip();
        Set<String> hourly = editions.hourlyZones();
        List<Grid.Zone> all = grid.zones().stream()
                .filter(zone -> zone.hasFactor() && matches(zone, text))
                .sorted((one, other) -> Boolean.compare(hourly.contains(other.code()), hourly.contains(one.code())))
                .toList();
        int shown = Math.max(0, Math.min(page, (all.size() - 1) / PAGE_SIZE));
        List<ZoneRow> rows = all.stream()
                .skip((long) shown * PAGE_SIZE)
                .limit(PAGE_SIZE)
                .flatMap(zone -> row(zone, hourly.contains(zone.code())).stream())
                .toList();
        List<FeedRow> fed = feeds.all().stream()
                .map(feed -> FeedRow.of(feed, clock.millis(), LIVE_MS))
                .toList();
        model.addAttribute(
                "view",
                new ListView(text, rows, shown, PAGE_SIZE, all.size(), fed, editions.candidates(), mayChange()));
        return "grid/factors";
    }

    private static boolean matches(Grid.Zone zone, String text) {
        String wanted = text.toLowerCase(Locale.ROOT);
        return (zone.code() + " " + zone.name()).toLowerCase(Locale.ROOT).contains(wanted);
    }

    private boolean mayChange() {
        return access.viewer().admin();
    }

    private Optional<ZoneRow> row(Grid.Zone zone, boolean hourly) {
        List<Grid.@Nullable Factor> day = hourly ? lastDay(zone.code()) : List.of();
        return grid.factorOfZone(zone.code(), clock.millis())
                .map(factor -> ZoneRow.of(zone, factor, day, thisHourMs(), clock.millis(), LIVE_MS));
    }

    /** The hour now last; null: no value of its own. */
    private List<Grid.@Nullable Factor> lastDay(String zone) {
        List<Grid.@Nullable Factor> day = new ArrayList<>();
        for (int ago = DAY_HOURS - 1; ago >= 0; ago--) {
            day.add(grid.factorOfZone(zone, thisHourMs() - ago * HourMeans.HOUR_MS)
                    .filter(factor -> factor.resolution() == Grid.Resolution.HOUR)
                    .orElse(null));
        }
        return day;
    }

    private long thisHourMs() {
        return HourMeans.hourOf(clock.millis());
    }

    /** @throws NotFound no such zone */
    @GetMapping("/grid/zones/{code}")
    String zone(@PathVariable String code, Model model) {
        Grid.Zone zone = grid.zone(code).orElseThrow(() -> new NotFound("zone " + code));
        List<Grid.@Nullable Factor> day = lastDay(zone.code());
        List<Grid.Factor> values = grid.factorsOfZone(zone.code()).stream()
                .filter(factor -> factor.resolution() != Grid.Resolution.HOUR)
                .toList();
        model.addAttribute(
                "view",
                new ZoneView(
                        zone,
                        row(zone, true).orElse(null),
                        GridView.chart(day, thisHourMs()),
                        GridView.hours(day, thisHourMs()),
                        values,
                        editions.ofZone(zone.code()),
                        mayChange()));
        return "grid/zone";
    }

    @Allow(people = People.ADMINS)
    @PostMapping("/grid/editions/{id}/adopt")
    String adopt(@PathVariable String id) {
        return "redirect:/grid/zones/" + changes.adopt(id).zone();
    }

    @Allow(people = People.ADMINS)
    @PostMapping("/grid/editions/{id}/discard")
    String discard(@PathVariable String id) {
        return "redirect:/grid/zones/" + changes.discard(id).zone();
    }
}
