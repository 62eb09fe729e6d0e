package io.hfeco2ai.budgets;

import io.hfeco2ai.budgets.BudgetRows.Row;
import io.hfeco2ai.teams.Allow;
import io.hfeco2ai.teams.Allow.People;
import java.util.Map;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.servlet.ModelAndView;

/** What people ask of a budget: pages of their own, and parts of the budget's page where htmx is there. */
@Allow(people = People.SIGNED_IN)
@Controller
class BudgetQuestionsPage {

    private final BudgetSight sight;
    private final PeriodChange changes;

    BudgetQuestionsPage(BudgetSight sight, PeriodChange changes) {
        this.sight = sight;
        this.changes = changes;
    }

    @GetMapping("/budgets/{id}/moves")
    ModelAndView moves(@PathVariable String id) {
        Row row = sight.seen(id);
        return new ModelAndView(
                "budgets/moves", Map.of("view", changes.of(row, sight.period(row)), "scope", sight.scope(row)));
    }
}
