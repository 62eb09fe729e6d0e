package io.hfeco2ai.ledger.embodied;

import io.hfeco2ai.ledger.embodied.Embodied.Known;
import io.hfeco2ai.metering.Metering;
import io.hfeco2ai.metering.Metering.Node;
import io.hfeco2ai.platform.BadInput;
import io.hfeco2ai.platform.NotFound;
import io.hfeco2ai.teams.Access;
import io.hfeco2ai.teams.Allow;
import io.hfeco2ai.teams.Allow.People;
import io.hfeco2ai.units.CarbonMass;
import java.math.BigDecimal;
import java.time.Clock;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.ModelAndView;

/** What making a node emitted, as admins set it. */
@Allow(people = People.SIGNED_IN)
@Controller
class EmbodiedPage {

    /** @param hourly what an hour of its life carries; null: unknown */
    record EmbodiedView(
            Node node,
            @Nullable Known known,
            @Nullable CarbonMass hourly,
            boolean admin,
            Map<String, String> typed,
            Map<String, String> errors) {}

    private final Embodied embodied;
    private final Metering metering;
    private final Access access;
    private final Clock clock;

    EmbodiedPage(Embodied embodied, Metering metering, Access access, Clock clock) {
        this.embodied = embodied;
        this.metering = metering;
        this.access = access;
        this.clock = clock;
    }

    @GetMapping("/nodes/{id}/embodied")
    ModelAndView show(@PathVariable String id) {
        Node node = node(id);
        Known known = embodied.of(id).orElse(null);
        return page(node, known, known == null ? Map.of() : typed(known), Map.of(), HttpStatus.OK);
    }

    @Allow(people = People.ADMINS)
    @PostMapping("/nodes/{id}/embodied")
    ModelAndView set(
            @PathVariable String id,
            @RequestParam(defaultValue = "") String bought,
            @RequestParam(name = "life_months", defaultValue = "") String lifeMonths,
            @RequestParam(name = "embodied_kg", defaultValue = "") String embodiedKg,
            @RequestParam(defaultValue = "") String source) {
        Node node = node(id);
        Map<String, String> typed =
                Map.of("bought", bought, "life_months", lifeMonths, "embodied_kg", embodiedKg, "source", source);
        try {
            embodied.set(id, EmbodiedInput.known(typed, LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC)));
            return new ModelAndView("redirect:/nodes/{id}/embodied", Map.of("id", id));
        } catch (BadInput e) {
            Known known = embodied.of(id).orElse(null);
            return page(node, known, typed, Map.of(e.field(), e.detail()), HttpStatus.BAD_REQUEST);
        }
    }

    private Node node(String id) {
        return metering.node(id).orElseThrow(() -> new NotFound("node " + id));
    }

    private static Map<String, String> typed(Known known) {
        Map<String, String> typed = new LinkedHashMap<>();
        typed.put("bought", known.boughtOn().toString());
        typed.put("life_months", Integer.toString(known.lifeMonths()));
        typed.put(
                "embodied_kg",
                new BigDecimal(known.embodied().micrograms())
                        .movePointLeft(9)
                        .stripTrailingZeros()
                        .toPlainString());
        typed.put("source", known.source());
        return typed;
    }

    private ModelAndView page(
            Node node,
            @Nullable Known known,
            Map<String, String> typed,
            Map<String, String> errors,
            HttpStatus status) {
        EmbodiedView view = new EmbodiedView(
                node,
                known,
                known == null ? null : hourly(known),
                access.viewer().admin(),
                typed,
                errors);
        return new ModelAndView("ledger/embodied", Map.of("view", view), status);
    }

    /** Of its first hour; the others differ by a microgram at most. */
    private static CarbonMass hourly(Known known) {
        long startMs = known.boughtOn().atStartOfDay(ZoneOffset.UTC).toInstant().toEpochMilli();
        return CarbonMass.ofMicrograms(known.life().between(startMs, startMs + NodeLife.HOUR_MS));
    }
}
