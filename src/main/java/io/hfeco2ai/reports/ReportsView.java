package io.hfeco2ai.reports;

import io.hfeco2ai.grid.Grid;
import io.hfeco2ai.ledger.Ledger.Amounts;
import io.hfeco2ai.ledger.Ledger.Entry;
import io.hfeco2ai.reports.Reports.Listed;
import io.hfeco2ai.units.Energy;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the pages of reports show. */
final class ReportsView {

    private ReportsView() {}

    /** @param standard whose form is shown; @param scopes "" the organisation, a team's id, or team/project → name */
    record ListView(
            List<Row> rows,
            int page,
            boolean more,
            Standard standard,
            Map<String, String> scopes,
            Map<String, String> typed,
            Map<String, String> errors) {

        public List<Standard> standards() {
            return List.of(Standard.values());
        }

        /** Those that the standard can be about. */
        public Map<String, String> offered() {
            Map<String, String> offered = new LinkedHashMap<>(scopes);
            if (!standard.organisation()) {
                offered.remove("");
            }
            return offered;
        }
    }

    /** @param by who asked, as called now */
    record Row(Listed report, String scope, String by) {

        public Instant from() {
            return Instant.ofEpochMilli(report.fromMs());
        }

        /** The last day of the period, for people who count inclusively. */
        public String days() {
            return day(report.fromMs()) + " – " + day(report.toMs() - 1);
        }

        public Instant askedAt() {
            return Instant.ofEpochMilli(report.askedMs());
        }

        public int donePercent() {
            return report.donePpm() / 10_000;
        }

        public boolean waiting() {
            return report.state().equals("WAITING") || report.state().equals("MAKING");
        }

        private static String day(long ms) {
            return Instant.ofEpochMilli(ms).atZone(ZoneOffset.UTC).toLocalDate().toString();
        }
    }

    /** @param report null: not made yet, or never */
    record OneView(Row row, @Nullable Report report, List<String> formats, boolean cancellable) {}

    record EntriesView(
            String reportId,
            Standard standard,
            String days,
            String month,
            @Nullable String error,
            List<EntryRow> entries,
            int page,
            boolean more,
            String url) {}

    /** @param zone with a page; null: it has none */
    record EntryRow(
            Entry entry,
            Instant hour,
            String node,
            String kilowattHours,
            String factor,
            @Nullable String zone,
            @Nullable String locationKg,
            @Nullable String marketKg) {

        private static final int SHORT = 12;

        static EntryRow of(Entry entry, Grid.@Nullable Factor factor, @Nullable String zone) {
            Amounts amounts = entry.amounts();
            String node = entry.nodeId();
            return new EntryRow(
                    entry,
                    Instant.ofEpochMilli(entry.hourMs()),
                    node.length() > SHORT ? node.substring(0, SHORT) + "…" : node,
                    Report.shown(BigDecimal.valueOf(amounts.energyUj())
                            .divide(Energy.MICROJOULES_PER_KWH, 9, RoundingMode.HALF_EVEN)),
                    factor == null ? "–" : factor.zone() + " " + factor.dataYear(),
                    zone,
                    kilograms(amounts.locationUg()),
                    kilograms(amounts.marketUg() == null ? amounts.locationUg() : amounts.marketUg()));
        }

        private static @Nullable String kilograms(@Nullable Long micrograms) {
            return micrograms == null ? null : Report.shown(BigDecimal.valueOf(micrograms, 9));
        }
    }
}
