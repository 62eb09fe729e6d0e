package io.hfeco2ai.budgets;

import io.hfeco2ai.ledger.Ledger;
import io.hfeco2ai.ledger.Spend;
import io.hfeco2ai.ledger.SpendChanged;
import io.hfeco2ai.platform.rows.Records;
import io.hfeco2ai.units.Energy;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Clock;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.event.EventListener;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Keeps the sums of budget periods equal to what the ledger says, in the transaction in which that changed. */
@Component
class BudgetSpend {

    private static final BigDecimal UG_PER_KG = new BigDecimal("1000000000");
    private static final int DIGITS = 9;

    private static final String PERIOD = "SELECT p.id, p.budget_id, b.team_id, b.project_id, b.unit, b.energy_basis,"
            + " p.from_ms, p.to_ms, p.state = 'OPEN' AS open FROM budget_period p JOIN budget b ON b.id = p.budget_id"
            + " WHERE b.state <> 'DRAFT' AND ";

    record Period(
            String id,
            String budgetId,
            String teamId,
            @Nullable String projectId,
            String unit,
            String energyBasis,
            long fromMs,
            long toMs,
            boolean open) {}

    /** @param uncountedUj energy that lacks what the budget counts with */
    record Amounts(BigDecimal posted, BigDecimal provisional, BigDecimal uncountedUj) {}

    private final JdbcClient jdbc;
    private final Ledger ledger;
    private final ApplicationEventPublisher events;
    private final Clock clock;

    BudgetSpend(JdbcClient jdbc, Ledger ledger, ApplicationEventPublisher events, Clock clock) {
        this.jdbc = jdbc;
        this.ledger = ledger;
        this.events = events;
        this.clock = clock;
    }

    /** Closed periods are summed too, as restated; only open ones are told of. */
    @EventListener
    void on(SpendChanged changed) {
        Set<String> projects = changed.projectIds();
        jdbc.sql(PERIOD + "(b.project_id IN (:projects) OR (b.project_id IS NULL AND b.team_id IN"
                        + " (SELECT team_id FROM project WHERE id IN (:projects)))) ORDER BY p.id")
                .param("projects", projects)
                .query(Records.of(Period.class))
                .list()
                .forEach(this::refresh);
    }

    /**
     * To be taken before anything else in a transaction that opens a period: spend summed meanwhile would see no period
     * and not be seen by it.
     */
    void hold() {
        ledger.holdSpend();
    }

    void refreshAll(String budgetId) {
        List<Period> periods = jdbc.sql(PERIOD + "b.id = ? ORDER BY p.id")
                .param(budgetId)
                .query(Records.of(Period.class))
                .list();
        periods.forEach(this::refresh);
    }

    /** Locked before it is summed: of two who do it at once, the later knows what the earlier has booked. */
    private void refresh(Period period) {
        jdbc.sql("SELECT id FROM budget_period WHERE id = ? FOR UPDATE")
                .param(period.id())
                .query(String.class)
                .single();
        Amounts amounts = amounts(period);
        jdbc.sql(
                        "UPDATE budget_period SET posted_amount = ?, provisional_amount = ?, uncounted_uj = ?, refreshed_ms = ?"
                                + " WHERE id = ?")
                .params(amounts.posted(), amounts.provisional(), amounts.uncountedUj(), clock.millis(), period.id())
                .update();
        if (period.open()) {
            events.publishEvent(new BudgetRefreshed(period.budgetId(), period.id()));
        }
    }

    Amounts amounts(Period period) {
        Spend spend =
                ledger
                        .spendByProject(period.teamId(), period.projectId(), period.fromMs(), period.toMs())
                        .values()
                        .stream()
                        .reduce(Spend.NONE, Spend::plus);
        String basis = basis(period.unit(), period.energyBasis());
        return new Amounts(
                amount(spend.posted(), basis), amount(spend.provisional(), basis), uncountedUj(spend.total(), basis));
    }

    /** Energy that lacks the price or the PUE that the basis counts with. */
    static BigDecimal uncountedUj(Spend.Part part, String basis) {
        return part.energyUj().subtract(countedUj(part, basis));
    }

    /** The part of the energy that {@link #amount} covers. */
    static BigDecimal countedUj(Spend.Part part, String basis) {
        return switch (basis) {
            case "KG_CO2E" -> part.pricedUj();
            case "FACILITY" -> part.facilityPartUj();
            default -> part.energyUj();
        };
    }

    /** KG_CO2E, DEVICES or FACILITY. */
    static String basis(String unit, String energyBasis) {
        return unit.equals("KG_CO2E") ? unit : energyBasis;
    }

    static BigDecimal amount(Spend.Part part, String basis) {
        return switch (basis) {
            case "KG_CO2E" -> part.locationUg().divide(UG_PER_KG, DIGITS, RoundingMode.HALF_EVEN);
            case "FACILITY" -> part.facilityUj().divide(Energy.MICROJOULES_PER_KWH, DIGITS, RoundingMode.HALF_EVEN);
            default -> part.energyUj().divide(Energy.MICROJOULES_PER_KWH, DIGITS, RoundingMode.HALF_EVEN);
        };
    }
}
