package io.hfeco2ai.reports.standards;

import io.hfeco2ai.experiments.Experiments;
import io.hfeco2ai.experiments.Experiments.Attempt;
import io.hfeco2ai.experiments.Experiments.Member;
import io.hfeco2ai.experiments.Experiments.Metric;
import io.hfeco2ai.experiments.Experiments.Run;
import io.hfeco2ai.experiments.Experiments.RunDetail;
import io.hfeco2ai.ledger.Ledger;
import io.hfeco2ai.ledger.Ledger.Footprint;
import io.hfeco2ai.reports.Progress;
import io.hfeco2ai.reports.Report.Cell;
import io.hfeco2ai.reports.Report.Column;
import io.hfeco2ai.reports.Report.Table;
import io.hfeco2ai.reports.ReportRequest;
import io.hfeco2ai.units.CarbonMass;
import io.hfeco2ai.units.Energy;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** The runs that have entries in the ledger in a period, the first started first, whatever became of them. */
final class RunSet {

    private static final int ALMOST_DONE_PPM = 900_000;
    private static final BigDecimal MS_PER_HOUR = new BigDecimal(3_600_000);
    private static final int DIGITS = 6;

    /** @param footprint without its child runs; @param counted the last tokens and samples that were told */
    record One(
            Run run, Footprint footprint, List<Attempt> attempts, List<Member> members, Map<String, Double> counted) {}

    private static final int DEEPEST = 1000;

    private final Map<String, One> byId = new LinkedHashMap<>();
    /** Of each run, the run of the set that it is a part of. */
    private final Map<String, String> above = new LinkedHashMap<>();

    private final long fromMs;
    private final long toMs;

    private RunSet(long fromMs, long toMs) {
        this.fromMs = fromMs;
        this.toMs = toMs;
    }

    /** @param nowMs until when running ones have run */
    static RunSet of(Ledger ledger, Experiments experiments, ReportRequest request, long nowMs, Progress progress) {
        RunSet set = new RunSet(request.fromMs(), Math.min(request.toMs(), nowMs));
        List<One> found = new ArrayList<>();
        ledger.groups(request.question(), Ledger.GroupBy.RUN).forEach((id, footprint) -> {
            if (!id.isEmpty()) {
                progress.at(ALMOST_DONE_PPM);
                found.add(one(experiments.detail(id), footprint));
            }
        });
        found.sort(Comparator.comparing(one -> one.run().startedAt()));
        found.forEach(one -> set.byId.put(one.run().id(), one));
        found.forEach(one -> set.nearest(one.run(), experiments)
                .ifPresent(above -> set.above.put(one.run().id(), above)));
        return set;
    }

    /** The run of the set that this one is a part of; a run between them that holds no energy is not in the set. */
    private Optional<String> nearest(Run run, Experiments experiments) {
        String parent = run.parentId();
        for (int depth = 0; parent != null && depth < DEEPEST; depth++) {
            if (byId.containsKey(parent)) {
                return Optional.of(parent);
            }
            parent = experiments.find(parent).map(Run::parentId).orElse(null);
        }
        return Optional.empty();
    }

    private static One one(RunDetail detail, Footprint footprint) {
        Map<String, Double> counted = new LinkedHashMap<>();
        for (Metric metric : detail.metrics()) {
            if (metric.name().equals("tokens") || metric.name().equals("samples")) {
                counted.put(metric.name(), metric.amount());
            }
        }
        return new One(detail.run(), footprint, detail.attempts(), detail.members(), counted);
    }

    List<One> all() {
        return List.copyOf(byId.values());
    }

    /** Those that are no part of another one of them. */
    List<One> tops() {
        return byId.values().stream()
                .filter(one -> !above.containsKey(one.run().id()))
                .toList();
    }

    /** That began before the period or went on after it, so that a part of each is not in it. */
    long cut() {
        return byId.values().stream().filter(this::isCut).count();
    }

    private boolean isCut(One one) {
        return one.run().startedAt().toEpochMilli() < fromMs
                || one.run().endedAt() == null
                || one.run().endedAt().toEpochMilli() > toMs;
    }

    /** Of the run's attempts, within the period. */
    BigDecimal hours(One one) {
        long ms = 0;
        for (Attempt attempt : one.attempts()) {
            long end = attempt.endedAt() == null ? toMs : attempt.endedAt().toEpochMilli();
            ms += Math.max(0, Math.min(end, toMs) - Math.max(attempt.startedAt().toEpochMilli(), fromMs));
        }
        return new BigDecimal(ms).divide(MS_PER_HOUR, DIGITS, RoundingMode.HALF_EVEN);
    }

    /** Of the runs that are no part of another one. */
    BigDecimal hours() {
        return tops().stream().map(this::hours).reduce(BigDecimal.ZERO, BigDecimal::add);
    }

    /**
     * How many of it the runs went through, a run that does not tell as much as its child runs do. Empty: some run does not
     * tell.
     *
     * @param metric tokens or samples
     */
    Optional<BigDecimal> counted(String metric) {
        Optional<BigDecimal> sum = Optional.of(BigDecimal.ZERO);
        for (One one : tops()) {
            Optional<BigDecimal> more = counted(one, metric);
            sum = sum.flatMap(before -> more.map(before::add));
        }
        return sum;
    }

    private Optional<BigDecimal> counted(One one, String metric) {
        Double own = one.counted().get(metric);
        if (own != null) {
            return Double.isFinite(own) && own >= 0 ? Optional.of(BigDecimal.valueOf(own)) : Optional.empty();
        }
        Optional<BigDecimal> sum = Optional.empty();
        for (One child : byId.values()) {
            if (one.run().id().equals(above.get(child.run().id()))) {
                Optional<BigDecimal> more = counted(child, metric);
                if (more.isEmpty()) {
                    return Optional.empty();
                }
                sum = Optional.of(sum.orElse(BigDecimal.ZERO).add(more.get()));
            }
        }
        return sum;
    }

    Table table() {
        return table(List.of(), one -> List.of());
    }

    /** @param more columns, for each run */
    Table table(List<Column> more, Function<One, List<Cell>> amounts) {
        List<List<Cell>> rows = new ArrayList<>();
        for (One one : byId.values()) {
            Energy supplied = one.footprint().facilityEnergy();
            CarbonMass emissions = one.footprint().emissions();
            List<Cell> row = new ArrayList<>(List.of(
                    Cell.link(one.run().name(), "/runs/" + one.run().id()),
                    Cell.of(one.run().experiment()),
                    Cell.of(one.run().status().toLowerCase(Locale.ROOT)),
                    Cell.of(one.run().startedAt().toString()),
                    Cell.of(hours(one)),
                    Cell.of(kwh(supplied == null ? one.footprint().energy() : supplied)),
                    Cell.of(supplied == null ? "unknown, not in it" : "in it"),
                    Cell.of(emissions == null ? null : kg(emissions))));
            row.addAll(amounts.apply(one));
            rows.add(row);
        }
        List<Column> columns = new ArrayList<>(List.of(
                new Column("Run", ""),
                new Column("Experiment", ""),
                new Column("Became", ""),
                new Column("Started (UTC)", ""),
                new Column("In the period", "h"),
                new Column("Electricity", Figures.KWH),
                new Column("Overhead of the building", ""),
                new Column("Location-based", Figures.KG)));
        columns.addAll(more);
        return new Table("Runs", columns, rows);
    }

    static BigDecimal kwh(Energy energy) {
        return new BigDecimal(energy.microjoules()).divide(Energy.MICROJOULES_PER_KWH, DIGITS, RoundingMode.HALF_EVEN);
    }

    static BigDecimal kg(CarbonMass mass) {
        return new BigDecimal(mass.micrograms()).movePointLeft(9).setScale(DIGITS, RoundingMode.HALF_EVEN);
    }
}
