package io.hfeco2ai.budgets.gate;

import io.hfeco2ai.budgets.Budgets;
import io.hfeco2ai.budgets.Budgets.Budget;
import io.hfeco2ai.budgets.Budgets.Outlook;
import io.hfeco2ai.budgets.Budgets.Standing;
import io.hfeco2ai.budgets.Budgets.Unit;
import io.hfeco2ai.budgets.gate.Check.Kind;
import io.hfeco2ai.budgets.gate.Check.Per;
import io.hfeco2ai.budgets.gate.Check.Spent;
import io.hfeco2ai.budgets.gate.Contrast.Verdict;
import io.hfeco2ai.experiments.Experiments.Run;
import io.hfeco2ai.ledger.Ledger;
import io.hfeco2ai.ledger.Ledger.Footprint;
import io.hfeco2ai.platform.NotFound;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Service;

/** The door of the gate: what a pipeline asks before it goes on. It knows its team's budgets and runs only. */
@Service
public class Gate {

    private final Budgets budgets;
    private final Ledger ledger;
    private final RunSets sets;

    Gate(Budgets budgets, Ledger ledger, RunSets sets) {
        this.budgets = budgets;
        this.ledger = ledger;
        this.sets = sets;
    }

    /** A failure outweighs what is not known, and that outweighs a pass. */
    public static Verdict verdict(Collection<Check> checks) {
        for (Verdict worst : List.of(Verdict.FAIL, Verdict.INCONCLUSIVE)) {
            if (checks.stream().anyMatch(check -> check.verdict() == worst)) {
                return worst;
            }
        }
        return Verdict.PASS;
    }

    /**
     * Whether those budgets have something left.
     *
     * @param budgetId null: all active budgets of the team
     * @param projectId only those that count that project, the team's own included; null: any
     * @param forecast the median forecast of the period's end counts too
     * @throws NotFound the team has no such budget
     */
    public List<Check> budgets(String teamId, @Nullable String budgetId, @Nullable String projectId, boolean forecast) {
        if (budgetId != null) {
            return List.of(check(budgets.budget(teamId, budgetId), forecast));
        }
        List<Check> checks = budgets.budgets(teamId).stream()
                .filter(budget -> budget.state().equals("ACTIVE"))
                .filter(budget -> projectId == null
                        || budget.projectId() == null
                        || budget.projectId().equals(projectId))
                .map(budget -> check(budget, forecast))
                .toList();
        return checks.isEmpty()
                ? List.of(Check.ofBudget(
                        Verdict.INCONCLUSIVE,
                        null,
                        null,
                        "There is no active budget to check; a lead makes one on the page Budgets."))
                : checks;
    }

    private static Check check(Budget budget, boolean forecast) {
        Standing standing = budget.standing();
        if (standing == null || !budget.state().equals("ACTIVE")) {
            return Check.ofBudget(
                    Verdict.INCONCLUSIVE,
                    budget.id(),
                    null,
                    "Budget \"" + budget.name() + "\" is " + (budget.state().equals("DRAFT") ? "a draft" : "closed")
                            + ": it counts nothing.");
        }
        BigDecimal used = standing.posted().add(standing.provisional());
        Outlook outlook = standing.outlook();
        String unit = Words.unit(standing.unit());
        String message = "Budget \"" + budget.name() + "\": " + Words.amount(used.doubleValue()) + " of "
                + Words.amount(standing.limit().doubleValue()) + " " + unit + " are used";
        Verdict verdict = used.compareTo(standing.limit()) < 0 ? Verdict.PASS : Verdict.FAIL;
        message += verdict == Verdict.FAIL ? "; nothing is left." : ".";
        if (forecast && outlook == null) {
            verdict = verdict == Verdict.FAIL ? verdict : Verdict.INCONCLUSIVE;
            message += " There is no forecast: it needs three whole days of spend.";
        } else if (forecast && outlook != null) {
            boolean over = outlook.p50().compareTo(standing.limit()) > 0;
            verdict = over ? Verdict.FAIL : verdict;
            message += " At the period's end " + Words.amount(outlook.p50().doubleValue()) + " " + unit
                    + " are expected (median)" + (over ? ", over the limit." : ".");
        }
        Spent spent =
                new Spent(standing.unit(), used.doubleValue(), standing.limit().doubleValue(), standing.usedRatio());
        return Check.ofBudget(verdict, budget.id(), spent, message, notes(standing, unit));
    }

    private static String[] notes(Standing standing, String unit) {
        List<String> notes = new ArrayList<>();
        if (standing.provisional().signum() != 0) {
            notes.add(Words.amount(standing.provisional().doubleValue()) + " " + unit
                    + " of it are provisional: they may still change.");
        }
        if (!standing.uncounted().isZero()) {
            notes.add(Words.amount(standing.uncounted().kilowattHours())
                    + " kWh more are not counted: their zone or PUE is not known.");
        }
        return notes.toArray(String[]::new);
    }

    /**
     * Whether a run with its child runs stays within a limit.
     *
     * @param limit in the unit, above 0
     * @throws NotFound the team has no such run
     */
    public Check limit(String teamId, String runId, Unit unit, double limit) {
        Run run = sets.own(teamId, runId);
        Footprint footprint =
                Objects.requireNonNull(ledger.ofRuns(List.of(runId)).get(runId));
        Double used = Words.used(footprint, unit);
        boolean priced = unit == Unit.KWH || footprint.priced().equals(footprint.energy());
        Verdict verdict = used != null && used > limit
                ? Verdict.FAIL
                : used == null || !priced ? Verdict.INCONCLUSIVE : Verdict.PASS;
        String message = "Run " + runId;
        if (used == null) {
            message += footprint.energy().isZero()
                    ? " has no energy yet: nothing was measured for it, or nothing is booked yet."
                    : " has no emissions: the zone of its node is not set.";
        } else {
            message += " used " + Words.amount(used) + " of " + Words.amount(limit) + " " + Words.unit(unit)
                    + (verdict == Verdict.FAIL ? ": more than the limit." : ".");
        }
        List<String> notes = new ArrayList<>(Words.notes(List.of(run), Map.of(runId, footprint)));
        if (used != null && !priced) {
            notes.add("The emissions of "
                    + Words.amount(footprint.energy().minus(footprint.priced()).kilowattHours())
                    + " kWh of it are not known: a zone is not set.");
        }
        Spent spent = new Spent(unit, used, limit, used == null ? null : used / limit);
        return new Check(Kind.RUN_LIMIT, verdict, null, runId, spent, null, message, notes);
    }

    /**
     * Which runs to compare: those of a list, or the newest finished ones of an experiment.
     *
     * @param field how the caller names it, for messages
     * @param runIds null: by experiment and tags
     * @param experimentId null: by list
     */
    public record Wanted(
            String field,
            @Nullable List<String> runIds,
            @Nullable String experimentId,
            Map<String, String> tags) {}

    /**
     * Whether the runs of a change need more energy for each unit of work than those of the base.
     *
     * @param tolerance a share from 0 to 1
     * @throws NotFound the team has no such run
     * @throws io.hfeco2ai.platform.BadInput a run that has no energy or has not told its work, or is named twice
     */
    public Check compare(String teamId, Wanted base, Wanted change, double tolerance, Per per) {
        return sets.compare(teamId, base, change, tolerance, per);
    }
}
