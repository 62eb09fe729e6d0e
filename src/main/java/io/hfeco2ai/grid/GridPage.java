package io.hfeco2ai.grid;

import io.hfeco2ai.teams.Allow;
import io.hfeco2ai.teams.Allow.People;
import java.time.Clock;
import java.util.List;
import java.util.Locale;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;

/** The table of factors that hold now, with their origin. */
@Allow(people = People.SIGNED_IN)
@Controller
class GridPage {

    private static final int PAGE_SIZE = 50;

    record FactorRow(Grid.Zone zone, Grid.Factor factor) {}

    /** @param rows one page of zones; @param history every stored factor of the one zone that was asked for */
    record GridView(String text, List<FactorRow> rows, int page, int size, long total, List<Grid.Factor> history) {}

    private final Grid grid;
    private final Clock clock;

    GridPage(Grid grid, Clock clock) {
        this.grid = grid;
        this.clock = clock;
    }

    /** @param q part of a zone's code or name; a whole code also lists all years of that zone */
    @GetMapping("/grid")
    String zones(@RequestParam(defaultValue = "") String q, @RequestParam(defaultValue = "0") int page, Model model) {
        String text = q.strip();
        List<FactorRow> all = grid.zones().stream()
                .filter(zone -> matches(zone, text))
                .flatMap(zone -> grid.factorOfZone(zone.code(), clock.millis()).stream()
                        .map(factor -> new FactorRow(zone, factor)))
                .toList();
        int shown = Math.max(0, Math.min(page, (all.size() - 1) / PAGE_SIZE));
        List<FactorRow> rows =
                all.stream().skip((long) shown * PAGE_SIZE).limit(PAGE_SIZE).toList();
        List<Grid.Factor> history = grid.factorsOfZone(text.toUpperCase(Locale.ROOT));
        model.addAttribute("view", new GridView(text, rows, shown, PAGE_SIZE, all.size(), history));
        return "grid/factors";
    }

    private static boolean matches(Grid.Zone zone, String text) {
        String wanted = text.toLowerCase(Locale.ROOT);
        return (zone.code() + " " + zone.name()).toLowerCase(Locale.ROOT).contains(wanted);
    }
}
