package io.hfeco2ai.cli;

import io.hfeco2ai.sensor.Device;
import io.hfeco2ai.sensor.MeasuredInterval;
import io.hfeco2ai.sensor.ProcessShares.ProcessShare;
import io.hfeco2ai.sensor.Sampler.DevicePower;
import io.hfeco2ai.sensor.Sampler.Tick;
import io.hfeco2ai.units.DeviceKind;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Adds up what the sampler measured and how much of it the command caused. The command's part of a device is its dynamic
 * energy (above idle) times the command's weight on it; of memory, all energy times the weight, because idle memory costs
 * as much as busy memory; of a device whose weight is unknown, everything, and flagged.
 */
final class Account {

    private final Map<String, DeviceAccount> devices = new LinkedHashMap<>();
    private double machinePeakWatts = Double.NaN;
    private @Nullable Instant last;

    /** @param weight 0 to 1: the command's share of the device's dynamic energy; null when unknown */
    record Piece(MeasuredInterval interval, @Nullable Double weight) {}

    /**
     * @param energyUj of the device while the command ran and was observed
     * @param commandUj the part the command caused
     * @param wholeDevice the weight was unknown for at least a part, so all of that part is counted as the command's
     * @param observedMs how long the device was observed
     * @param peakWatts NaN when there was no reading
     */
    record DeviceTotal(
            Device device, long energyUj, long commandUj, boolean wholeDevice, long observedMs, double peakWatts) {

        double meanWatts() {
            return observedMs == 0 ? Double.NaN : energyUj / 1e3 / observedMs;
        }
    }

    /**
     * @param shares since they were asked for last; empty when they were not asked for now
     * @return the intervals that ended now, with the command's weight in each
     */
    List<Piece> add(Tick tick, List<ProcessShare> shares) {
        double seconds =
                last == null ? 0 : Math.max(0, Duration.between(last, tick.at()).toNanos() / 1e9);
        last = tick.at();
        double machineWatts = 0;
        boolean known = false;
        boolean meter = tick.powers().stream().anyMatch(power -> power.device().kind() == DeviceKind.NODE);
        for (DevicePower power : tick.powers()) {
            account(power.device()).tick(power.watts(), seconds, weightOf(power.device(), shares));
            // A meter in front of the node already contains the devices behind it.
            if (!Double.isNaN(power.watts()) && meter == (power.device().kind() == DeviceKind.NODE)) {
                machineWatts += power.watts();
                known = true;
            }
        }
        if (known) {
            machinePeakWatts = Double.isNaN(machinePeakWatts) ? machineWatts : Math.max(machinePeakWatts, machineWatts);
        }
        List<Piece> pieces = new ArrayList<>(tick.closed().size());
        for (MeasuredInterval interval : tick.closed()) {
            pieces.add(account(interval.device()).close(interval));
        }
        return pieces;
    }

    /** Devices that should be observed from the start to the end of the command. */
    void expect(List<Device> expected) {
        expected.forEach(this::account);
    }

    List<DeviceTotal> totals() {
        return devices.values().stream().map(DeviceAccount::total).toList();
    }

    /** The highest power of the whole machine between two readings; NaN without a reading. */
    double machinePeakWatts() {
        return machinePeakWatts;
    }

    private DeviceAccount account(Device device) {
        return devices.computeIfAbsent(device.key(), key -> new DeviceAccount(device));
    }

    private static @Nullable Double weightOf(Device device, List<ProcessShare> shares) {
        Double weight = null;
        for (ProcessShare share : shares) {
            if (share.device().key().equals(device.key())) {
                weight = Math.min(1, (weight == null ? 0 : weight) + share.weight());
            }
        }
        return weight;
    }

    private static final class DeviceAccount {

        private final Device device;
        private final double idleWatts;
        private long energyUj;
        private long commandUj;
        private boolean wholeDevice;
        private long observedMs;
        private double peakWatts = Double.NaN;

        // since the last weight
        private double openJoules;
        private double openSeconds;

        // since the last interval
        private double dynamicJoules;
        private double weightedJoules;
        private double seconds;
        private double weightedSeconds;
        private @Nullable Double lastWeight;

        DeviceAccount(Device device) {
            this.device = device;
            boolean allIsDynamic = device.kind() == DeviceKind.RAM || Double.isNaN(device.idleWatts());
            this.idleWatts = allIsDynamic ? 0 : device.idleWatts();
        }

        /** @param weight of all seconds since the last known one; null while it is not known yet */
        void tick(double watts, double tickSeconds, @Nullable Double weight) {
            if (!Double.isNaN(watts)) {
                peakWatts = Double.isNaN(peakWatts) ? watts : Math.max(peakWatts, watts);
                openJoules += Math.max(0, watts - idleWatts) * tickSeconds;
                openSeconds += tickSeconds;
            }
            if (weight != null) {
                lastWeight = weight;
                weigh(weight);
            }
        }

        private void weigh(double weight) {
            dynamicJoules += openJoules;
            weightedJoules += openJoules * weight;
            seconds += openSeconds;
            weightedSeconds += openSeconds * weight;
            openJoules = 0;
            openSeconds = 0;
        }

        /** The last seconds of a command that has ended have no weight of their own any more: they take the one before. */
        Piece close(MeasuredInterval interval) {
            if (lastWeight != null) {
                weigh(lastWeight);
            }
            Double weight = weight();
            long energy = interval.energyMicrojoules();
            energyUj += energy;
            observedMs += interval.observedMillis();
            if (weight == null) {
                commandUj += energy;
                wholeDevice = true;
            } else {
                // As the server does: idle over the whole time, at most the energy; weights in millionths.
                long spanMs = Duration.between(interval.start(), interval.end()).toMillis();
                long idleUj = Math.min(energy, Math.round(idleWatts * spanMs * 1000));
                commandUj += Math.round((energy - idleUj) * (Math.round(weight * 1e6) / 1e6));
            }
            dynamicJoules = 0;
            weightedJoules = 0;
            seconds = 0;
            weightedSeconds = 0;
            openJoules = 0;
            openSeconds = 0;
            return new Piece(interval, weight);
        }

        private @Nullable Double weight() {
            if (dynamicJoules > 0) {
                return weightedJoules / dynamicJoules;
            }
            return seconds > 0 ? Double.valueOf(weightedSeconds / seconds) : lastWeight;
        }

        DeviceTotal total() {
            DeviceTotal mean = new DeviceTotal(device, energyUj, commandUj, wholeDevice, observedMs, Double.NaN);
            // Readings are a second apart, so those of a short command may all lie below its mean.
            double peak = peakWatts < mean.meanWatts() ? mean.meanWatts() : peakWatts;
            return new DeviceTotal(device, energyUj, commandUj, wholeDevice, observedMs, peak);
        }
    }
}
