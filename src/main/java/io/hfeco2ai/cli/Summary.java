package io.hfeco2ai.cli;

import io.hfeco2ai.cli.Account.DeviceTotal;
import io.hfeco2ai.cli.YearlyFactors.Factor;
import io.hfeco2ai.sensor.Device;
import io.hfeco2ai.units.Boundary;
import io.hfeco2ai.units.CarbonIntensity;
import io.hfeco2ai.units.CarbonMass;
import io.hfeco2ai.units.DeviceKind;
import io.hfeco2ai.units.Energy;
import io.hfeco2ai.units.Quality;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one command used.
 *
 * @param devices the outermost ones only: their sum is the machine
 * @param unobserved devices of which nothing was read
 * @param machinePeakWatts NaN when unknown
 * @param zone null when none was given; then there are no emissions
 * @param factor null without a zone, or when the zone has no factor
 * @param notes what a reader must know to read the figures right
 */
record Summary(
        List<String> command,
        int exitCode,
        Instant start,
        Instant end,
        List<DeviceTotal> devices,
        List<Device> unobserved,
        double machinePeakWatts,
        @Nullable String zone,
        @Nullable Factor factor,
        List<String> notes) {

    static Summary of(
            List<String> command,
            int exitCode,
            Instant start,
            Instant end,
            Account account,
            @Nullable String zone,
            @Nullable Factor factor,
            List<String> problems) {
        List<DeviceTotal> counted = account.totals().stream()
                .filter(total -> total.observedMs() > 0)
                .toList();
        List<Device> unobserved = account.totals().stream()
                .filter(total -> total.observedMs() == 0)
                .map(DeviceTotal::device)
                .toList();
        Summary bare = new Summary(
                command,
                exitCode,
                start,
                end,
                counted,
                unobserved,
                account.machinePeakWatts(),
                zone,
                factor,
                List.of());
        List<String> notes = new ArrayList<>(problems);
        notes.addAll(bare.remarks());
        return new Summary(
                command, exitCode, start, end, counted, unobserved, account.machinePeakWatts(), zone, factor, notes);
    }

    Duration duration() {
        return Duration.between(start, end);
    }

    /** False when nothing was read: every figure is unknown then, not 0. */
    boolean measured() {
        return !devices.isEmpty();
    }

    /** A meter in front of the node contains the devices behind it, so only it counts for the machine. */
    List<DeviceTotal> machineDevices() {
        boolean meter = devices.stream().anyMatch(Summary::isMeter);
        return devices.stream().filter(total -> isMeter(total) == meter).toList();
    }

    /** The command's part comes from the devices behind a meter where there are some: their use is known by process. */
    List<DeviceTotal> commandDevices() {
        boolean inner = devices.stream().anyMatch(total -> !isMeter(total));
        return devices.stream().filter(total -> isMeter(total) != inner).toList();
    }

    Energy machineEnergy() {
        return Energy.ofMicrojoules(
                machineDevices().stream().mapToLong(DeviceTotal::energyUj).sum());
    }

    Energy commandEnergy() {
        return Energy.ofMicrojoules(
                commandDevices().stream().mapToLong(DeviceTotal::commandUj).sum());
    }

    /** The command's energy on devices of that quality. */
    Energy commandEnergy(Quality quality) {
        return Energy.ofMicrojoules(commandDevices().stream()
                .filter(total -> total.device().quality() == quality)
                .mapToLong(DeviceTotal::commandUj)
                .sum());
    }

    /** Of the device figures (k = 2), taken as fully correlated; how exact the split by process is, is not in it. */
    double uncertaintyRatio() {
        double weighted = 0;
        double sum = 0;
        for (DeviceTotal total : commandDevices()) {
            // A command that used nothing still has the uncertainty of its devices.
            double weight = total.commandUj() + 1e-9 * total.energyUj() + 1e-9;
            weighted += weight * total.device().uncertaintyRatio();
            sum += weight;
        }
        return sum == 0 ? Double.NaN : weighted / sum;
    }

    /** Observed device time by expected device time, 0 to 1. */
    double coverageRatio() {
        long expected = duration().toMillis() * (devices.size() + unobserved.size());
        long observed = devices.stream().mapToLong(DeviceTotal::observedMs).sum();
        return expected == 0 ? 0 : Math.min(1, (double) observed / expected);
    }

    /** No peak is below the mean, though all readings of a short command may be; NaN when unknown. */
    double peakOrMeanWatts() {
        double mean = machineMeanWatts();
        return machinePeakWatts < mean ? mean : machinePeakWatts;
    }

    double machineMeanWatts() {
        return machineDevices().stream().mapToDouble(DeviceTotal::meanWatts).sum();
    }

    @Nullable CarbonMass emissions() {
        return factor == null || !measured()
                ? null
                : new CarbonIntensity(factor.gramsPerKwh()).emissionsOf(commandEnergy());
    }

    private static boolean isMeter(DeviceTotal total) {
        return total.device().kind() == DeviceKind.NODE;
    }

    private List<String> remarks() {
        List<String> remarks = new ArrayList<>();
        if (zone != null && factor == null) {
            remarks.add("no yearly factor is known for zone " + zone + ": no emissions");
        }
        if (!measured()) {
            return remarks;
        }
        if (devices.stream().anyMatch(DeviceTotal::wholeDevice)) {
            remarks.add(
                    "whole device: its use by process is unknown, so all of its energy is counted as the command's");
        }
        if (machineDevices().stream().allMatch(total -> total.device().boundary() == Boundary.CHIP)) {
            remarks.add("taken at the chips: fans, disks and power supply losses are not included");
        }
        if (!unobserved.isEmpty()) {
            remarks.add("no reading in this time, so not included: "
                    + String.join(", ", unobserved.stream().map(Device::name).toList()));
        }
        if (coverageRatio() < 0.95) {
            remarks.add(String.format(
                    java.util.Locale.ROOT,
                    "observed %.0f %% of the time: the rest is missing, not 0",
                    coverageRatio() * 100));
        }
        return remarks;
    }
}
