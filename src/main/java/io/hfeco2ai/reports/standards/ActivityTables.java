package io.hfeco2ai.reports.standards;

import io.hfeco2ai.grid.Grid;
import io.hfeco2ai.grid.Grid.Factor;
import io.hfeco2ai.grid.Grid.Site;
import io.hfeco2ai.grid.SiteControl;
import io.hfeco2ai.reports.Report.Cell;
import io.hfeco2ai.reports.Report.Column;
import io.hfeco2ai.reports.Report.Table;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The same total, divided by where, when, who and with what. The rows of each table add up to it. */
final class ActivityTables {

    private static final List<Column> AMOUNTS = List.of(
            new Column("Electricity", Figures.KWH),
            new Column("Location-based", Figures.KG),
            new Column("Market-based", Figures.KG),
            new Column("Measured", "%"),
            new Column("Coverage", "%"));

    private final Activity activity;
    private final Grid grid;
    private final String entries;

    ActivityTables(Activity activity, Grid grid, String entries) {
        this.activity = activity;
        this.grid = grid;
        this.entries = entries;
    }

    Table bySite() {
        List<Column> columns = columns("Site", "Zone", "Operator", "Counts as", "Because");
        List<List<Cell>> rows = new ArrayList<>();
        activity.bySite.forEach((id, sum) -> {
            Site site = activity.site(id);
            List<Cell> row = new ArrayList<>(List.of(
                    Cell.link(site.name(), "/sites/" + id),
                    Cell.of(site.zone()),
                    Cell.of(site.operator().name().toLowerCase(Locale.ROOT)),
                    Cell.of(activity.category(id).words()),
                    Cell.of(because(activity.control(id)))));
            rows.add(withAmounts(row, sum));
        });
        return new Table("By site", columns, rows);
    }

    private static String because(@Nullable SiteControl control) {
        return control == null ? "of its operator; nobody chose" : control.reason();
    }

    Table byMonth() {
        List<List<Cell>> rows = new ArrayList<>();
        activity.byMonth.forEach((month, sum) -> rows.add(
                withAmounts(new ArrayList<>(List.of(Cell.link(month.toString(), entries + "?month=" + month))), sum)));
        return new Table("By month (UTC)", columns("Month"), rows);
    }

    /** @param names of teams by id */
    Table byTeam(Map<String, String> names) {
        List<List<Cell>> rows = new ArrayList<>();
        activity.byTeam.forEach((id, sum) -> rows.add(withAmounts(
                new ArrayList<>(List.of(
                        id.isEmpty()
                                ? Cell.of("No run claims it (idle, or other work)")
                                : Cell.link(names.getOrDefault(id, id), "/teams/" + id))),
                sum)));
        return new Table("By team", columns("Team"), rows);
    }

    Table locationFactors() {
        List<List<Cell>> rows = new ArrayList<>();
        activity.byFactor.forEach((id, sum) -> rows.add(factorRow("", id, sum, Sum::locationKg)));
        return new Table("Location-based factors", factorColumns("Location-based"), rows);
    }

    /** A certificate's own value is in the row of what it covers. */
    Table marketFactors() {
        List<List<Cell>> rows = new ArrayList<>();
        activity.byMarketFactor.forEach(
                (key, sum) -> rows.add(factorRow(words(key.how()), key.factorId(), sum, Sum::marketKg)));
        activity.certificateFactors.forEach(id -> rows.add(factorRow("certificates", id, new Sum(), sum -> null)));
        return new Table("Market-based factors", factorColumns("Market-based"), rows);
    }

    private static String words(String method) {
        return method.isEmpty() ? "" : method.toLowerCase(Locale.ROOT).replace('_', ' ');
    }

    private List<Cell> factorRow(
            String how, String factorId, Sum sum, Function<Sum, java.math.@Nullable BigDecimal> emissions) {
        if (factorId.isEmpty()) {
            return List.of(
                    Cell.of("no factor"),
                    Cell.of((String) null),
                    Cell.of((java.math.BigDecimal) null),
                    Cell.of((String) null),
                    Cell.of((String) null),
                    Cell.of((String) null),
                    Cell.of("Set the zone of the site."),
                    Cell.of(sum.suppliedKwh()),
                    Cell.of((java.math.BigDecimal) null));
        }
        Factor factor = grid.factor(factorId)
                .orElseThrow(() -> new IllegalStateException("entries name the unknown factor " + factorId));
        boolean zone = grid.zone(factor.zone()).isPresent();
        boolean yearly = factor.resolution() == Grid.Resolution.YEAR;
        return List.of(
                zone ? Cell.link(factor.zone(), "/grid/zones/" + factor.zone()) : Cell.of(factor.zone()),
                Cell.of(Integer.toString(factor.dataYear())),
                yearly
                        ? Cell.of(factor.gramsPerKwh())
                        : Cell.of("by " + factor.resolution().name().toLowerCase(Locale.ROOT)),
                Cell.of(how.isEmpty() ? factor.method() : how),
                Cell.of(factor.basis()),
                Cell.of(factor.gas() + (factor.gwp() == null ? "" : ", " + factor.gwp())),
                Cell.of(factor.source() + ", " + factor.edition() + " (" + factor.licence() + ")"),
                sum.entries() == 0 ? Cell.of((java.math.BigDecimal) null) : Cell.of(sum.suppliedKwh()),
                Cell.of(emissions.apply(sum)));
    }

    private static List<Column> factorColumns(String emissions) {
        return List.of(
                new Column("Zone", ""),
                new Column("Year", ""),
                new Column("Factor", "gCO2e/kWh"),
                new Column("Method", ""),
                new Column("Basis", ""),
                new Column("Gases", ""),
                new Column("Source", ""),
                new Column("Electricity", Figures.KWH),
                new Column(emissions, Figures.KG));
    }

    private static List<Column> columns(String... texts) {
        List<Column> columns = new ArrayList<>();
        for (String text : texts) {
            columns.add(new Column(text, ""));
        }
        columns.addAll(AMOUNTS);
        return columns;
    }

    private static List<Cell> withAmounts(List<Cell> row, Sum sum) {
        row.add(Cell.of(sum.suppliedKwh()));
        row.add(Cell.of(sum.locationKg()));
        row.add(Cell.of(sum.marketKg()));
        row.add(Cell.of(sum.measuredPercent()));
        row.add(Cell.of(sum.coveragePercent()));
        return row;
    }
}
