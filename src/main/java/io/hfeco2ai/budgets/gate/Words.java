package io.hfeco2ai.budgets.gate;

import io.hfeco2ai.budgets.Budgets.Unit;
import io.hfeco2ai.experiments.Experiments.Run;
import io.hfeco2ai.ledger.Ledger.Footprint;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Figures of the gate in sentences. */
final class Words {

    /** Where more of a run's time was not observed, its energy says too little. */
    static final double LEAST_COVERAGE = 0.9;

    private static final int MOST_NAMED = 5;

    private Words() {}

    static String unit(Unit unit) {
        return unit == Unit.KWH ? "kWh" : "kg CO2e";
    }

    /** Four digits that count. */
    static String amount(double amount) {
        double size = Math.abs(amount);
        if (size != 0 && (size < 0.001 || size >= 1e7)) {
            return String.format(Locale.ROOT, "%.3e", amount);
        }
        int decimals = size >= 1000 || size == 0 ? 0 : 3 - (int) Math.floor(Math.log10(size));
        String text = String.format(Locale.ROOT, "%." + decimals + "f", amount);
        return text.contains(".") ? text.replaceAll("\\.?0+$", "") : text;
    }

    static String percent(double share) {
        return amount(share * 100) + " %";
    }

    /** Null: nothing was measured, or nothing is priced. */
    static @Nullable Double used(Footprint footprint, Unit unit) {
        if (footprint.energy().isZero()) {
            return null;
        }
        if (unit == Unit.KWH) {
            return footprint.energy().kilowattHours();
        }
        return footprint.emissions() == null ? null : footprint.emissions().kilograms();
    }

    /** What a reader must know of those runs' energy. */
    static List<String> notes(Collection<Run> runs, Map<String, Footprint> footprints) {
        List<String> notes = new ArrayList<>();
        note(notes, named(runs, run -> run.status().equals("RUNNING")), "still running: more will be used");
        note(notes, named(runs, run -> run.status().equals("FAILED")), "failed");
        note(notes, named(runs, run -> run.status().equals("KILLED")), "killed");
        note(notes, named(runs, Run::synthetic), "made up, for a demonstration");
        note(
                notes,
                named(runs, run -> of(run, footprints).provisional()),
                "provisional: figures may still change until their hours are posted");
        note(
                notes,
                named(runs, run -> isGappy(of(run, footprints))),
                "observed for less than 90 % of the time: more was used than was measured");
        return notes;
    }

    static boolean isGappy(Footprint footprint) {
        Double coverage = footprint.coverageRatio();
        return coverage != null && coverage < LEAST_COVERAGE;
    }

    private static Footprint of(Run run, Map<String, Footprint> footprints) {
        return Objects.requireNonNull(footprints.get(run.id()));
    }

    private static List<String> named(Collection<Run> runs, Predicate<Run> which) {
        return runs.stream().filter(which).map(Run::id).toList();
    }

    private static void note(List<String> notes, List<String> ids, String what) {
        if (ids.isEmpty()) {
            return;
        }
        String who = ids.stream().limit(MOST_NAMED).collect(Collectors.joining(", "));
        notes.add((ids.size() == 1 ? "Run " + who : ids.size() + " runs") + ": " + what
                + (ids.size() == 1 ? "." : " (" + who + (ids.size() > MOST_NAMED ? " and others)." : ").")));
    }
}
