package io.hfeco2ai.budgets;

import io.hfeco2ai.budgets.BudgetRows.Period;
import io.hfeco2ai.budgets.BudgetRows.Row;
import io.hfeco2ai.platform.BadInput;
import io.hfeco2ai.platform.Conflict;
import io.hfeco2ai.teams.Allow;
import io.hfeco2ai.teams.Allow.People;
import java.util.List;
import java.util.Map;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.ModelAndView;

/** One budget: where it stands, how it will end, what was changed, and the forms of those who may change it. */
@Allow(people = People.SIGNED_IN)
@Controller
class BudgetPage {

    private final BudgetBook book;
    private final BudgetRows rows;
    private final BudgetSight sight;
    private final BudgetOutlook outlooks;
    private final PastSpend past;
    private final BudgetHistory history;
    private final Commitments commitments;

    BudgetPage(
            BudgetBook book,
            BudgetRows rows,
            BudgetSight sight,
            BudgetOutlook outlooks,
            PastSpend past,
            BudgetHistory history,
            Commitments commitments) {
        this.book = book;
        this.rows = rows;
        this.sight = sight;
        this.outlooks = outlooks;
        this.past = past;
        this.history = history;
        this.commitments = commitments;
    }

    @GetMapping("/budgets/{id}")
    ModelAndView budget(@PathVariable String id) {
        return page(sight.seen(id), Map.of(), Map.of(), HttpStatus.OK);
    }

    private ModelAndView page(Row row, Map<String, String> typed, Map<String, String> errors, HttpStatus status) {
        List<Period> periods = rows.periods(row.id());
        Period now = periods.isEmpty() ? null : periods.get(0);
        BudgetOutlook.Future future = now == null || !row.state().equals("ACTIVE") ? null : outlooks.future(row, now);
        boolean changeable = sight.mayChange(row) && !row.state().equals("CLOSED");
        BudgetView view = BudgetView.of(
                row,
                sight.scope(row),
                periods,
                future == null || now == null ? null : outlooks.outlook(now, future),
                future == null || now == null ? null : BudgetView.chart(row, now, future),
                changeable,
                typed,
                errors);
        ModelAndView page = new ModelAndView(
                "budgets/budget",
                Map.of("view", view, "recent", changeable ? recent(row) : List.of(), "changes", history.of(row)),
                status);
        if (now != null && row.state().equals("ACTIVE")) {
            page.addObject("committed", commitments.of(row, now));
        }
        return page;
    }

    private List<PastSpend.Line> recent(Row row) {
        return past.of(
                new PastSpend.Scope(
                        row.teamId(), row.projectId(), row.unit(), BudgetSpend.basis(row.unit(), row.energyBasis())),
                Periods.Kind.valueOf(row.periodKind()),
                row.firstDay(),
                row.lastDay());
    }

    @Allow(people = People.LEADS)
    @PostMapping("/budgets/{id}/limit")
    ModelAndView change(
            @PathVariable String id,
            @RequestParam(defaultValue = "") String limit,
            @RequestParam(defaultValue = "-1") long version) {
        Row row = sight.led(id);
        try {
            book.changeLimit(id, BudgetInput.limit(limit), version);
            return back(id);
        } catch (BadInput e) {
            return page(row, Map.of("limit", limit), Map.of("limit", e.detail()), HttpStatus.BAD_REQUEST);
        } catch (Conflict e) {
            return page(rows.row(id), Map.of("limit", limit), Map.of("limit", e.detail()), HttpStatus.CONFLICT);
        }
    }

    @Allow(people = People.LEADS)
    @PostMapping("/budgets/{id}/activate")
    ModelAndView activate(@PathVariable String id) {
        sight.led(id);
        book.activate(id);
        return back(id);
    }

    @Allow(people = People.LEADS)
    @PostMapping("/budgets/{id}/close")
    ModelAndView close(@PathVariable String id) {
        sight.led(id);
        book.close(id);
        return back(id);
    }

    private static ModelAndView back(String id) {
        return new ModelAndView("redirect:/budgets/" + id);
    }
}
