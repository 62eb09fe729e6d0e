package io.hfeco2ai.cli;

import io.hfeco2ai.cli.Account.DeviceTotal;
import io.hfeco2ai.units.CarbonMass;
import io.hfeco2ai.units.Energy;
import io.hfeco2ai.units.Quality;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;

/** The summary at the end of a command: one line to read, a small table to understand it. */
final class SummaryText {

    private static final String PREFIX = "hf-eco2ai: ";

    private SummaryText() {}

    /** @param onPage a server has the run and prices it, whatever is said here */
    static List<String> lines(Summary summary, boolean onPage) {
        List<String> lines = new ArrayList<>();
        String emissions = emissions(summary, onPage);
        lines.add(PREFIX + (summary.measured() ? headline(summary, emissions) : unmeasured(summary, emissions)));
        if (summary.measured()) {
            lines.addAll(table(summary));
        }
        summary.notes().forEach(note -> lines.add("  " + note));
        return lines;
    }

    private static String unmeasured(Summary summary, String emissions) {
        return String.join(", ", "energy " + Amounts.UNKNOWN, emissions, Amounts.duration(summary.duration()));
    }

    private static String headline(Summary summary, String emissions) {
        return String.join(
                ", ",
                Amounts.energy(summary.commandEnergy()) + " of the machine's "
                        + Amounts.energy(summary.machineEnergy()),
                emissions,
                Amounts.duration(summary.duration()),
                "machine mean " + Amounts.watts(summary.machineMeanWatts()) + " peak "
                        + Amounts.watts(summary.peakOrMeanWatts()),
                quality(summary));
    }

    private static String emissions(Summary summary, boolean onPage) {
        if (summary.zone() == null) {
            return onPage ? "emissions on its page" : "emissions " + Amounts.UNKNOWN + " (set --zone)";
        }
        CarbonMass emissions = summary.emissions();
        if (emissions == null) {
            return "emissions " + Amounts.UNKNOWN + " (zone " + summary.zone() + ")";
        }
        YearlyFactors.Factor factor = Objects.requireNonNull(summary.factor());
        return Amounts.emissions(emissions)
                + " (" + factor.zone() + " " + factor.dataYear() + ": "
                + factor.gramsPerKwh().stripTrailingZeros().toPlainString() + " g/kWh " + factor.method() + ", "
                + factor.basis() + ")";
    }

    private static String quality(Summary summary) {
        double measured = summary.commandEnergy(Quality.MEASURED).joules();
        double all = summary.commandEnergy().joules();
        boolean anyMeasured = summary.commandDevices().stream()
                .anyMatch(total -> total.device().quality() == Quality.MEASURED);
        boolean anyModelled = summary.commandDevices().stream()
                .anyMatch(total -> total.device().quality() != Quality.MEASURED);
        String word = !anyModelled
                ? "measured"
                : !anyMeasured ? "modelled" : String.format(Locale.ROOT, "%.0f %% measured", part(measured, all));
        return word + " " + Amounts.uncertainty(summary.uncertaintyRatio());
    }

    private static double part(double measured, double all) {
        return all == 0 ? 0 : 100 * measured / all;
    }

    private static List<String> table(Summary summary) {
        Table table = new Table(
                Set.of(2, 3, 4, 5), "device", "source", "command", "machine", "mean", "peak", "quality", "share");
        for (DeviceTotal total : summary.devices()) {
            table.row(
                    total.device().name(),
                    total.device().source(),
                    Amounts.energy(Energy.ofMicrojoules(total.commandUj())),
                    Amounts.energy(Energy.ofMicrojoules(total.energyUj())),
                    Amounts.watts(total.meanWatts()),
                    Amounts.watts(total.peakWatts()),
                    total.device().quality().name().toLowerCase(Locale.ROOT) + " "
                            + Amounts.uncertainty(total.device().uncertaintyRatio()),
                    total.wholeDevice() ? "whole device" : "process");
        }
        return table.lines();
    }
}
