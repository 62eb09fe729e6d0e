package io.hfeco2ai.reports.standards;

import io.hfeco2ai.grid.Grid;
import io.hfeco2ai.grid.Grid.Factor;
import io.hfeco2ai.reports.Category;
import io.hfeco2ai.reports.Report.Cell;
import io.hfeco2ai.reports.Report.Column;
import io.hfeco2ai.reports.Report.Figure;
import io.hfeco2ai.reports.Report.State;
import io.hfeco2ai.reports.Report.Table;
import io.hfeco2ai.reports.standards.Activity.Supplied;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Scope 3 category 3 of the GHG Protocol: what lies behind the electricity of Scope 2, kWh × the yearly factor of its zone. Energy that
 * a life-cycle factor prices has it in Scope 2 already, so nothing is added there.
 */
final class FuelAndLosses {

    private static final String UPSTREAM = "upstream";
    private static final String LOSSES = "t-and-d";

    /** @param factor null: none is known, or none may be added, as {@code source} says */
    private record Part(
            Supplied key, Sum sum, String basis, @Nullable Factor factor, String source) {

        BigDecimal kilograms(Factor known) {
            return sum.suppliedKilograms(known.gramsPerKwh());
        }

        boolean sure(Factor known) {
            return known.dataYear() == key.year()
                    && sum.energyState() == State.VALUE
                    && sum.withoutOverheadKwh().signum() == 0;
        }
    }

    private final List<Part> parts = new ArrayList<>();
    private final boolean thousands;

    FuelAndLosses(Activity activity, Grid grid, boolean thousands) {
        this.thousands = thousands;
        for (Map.Entry<Supplied, Sum> entry : activity.scope2ByZone.entrySet()) {
            for (String basis : List.of(UPSTREAM, LOSSES)) {
                parts.add(part(entry.getKey(), entry.getValue(), basis, grid));
            }
        }
    }

    private static Part part(Supplied key, Sum sum, String basis, Grid grid) {
        if (key.zone().isEmpty()) {
            return new Part(key, sum, basis, null, "Set the zone of the site.");
        }
        if (!key.basis().equals("direct")) {
            return new Part(
                    key,
                    sum,
                    basis,
                    null,
                    "Nothing is added to a Scope 2 factor of basis \"" + key.basis() + "\": adopt a direct one.");
        }
        Factor factor = grid.yearlyFactor(key.zone(), basis, key.year()).orElse(null);
        return new Part(
                key,
                sum,
                basis,
                factor,
                factor == null
                        ? "None is known: import a yearly factor of basis \"" + basis + "\" on the page of factors."
                        : factor.source() + ", " + factor.edition() + " (" + factor.licence() + ")");
    }

    /** One line for each of the two. @param code of the category in the standard */
    List<Figure> figures(String code) {
        return List.of(
                figure(code, "Upstream of the electricity: fuels and plants", UPSTREAM),
                figure(code, "Losses of the grid: transmission and distribution", LOSSES));
    }

    private Figure figure(String code, String label, String basis) {
        BigDecimal kilograms = BigDecimal.ZERO;
        BigDecimal without = BigDecimal.ZERO;
        boolean any = false;
        boolean sure = true;
        String cure = "There is no electricity of " + Category.SCOPE2.words() + " in the period.";
        for (Part part : parts) {
            if (!part.basis().equals(basis)) {
                continue;
            }
            Factor factor = part.factor();
            if (factor == null) {
                without = without.add(part.sum().suppliedKwh());
                cure = (part.key().zone().isEmpty() ? "" : "Zone " + part.key().zone() + ": ") + part.source();
            } else {
                any = true;
                kilograms = kilograms.add(part.kilograms(factor));
                sure &= part.sure(factor);
            }
        }
        String unit = thousands ? Figures.TONNES : Figures.KG;
        if (!any) {
            return Figure.missing(code, label, unit, cure);
        }
        boolean whole = without.signum() == 0;
        return new Figure(
                code,
                label,
                thousands ? kilograms.movePointLeft(3) : kilograms,
                null,
                unit,
                whole && sure ? State.VALUE : State.ESTIMATED,
                "Electricity of Scope 2 x yearly factor of its zone, with sources in table \"Category 3 factors\""
                        + (whole
                                ? ""
                                : "; " + Figures.plain(without) + " kWh have no such factor and are not in it. "
                                        + cure),
                null);
    }

    /** By zone and UTC year of the hours; its rows add up to the figures. */
    Table table() {
        List<List<Cell>> rows = new ArrayList<>();
        for (Part part : parts) {
            Factor factor = part.factor();
            rows.add(List.of(
                    Cell.of(
                            part.key().zone().isEmpty()
                                    ? "no factor"
                                    : part.key().zone()),
                    Cell.of(Integer.toString(part.key().year())),
                    Cell.of(part.basis()),
                    Cell.of(factor == null ? null : factor.gramsPerKwh()),
                    Cell.of(factor == null ? null : Integer.toString(factor.dataYear())),
                    Cell.of(part.source()),
                    Cell.of(part.sum().suppliedKwh()),
                    Cell.of(factor == null ? null : part.kilograms(factor))));
        }
        return new Table(
                "Category 3 factors",
                List.of(
                        new Column("Zone", ""),
                        new Column("Year", ""),
                        new Column("Basis", ""),
                        new Column("Factor", "gCO2e/kWh"),
                        new Column("Of year", ""),
                        new Column("Source", ""),
                        new Column("Scope 2 electricity", Figures.KWH),
                        new Column("Emissions", Figures.KG)),
                rows);
    }
}
