package io.hfeco2ai.budgets.alerts;

import io.hfeco2ai.budgets.BudgetRefreshed;
import io.hfeco2ai.budgets.Budgets;
import io.hfeco2ai.budgets.Budgets.Standing;
import io.hfeco2ai.budgets.alerts.Crossings.Situation;
import io.hfeco2ai.budgets.alerts.Crossings.Step;
import io.hfeco2ai.budgets.delivery.Severity;
import io.hfeco2ai.platform.NotFound;
import java.time.Clock;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/** Raises alerts in the transaction that changes a budget's figures: both are stored, or neither. */
@Component
class BudgetAlerts {

    private static final String SCOPE = "budget/";

    private final Budgets budgets;
    private final Alerts alerts;
    private final Clock clock;
    private final double breachAlert;

    BudgetAlerts(
            Budgets budgets,
            Alerts alerts,
            Clock clock,
            @Value("${hfeco2ai.alerts.breach-probability:0.5}") double breachAlert) {
        this.budgets = budgets;
        this.alerts = alerts;
        this.clock = clock;
        this.breachAlert = breachAlert;
    }

    @EventListener
    @Transactional
    public void on(BudgetRefreshed refreshed) {
        open(refreshed).forEach(this::apply);
        endOthers(refreshed.budgetId());
    }

    /** A closed period has no standing: its adjustments alert nobody. */
    private List<Standing> open(BudgetRefreshed refreshed) {
        return standings(refreshed.budgetId()).stream()
                .filter(standing -> standing.periodId().equals(refreshed.periodId()))
                .toList();
    }

    private List<Standing> standings(String budgetId) {
        try {
            String teamId = budgets.standing(budgetId).teamId();
            return budgets.standings(Set.of(teamId)).stream()
                    .filter(standing -> standing.budgetId().equals(budgetId))
                    .toList();
        } catch (NotFound e) {
            return List.of();
        }
    }

    private void apply(Standing standing) {
        String scope = SCOPE + standing.budgetId();
        String ours = scope + "/" + standing.periodId() + "/";
        Set<String> crossed = alerts.lasting(scope).stream()
                .filter(key -> key.startsWith(ours))
                .map(key -> key.substring(ours.length()))
                .collect(Collectors.toSet());
        Step step = Crossings.step(crossed, situation(standing));
        step.ended().forEach(rule -> alerts.over(ours + rule));
        raise(standing, step.began());
    }

    private Situation situation(Standing standing) {
        Budgets.Outlook outlook = standing.outlook();
        return new Situation(
                standing.posted().add(standing.provisional()),
                standing.limit(),
                standing.thresholdsPercent(),
                outlook == null ? null : outlook.breachProbability(),
                breachAlert);
    }

    /** Of thresholds passed at once only the highest is told; it names the others, which are raised all the same. */
    private void raise(Standing standing, List<String> began) {
        List<Integer> thresholds = began.stream()
                .filter(rule -> !rule.equals(Crossings.FORECAST))
                .map(Integer::valueOf)
                .toList();
        BudgetText text = new BudgetText(standing);
        if (!thresholds.isEmpty()) {
            int last = thresholds.size() - 1;
            List<Integer> lower = thresholds.subList(0, last);
            String told = alerts.raise(threshold(standing, text, thresholds.get(last), lower));
            lower.forEach(percent -> alerts.cover(threshold(standing, text, percent, List.of()), told));
        }
        if (began.contains(Crossings.FORECAST)) {
            alerts.raise(alert(
                    standing,
                    Crossings.FORECAST,
                    AlertKind.BUDGET_FORECAST,
                    Severity.WARNING,
                    text.forecastTitle(),
                    text.forecastDetail()));
        }
    }

    private NewAlert threshold(Standing standing, BudgetText text, int percent, List<Integer> lower) {
        return alert(
                standing,
                Integer.toString(percent),
                AlertKind.BUDGET_THRESHOLD,
                percent >= Crossings.LIMIT ? Severity.CRITICAL : Severity.WARNING,
                text.title(),
                text.detail(percent, lower));
    }

    private NewAlert alert(
            Standing standing, String rule, AlertKind kind, Severity severity, String title, String detail) {
        return new NewAlert(
                SCOPE + standing.budgetId(),
                standing.periodId() + "/" + rule,
                kind,
                severity,
                standing.teamId(),
                false,
                title,
                new BudgetText(standing).amount(),
                detail,
                "/budgets/" + standing.budgetId(),
                clock.instant());
    }

    /** What is left of periods that are closed. */
    private void endOthers(String budgetId) {
        Set<String> periods =
                standings(budgetId).stream().map(Standing::periodId).collect(Collectors.toSet());
        String scope = SCOPE + budgetId;
        alerts.lasting(scope).stream()
                .filter(key -> !periods.contains(key.substring(scope.length() + 1, key.lastIndexOf('/'))))
                .forEach(alerts::over);
    }

    /** The same for all budgets: one that was closed sends no event any more. */
    @Transactional
    public void endClosed() {
        alerts.lastingScopes().stream()
                .filter(scope -> scope.startsWith(SCOPE))
                .forEach(scope -> endOthers(scope.substring(SCOPE.length())));
    }
}
