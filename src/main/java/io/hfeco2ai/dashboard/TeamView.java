package io.hfeco2ai.dashboard;

import io.hfeco2ai.budgets.Budgets.Standing;
import io.hfeco2ai.budgets.Budgets.Unit;
import io.hfeco2ai.teams.Teams.Team;
import io.hfeco2ai.units.CarbonMass;
import io.hfeco2ai.units.Energy;
import io.hfeco2ai.units.Figure;
import io.hfeco2ai.units.Figures;
import java.math.BigDecimal;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One team as its page shows it. */
record TeamView(
        Team team,
        FootprintView month,
        List<BudgetLine> budgets,
        List<ProjectLine> projects,
        List<RunRow> runs,
        boolean makesTokens,
        boolean leads) {

    record ProjectLine(String name, FootprintView month) {}

    /** @param usedRatio null: nothing is left to divide by */
    record BudgetLine(
            String id,
            String name,
            Figure spent,
            Figure limit,
            @Nullable Double usedRatio) {

        private static final BigDecimal UG_PER_KG = new BigDecimal("1000000000");

        static BudgetLine of(Standing standing) {
            return new BudgetLine(
                    standing.budgetId(),
                    standing.name(),
                    figure(standing.unit(), standing.posted().add(standing.provisional())),
                    figure(standing.unit(), standing.limit()),
                    standing.usedRatio());
        }

        private static Figure figure(Unit unit, BigDecimal amount) {
            Figures figures = new Figures();
            return unit == Unit.KG_CO2E
                    ? figures.carbon(CarbonMass.ofMicrograms(amount.multiply(UG_PER_KG)))
                    : figures.energy(Energy.ofMicrojoules(amount.multiply(Energy.MICROJOULES_PER_KWH)));
        }

        /** Of the bar, 0 to 100. */
        public long percent() {
            return usedRatio == null ? 0 : Math.round(Math.max(0, Math.min(1, usedRatio)) * 100);
        }

        public String tone() {
            return usedRatio == null || usedRatio >= 1 ? "bad" : usedRatio >= 0.8 ? "warn" : "good";
        }
    }
}
