package io.hfeco2ai.budgets.gate;

import io.hfeco2ai.budgets.gate.Check.Comparison;
import io.hfeco2ai.budgets.gate.Check.Kind;
import io.hfeco2ai.budgets.gate.Check.Per;
import io.hfeco2ai.budgets.gate.Check.Side;
import io.hfeco2ai.budgets.gate.Contrast.Verdict;
import io.hfeco2ai.budgets.gate.Gate.Wanted;
import io.hfeco2ai.experiments.Experiments;
import io.hfeco2ai.experiments.Experiments.Metric;
import io.hfeco2ai.experiments.Experiments.Run;
import io.hfeco2ai.experiments.RunLog;
import io.hfeco2ai.experiments.RunLog.Facts;
import io.hfeco2ai.ledger.Ledger;
import io.hfeco2ai.ledger.Ledger.Footprint;
import io.hfeco2ai.platform.BadInput;
import io.hfeco2ai.platform.NotFound;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalDouble;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Finds the runs of a comparison, and what each used for a unit of its work. */
@Component
class RunSets {

    /** Of each set; more of them tell nothing new. */
    static final int MOST_RUNS = 200;

    private final Experiments experiments;
    private final RunLog log;
    private final Ledger ledger;

    RunSets(Experiments experiments, RunLog log, Ledger ledger) {
        this.experiments = experiments;
        this.log = log;
        this.ledger = ledger;
    }

    /** @param place how the caller named it: {@code base[2]}, or {@code base} for one that was looked for */
    private record Placed(String place, Run run) {

        @Override
        public String toString() {
            return "Run " + run.id() + " (" + place + ")";
        }
    }

    private record RunSet(List<Placed> runs) {

        double[] amounts(Map<String, Double> amounts) {
            return runs.stream()
                    .mapToDouble(each ->
                            Objects.requireNonNull(amounts.get(each.run().id())))
                    .toArray();
        }
    }

    Run own(String teamId, String runId) {
        return experiments
                .find(runId)
                .filter(run -> run.teamId().equals(teamId))
                .orElseThrow(() -> new NotFound("run " + runId));
    }

    Check compare(String teamId, Wanted base, Wanted change, double tolerance, Per per) {
        RunSet before = find(teamId, base);
        RunSet after = find(teamId, change);
        Map<String, Run> all = new LinkedHashMap<>();
        checkEachOnce(before, all);
        checkEachOnce(after, all);
        Map<String, Footprint> footprints = ledger.ofRuns(all.keySet());
        Map<String, Facts> facts = per == Per.RUN ? Map.of() : log.facts(all.keySet());
        Map<String, Double> amounts = new LinkedHashMap<>();
        for (RunSet set : List.of(before, after)) {
            for (Placed each : set.runs()) {
                String id = each.run().id();
                Footprint footprint = Objects.requireNonNull(footprints.get(id));
                amounts.put(id, energy(each, footprint) / work(each, facts.get(id), per));
            }
        }
        Contrast contrast = Contrast.of(before.amounts(amounts), after.amounts(amounts), tolerance);
        boolean comparable = all.values().stream()
                .noneMatch(run -> (per == Per.RUN && !run.status().equals("FINISHED"))
                        || Words.isGappy(Objects.requireNonNull(footprints.get(run.id()))));
        Comparison comparison = new Comparison(per, tolerance, side(before, amounts), side(after, amounts), contrast);
        return new Check(
                Kind.COMPARISON,
                comparable ? contrast.verdict() : Verdict.INCONCLUSIVE,
                null,
                null,
                null,
                comparison,
                Said.of(comparison, comparable),
                Words.notes(all.values(), footprints));
    }

    private RunSet find(String teamId, Wanted wanted) {
        List<String> ids = wanted.runIds();
        if (ids == null) {
            return new RunSet(
                    experiments
                            .finished(Objects.requireNonNull(wanted.experimentId()), wanted.tags(), MOST_RUNS)
                            .stream()
                            .map(run -> new Placed(wanted.field(), run))
                            .toList());
        }
        if (ids.isEmpty() || ids.size() > MOST_RUNS) {
            throw new BadInput(
                    wanted.field(),
                    "Field " + wanted.field() + " has " + ids.size() + " runs; name 1 to " + MOST_RUNS + ", at least "
                            + Contrast.FEWEST_RUNS + " for a verdict.");
        }
        return new RunSet(IntStream.range(0, ids.size())
                .mapToObj(i -> new Placed(wanted.field() + "[" + i + "]", own(teamId, ids.get(i))))
                .toList());
    }

    /** Also not inside another: a run's energy has its child runs' in it. */
    private void checkEachOnce(RunSet set, Map<String, Run> all) {
        set.runs().forEach(each -> {
            if (all.putIfAbsent(each.run().id(), each.run()) != null) {
                throw new BadInput(each.place(), each + " is named twice; name each run once.");
            }
        });
        all.values().forEach(run -> {
            for (String parent = run.parentId(); parent != null; parent = parentOf(parent)) {
                if (all.containsKey(parent)) {
                    throw new BadInput(
                            "base",
                            "Run " + run.id() + " is a child of run " + parent
                                    + ", whose energy includes it; compare one of them.");
                }
            }
        });
    }

    private @Nullable String parentOf(String runId) {
        return experiments.find(runId).map(Run::parentId).orElse(null);
    }

    private static double energy(Placed run, Footprint footprint) {
        double kilowattHours = footprint.energy().kilowattHours();
        if (kilowattHours <= 0) {
            throw new BadInput(
                    run.place(),
                    run + " has no energy: nothing was measured for it, or nothing is"
                            + " booked yet; leave it out, or ask again in a minute.");
        }
        return kilowattHours;
    }

    private static double work(Placed run, @Nullable Facts facts, Per per) {
        if (per == Per.RUN) {
            return 1;
        }
        List<Metric> metrics = facts == null ? List.of() : facts.metrics();
        String name = per.name().toLowerCase(Locale.ROOT) + "s";
        OptionalDouble most = per == Per.STEP
                ? metrics.stream().mapToDouble(Metric::step).max()
                : metrics.stream()
                        .filter(metric -> metric.name().equals(name))
                        .mapToDouble(Metric::amount)
                        .max();
        if (most.isEmpty() || !(most.getAsDouble() > 0) || Double.isInfinite(most.getAsDouble())) {
            throw new BadInput(
                    run.place(),
                    run + " has not told its " + name + "; send " + name + " with its progress, or compare per run.");
        }
        return most.getAsDouble();
    }

    private static Side side(RunSet set, Map<String, Double> amounts) {
        double[] all = set.amounts(amounts);
        return new Side(
                all.length,
                all.length == 0
                        ? null
                        : Math.exp(Arrays.stream(all).map(Math::log).sum() / all.length));
    }
}
