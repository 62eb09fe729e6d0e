package io.hfeco2ai.ledger.offsets;

import io.hfeco2ai.ledger.offsets.Offsets.Kind;
import io.hfeco2ai.ledger.offsets.Offsets.Offset;
import io.hfeco2ai.platform.BadInput;
import io.hfeco2ai.platform.Conflict;
import io.hfeco2ai.teams.Access;
import io.hfeco2ai.teams.Allow;
import io.hfeco2ai.teams.Allow.People;
import java.math.BigDecimal;
import java.time.Clock;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.ModelAndView;

/** The register of offsets and removals. */
@Allow(people = People.SIGNED_IN)
@Controller
class OffsetsPage {

    /** @param tonnes CO2e */
    record Row(Offset offset, BigDecimal tonnes) {}

    record OffsetsView(
            List<Row> rows, List<Kind> kinds, boolean admin, Map<String, String> typed, Map<String, String> errors) {}

    private final Offsets offsets;
    private final Access access;
    private final Clock clock;

    OffsetsPage(Offsets offsets, Access access, Clock clock) {
        this.offsets = offsets;
        this.access = access;
        this.clock = clock;
    }

    @GetMapping("/offsets")
    ModelAndView offsets() {
        return page(Map.of(), Map.of(), HttpStatus.OK);
    }

    @Allow(people = People.ADMINS)
    @PostMapping("/offsets")
    ModelAndView add(@RequestParam Map<String, String> typed) {
        try {
            offsets.add(OffsetInput.of(typed, LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC)));
            return new ModelAndView("redirect:/offsets");
        } catch (BadInput e) {
            return page(typed, Map.of(e.field(), e.detail()), HttpStatus.BAD_REQUEST);
        }
    }

    @Allow(people = People.ADMINS)
    @PostMapping("/offsets/{id}/void")
    ModelAndView voided(@PathVariable String id, @RequestParam(defaultValue = "") String reason) {
        try {
            offsets.voided(id, reason);
            return new ModelAndView("redirect:/offsets");
        } catch (BadInput e) {
            return page(Map.of("reason." + id, reason), Map.of("reason." + id, e.detail()), HttpStatus.BAD_REQUEST);
        } catch (Conflict e) {
            return page(Map.of(), Map.of("reason." + id, e.detail()), HttpStatus.CONFLICT);
        }
    }

    private ModelAndView page(Map<String, String> typed, Map<String, String> errors, HttpStatus status) {
        List<Row> rows = offsets.all().stream()
                .map(one -> new Row(one, BigDecimal.valueOf(one.massKg(), 3)))
                .toList();
        OffsetsView view = new OffsetsView(
                rows, Arrays.asList(Kind.values()), access.viewer().admin(), typed, errors);
        return new ModelAndView("ledger/offsets", Map.of("view", view), status);
    }
}
