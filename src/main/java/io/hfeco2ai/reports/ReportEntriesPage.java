package io.hfeco2ai.reports;

import io.hfeco2ai.grid.Grid;
import io.hfeco2ai.ledger.Ledger;
import io.hfeco2ai.ledger.Ledger.Entry;
import io.hfeco2ai.platform.BadInput;
import io.hfeco2ai.reports.Reports.Listed;
import io.hfeco2ai.reports.ReportsView.EntriesView;
import io.hfeco2ai.reports.ReportsView.EntryRow;
import io.hfeco2ai.reports.ReportsView.Row;
import io.hfeco2ai.teams.Allow;
import io.hfeco2ai.teams.Allow.People;
import java.time.DateTimeException;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.util.UriComponentsBuilder;

/** From a report's figure to the lines of the ledger that it adds up, and from there to node, run and factor. */
@Allow(people = People.SIGNED_IN)
@Controller
class ReportEntriesPage {

    private static final int PAGE_SIZE = 100;
    private static final int LAST_PAGE = 1_000_000;

    private final Reports reports;
    private final ReportSight sight;
    private final Ledger ledger;
    private final Grid grid;

    ReportEntriesPage(Reports reports, ReportSight sight, Ledger ledger, Grid grid) {
        this.reports = reports;
        this.sight = sight;
        this.ledger = ledger;
        this.grid = grid;
    }

    /** @param month 2026-01; empty: the whole period */
    @GetMapping("/reports/{id}/entries")
    String entries(
            @PathVariable String id,
            @RequestParam(defaultValue = "") String month,
            @RequestParam(defaultValue = "0") int page,
            Model model) {
        Listed report = sight.seen(id);
        int shown = Math.max(0, Math.min(page, LAST_PAGE));
        String error = null;
        List<EntryRow> rows = List.of();
        try {
            rows = rows(report, month.strip(), shown);
        } catch (BadInput e) {
            error = e.detail();
        }
        String url = UriComponentsBuilder.fromPath("/reports/{id}/entries")
                .queryParam("month", "{month}")
                .encode()
                .buildAndExpand(id, month)
                .toUriString();
        model.addAttribute(
                "view",
                new EntriesView(
                        id,
                        report.standard(),
                        new Row(report, "", "").days(),
                        month,
                        error,
                        rows,
                        shown,
                        rows.size() == PAGE_SIZE,
                        url + "&"));
        return "reports/entries";
    }

    private List<EntryRow> rows(Listed report, String month, int page) {
        long from = report.fromMs();
        long to = report.toMs();
        if (!month.isEmpty()) {
            YearMonth only = month(month);
            from = Math.max(from, startMs(only));
            to = Math.min(to, startMs(only.plusMonths(1)));
        }
        ReportRequest request = reports.request(report.id());
        return ledger.entries(request.question(null, from, to), page).stream()
                .map(this::row)
                .toList();
    }

    private EntryRow row(Entry entry) {
        String factorId = entry.key().factorId();
        Grid.@Nullable Factor factor =
                factorId == null ? null : grid.factor(factorId).orElse(null);
        return EntryRow.of(
                entry, factor, factor != null && grid.zone(factor.zone()).isPresent() ? factor.zone() : null);
    }

    private static YearMonth month(String text) {
        try {
            YearMonth month = YearMonth.parse(text);
            if (month.getYear() < 2000 || month.getYear() > 2100) {
                throw new BadInput("month", "Choose a month of the report's period.");
            }
            return month;
        } catch (DateTimeException e) {
            throw new BadInput("month", "Write the month as 2026-01.");
        }
    }

    private static long startMs(YearMonth month) {
        return month.atDay(1).atStartOfDay(ZoneOffset.UTC).toInstant().toEpochMilli();
    }
}
