package io.hfeco2ai.grid;

import io.hfeco2ai.platform.BadInput;
import io.hfeco2ai.teams.Access;
import io.hfeco2ai.teams.Allow;
import io.hfeco2ai.teams.Allow.People;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.ModelAndView;

/** Contracts and certificates: what the market-based view of a site's electricity stands on. */
@Allow(people = People.SIGNED_IN)
@Controller
class SupplyPage {

    /** @param last its last day */
    record ContractRow(String id, String site, String name, LocalDate from, LocalDate last, Grid.Factor factor) {}

    /** @param site null: all of its market */
    record CertificateRow(
            Supply.Certificate certificate,
            BigDecimal volumeMwh,
            @Nullable String site) {}

    record CoverRow(String site, int vintage, BigDecimal percent, Grid.Factor factor) {}

    record SupplyView(
            List<ContractRow> contracts,
            List<CertificateRow> certificates,
            List<CoverRow> covers,
            List<Grid.Site> sites,
            Set<String> kinds,
            boolean admin,
            Map<String, String> contract,
            Map<String, String> certificate,
            Map<String, String> errors) {}

    private final Supply supply;
    private final Grid grid;
    private final Access access;

    SupplyPage(Supply supply, Grid grid, Access access) {
        this.supply = supply;
        this.grid = grid;
        this.access = access;
    }

    @GetMapping("/contracts")
    ModelAndView contracts() {
        return page(Map.of(), Map.of(), Map.of(), HttpStatus.OK);
    }

    @Allow(people = People.ADMINS)
    @PostMapping("/contracts")
    ModelAndView addContract(@RequestParam Map<String, String> typed) {
        try {
            supply.addContract(SupplyInput.contract(typed));
            return back();
        } catch (BadInput e) {
            return page(typed, Map.of(), Map.of("contract." + e.field(), e.detail()), HttpStatus.BAD_REQUEST);
        }
    }

    @Allow(people = People.ADMINS)
    @PostMapping("/contracts/{id}/withdraw")
    ModelAndView withdrawContract(@PathVariable String id) {
        supply.withdrawContract(id);
        return back();
    }

    @Allow(people = People.ADMINS)
    @PostMapping("/certificates")
    ModelAndView addCertificate(@RequestParam Map<String, String> typed) {
        try {
            supply.addCertificate(
                    SupplyInput.certificate(typed, zone -> grid.zone(zone).map(Grid.Zone::code)));
            return back();
        } catch (BadInput e) {
            return page(Map.of(), typed, Map.of("certificate." + e.field(), e.detail()), HttpStatus.BAD_REQUEST);
        }
    }

    @Allow(people = People.ADMINS)
    @PostMapping("/certificates/{id}/withdraw")
    ModelAndView withdrawCertificate(@PathVariable String id) {
        supply.withdrawCertificate(id);
        return back();
    }

    private static ModelAndView back() {
        return new ModelAndView("redirect:/contracts");
    }

    private ModelAndView page(
            Map<String, String> contract,
            Map<String, String> certificate,
            Map<String, String> errors,
            HttpStatus status) {
        SupplyView view = new SupplyView(
                supply.contracts().stream().map(this::row).toList(),
                supply.certificates().stream().map(this::row).toList(),
                supply.covers().stream().map(this::row).toList(),
                grid.sites(),
                SupplyInput.KINDS,
                access.viewer().admin(),
                contract,
                certificate,
                errors);
        return new ModelAndView("grid/contracts", Map.of("view", view), status);
    }

    private ContractRow row(Supply.Contract contract) {
        return new ContractRow(
                contract.id(),
                grid.site(contract.siteId()).name(),
                contract.name(),
                day(contract.fromMs()),
                day(contract.toMs()).minusDays(1),
                grid.factor(contract.factorId()).orElseThrow());
    }

    private CertificateRow row(Supply.Certificate certificate) {
        String site = certificate.siteId();
        return new CertificateRow(
                certificate,
                BigDecimal.valueOf(certificate.volumeWh()).movePointLeft(6).stripTrailingZeros(),
                site == null ? null : grid.site(site).name());
    }

    private CoverRow row(Supply.Cover cover) {
        return new CoverRow(
                grid.site(cover.siteId()).name(),
                cover.vintage(),
                BigDecimal.valueOf(cover.coveredPpm()).movePointLeft(4).stripTrailingZeros(),
                grid.factor(cover.factorId()).orElseThrow());
    }

    private static LocalDate day(long ms) {
        return Instant.ofEpochMilli(ms).atOffset(ZoneOffset.UTC).toLocalDate();
    }
}
