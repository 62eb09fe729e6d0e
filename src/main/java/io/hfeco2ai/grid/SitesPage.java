package io.hfeco2ai.grid;

import io.hfeco2ai.metering.Metering;
import io.hfeco2ai.platform.BadInput;
import io.hfeco2ai.platform.NotFound;
import io.hfeco2ai.teams.Allow;
import io.hfeco2ai.teams.Allow.People;
import java.math.BigDecimal;
import java.time.Clock;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.ModelAndView;

/** Sites: where nodes stand, in which grid, with which overhead. */
@Allow(people = People.SIGNED_IN)
@Controller
class SitesPage {

    /** What was typed and what is wrong with it, by field. */
    record Form(Map<String, String> typed, Map<String, String> errors) {
        static final Form EMPTY = new Form(Map.of(), Map.of());
    }

    /** Something to choose as a zone. */
    record Choice(String code, String name) {}

    /** @param hourYear the current year in UTC, to say which year's factor stands in for it */
    record SiteView(Grid.Site site, Grid.@Nullable Zone zone, Grid.Pricing pricing, int hourYear) {}

    record SitesView(List<SiteView> sites, List<Choice> choices, Form form) {}

    /** @param control null: nobody chose; @param here nodes that stand in the site now; @param elsewhere the others, to be moved here */
    record SitePageView(
            SiteView site,
            @Nullable SiteControl control,
            List<Metering.Node> here,
            List<Metering.Node> elsewhere,
            List<Grid.CloudRegion> regions,
            List<Choice> choices,
            Form form) {}

    private final Grid grid;
    private final Metering metering;
    private final Clock clock;

    SitesPage(Grid grid, Metering metering, Clock clock) {
        this.grid = grid;
        this.metering = metering;
        this.clock = clock;
    }

    @GetMapping("/sites")
    String sites(Model model) {
        model.addAttribute("view", sitesView(Form.EMPTY));
        return "grid/sites";
    }

    @Allow(people = People.ADMINS)
    @PostMapping("/sites")
    ModelAndView add(
            @RequestParam(defaultValue = "") String name,
            @RequestParam(defaultValue = "OWN") Grid.Operator operator,
            @RequestParam(defaultValue = "") String zone,
            @RequestParam(defaultValue = "") String pue) {
        try {
            Grid.Site site = grid.createSite(name, operator, zone.isBlank() ? null : zone, number("pue", pue));
            return new ModelAndView("redirect:/sites/" + site.id());
        } catch (BadInput e) {
            Map<String, String> typed = Map.of("name", name, "operator", operator.name(), "zone", zone, "pue", pue);
            return refused("grid/sites", sitesView(new Form(typed, Map.of(e.field(), e.detail()))));
        }
    }

    @GetMapping("/sites/{id}")
    String site(@PathVariable String id, Model model) {
        model.addAttribute("view", siteView(id, Form.EMPTY));
        return "grid/site";
    }

    @Allow(people = People.ADMINS)
    @PostMapping("/sites/{id}")
    ModelAndView change(
            @PathVariable String id,
            @RequestParam(defaultValue = "") String zone,
            @RequestParam(defaultValue = "") String pue,
            @RequestParam(required = false) @Nullable String wue,
            @RequestParam(defaultValue = "now") String from) {
        String chosen = zone.isBlank() ? null : zone;
        try {
            BigDecimal litres = wue == null ? null : number("wue", wue);
            SiteInput.checkWue(litres);
            if (from.equals("beginning")) {
                grid.correctZoneAndPue(id, chosen, number("pue", pue));
            } else {
                grid.setZoneAndPue(id, chosen, number("pue", pue));
            }
            if (wue != null) {
                grid.setWue(id, litres);
            }
            return new ModelAndView("redirect:/sites/" + id);
        } catch (BadInput e) {
            Map<String, String> typed = Map.of("zone", zone, "pue", pue, "wue", wue == null ? "" : wue, "from", from);
            Form form = new Form(typed, Map.of(e.field(), e.detail()));
            return refused("grid/site", siteView(id, form));
        }
    }

    @Allow(people = People.ADMINS)
    @PostMapping(path = "/sites/{id}", params = "node")
    String moveHere(@PathVariable String id, @RequestParam String node) {
        if (metering.node(node).isEmpty()) {
            throw new NotFound("node " + node);
        }
        grid.assignNode(node, id);
        return "redirect:/sites/" + id;
    }

    @Allow(people = People.ADMINS)
    @PostMapping(path = "/sites/{id}", params = "control")
    ModelAndView control(
            @PathVariable String id,
            @RequestParam SiteControl.Control control,
            @RequestParam(defaultValue = "") String reason) {
        try {
            grid.chooseControl(id, control, reason);
            return new ModelAndView("redirect:/sites/" + id);
        } catch (BadInput e) {
            Map<String, String> typed = Map.of("control", control.name(), "reason", reason);
            return refused("grid/site", siteView(id, new Form(typed, Map.of(e.field(), e.detail()))));
        }
    }

    private static ModelAndView refused(String template, Object view) {
        return new ModelAndView(template, Map.of("view", view), HttpStatus.BAD_REQUEST);
    }

    private static @Nullable BigDecimal number(String field, String text) {
        if (text.isBlank()) {
            return null;
        }
        try {
            return new BigDecimal(text.strip());
        } catch (NumberFormatException e) {
            throw new BadInput(field, "\"" + text.strip() + "\" is no number: write it as 1.25, or leave it empty.");
        }
    }

    private SitesView sitesView(Form form) {
        return new SitesView(grid.sites().stream().map(this::view).toList(), choices(), form);
    }

    private SitePageView siteView(String id, Form form) {
        SiteView site = view(grid.site(id));
        List<Grid.CloudRegion> regions = grid.regions().stream()
                .filter(region -> region.zone().equals(site.site().zone()))
                .toList();
        Map<Boolean, List<Metering.Node>> nodes = metering.nodes().stream()
                .collect(Collectors.partitioningBy(
                        node -> grid.siteOf(node.id(), clock.millis()).equals(id)));
        return new SitePageView(
                site,
                grid.controls(Long.MAX_VALUE).get(id),
                nodes.getOrDefault(true, List.of()),
                nodes.getOrDefault(false, List.of()),
                regions,
                choices(),
                form);
    }

    private SiteView view(Grid.Site site) {
        long nowMs = clock.millis();
        String zone = site.zone();
        return new SiteView(
                site,
                zone == null ? null : grid.zone(zone).orElse(null),
                grid.pricingOfSite(site.id(), nowMs),
                clock.instant().atOffset(ZoneOffset.UTC).getYear());
    }

    /** Zones that have a factor, then cloud regions. */
    private List<Choice> choices() {
        List<Choice> choices = new ArrayList<>();
        grid.zones().stream()
                .filter(Grid.Zone::hasFactor)
                .forEach(zone -> choices.add(new Choice(zone.code(), zone.name())));
        grid.regions().forEach(region -> choices.add(new Choice(region.alias(), region.name())));
        return choices;
    }
}
