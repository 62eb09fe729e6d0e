package io.hfeco2ai.budgets;

import io.hfeco2ai.budgets.BeforeLaunch.Answer;
import io.hfeco2ai.budgets.BudgetRows.Period;
import io.hfeco2ai.budgets.BudgetRows.Row;
import io.hfeco2ai.budgets.BudgetView.PeriodView;
import io.hfeco2ai.experiments.Experiments.Run;
import io.hfeco2ai.platform.BadInput;
import io.hfeco2ai.teams.Allow;
import io.hfeco2ai.teams.Allow.People;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.ModelAndView;

/** What people ask of a budget: pages of their own, and parts of the budget's page where htmx is there. */
@Allow(people = People.SIGNED_IN)
@Controller
class BudgetQuestionsPage {

    private static final int PERIODS = 12;
    private static final BigDecimal STEPS = BigDecimal.valueOf(200);

    /** @param answer null: nothing was asked yet */
    record LaunchView(
            Row row,
            List<Run> choices,
            @Nullable Answer answer,
            Map<String, String> typed,
            Map<String, String> errors) {}

    /**
     * @param limit as typed, in the budget's unit
     * @param most of the slider; its step is {@code step}
     * @param played null: the limit that was typed makes no sense
     */
    record ReplayView(
            Row row,
            PeriodView period,
            List<PeriodView> periods,
            String limit,
            String most,
            String step,
            Replay.@Nullable Played played,
            Map<String, String> errors) {}

    private final BudgetSight sight;
    private final BudgetRows rows;
    private final PeriodChange changes;
    private final BeforeLaunch launch;
    private final Replay replay;

    BudgetQuestionsPage(BudgetSight sight, BudgetRows rows, PeriodChange changes, BeforeLaunch launch, Replay replay) {
        this.sight = sight;
        this.rows = rows;
        this.changes = changes;
        this.launch = launch;
        this.replay = replay;
    }

    @GetMapping("/budgets/{id}/moves")
    ModelAndView moves(@PathVariable String id) {
        Row row = sight.seen(id);
        return page("budgets/moves", row, changes.of(row, sight.period(row)), HttpStatus.OK);
    }

    @GetMapping("/budgets/{id}/launch")
    ModelAndView launch(
            @PathVariable String id,
            @RequestParam Map<String, String> typed,
            @RequestHeader(name = "HX-Request", required = false) @Nullable String part) {
        Row row = sight.seen(id);
        List<Run> choices = launch.choices(row);
        try {
            Answer answer = typed.containsKey("runs") || typed.containsKey("kwh")
                    ? launch.ask(row, sight.period(row), BeforeLaunch.Wish.of(typed))
                    : null;
            return page("budgets/launch", row, new LaunchView(row, choices, answer, typed, Map.of()), HttpStatus.OK);
        } catch (BadInput e) {
            LaunchView view = new LaunchView(row, choices, null, typed, Map.of(e.field(), e.detail()));
            return page("budgets/launch", row, view, refused(part));
        }
    }

    /** @param number of the period; none: the newest */
    @GetMapping("/budgets/{id}/replay")
    ModelAndView replay(
            @PathVariable String id,
            @RequestParam(defaultValue = "") String limit,
            @RequestParam(name = "period", defaultValue = "0") int number,
            @RequestHeader(name = "HX-Request", required = false) @Nullable String part) {
        Row row = sight.seen(id);
        List<Period> all = rows.periods(id).stream().limit(PERIODS).toList();
        Period period =
                all.stream().filter(each -> each.number() == number).findFirst().orElseGet(() -> sight.period(row));
        String typed = limit.isBlank() ? BudgetInput.plain(period.limitAmount()) : limit.strip();
        BigDecimal most = period.limitAmount()
                .max(period.spent())
                .multiply(BigDecimal.valueOf(2))
                .setScale(3, RoundingMode.UP);
        Replay.Played played = null;
        Map<String, String> errors = Map.of();
        try {
            played = replay.play(row, period, BudgetInput.limit(typed));
        } catch (BadInput e) {
            errors = Map.of(e.field(), e.detail());
        }
        ReplayView view = new ReplayView(
                row,
                PeriodView.of(row.unit(), period),
                all.stream().map(each -> PeriodView.of(row.unit(), each)).toList(),
                typed,
                BudgetInput.plain(most),
                BudgetInput.plain(most.divide(STEPS, 6, RoundingMode.UP)),
                played,
                errors);
        return page("budgets/replay", row, view, errors.isEmpty() ? HttpStatus.OK : refused(part));
    }

    /** htmx shows no part of a page that is refused. */
    private static HttpStatus refused(@Nullable String part) {
        return part == null ? HttpStatus.BAD_REQUEST : HttpStatus.OK;
    }

    private ModelAndView page(String template, Row row, Object view, HttpStatus status) {
        return new ModelAndView(template, Map.of("view", view, "scope", sight.scope(row)), status);
    }
}
