package io.hfeco2ai.sensor;

import io.hfeco2ai.sensor.Sampler.DevicePower;
import java.time.Instant;
import java.util.List;

/** One device inside the sampler: its last good reading and its open interval. */
final class DeviceTrack {

    /**
     * Longest silence over which a counter's difference is trusted: a 32-bit RAPL register of 15.3 µJ units holds 65.7 kJ,
     * so at up to 1 kW it cannot have wrapped twice in a minute.
     */
    static final long MAX_COUNTER_SILENCE_NANOS = 60_000_000_000L;

    /** Counters are refreshed by their firmware up to this much late (NVML: 20 to 100 ms), so a short step may hold more. */
    static final long REFRESH_NANOS = 250_000_000L;

    private final Device device;
    private final long maxPowerSilenceNanos;
    private final Sampler.Tally tally;

    // now, set by begin()
    private long nanos;
    private long wallMs;
    private List<MeasuredInterval> closed = List.of();
    private boolean read;
    private double watts = Double.NaN;

    // last good reading
    private boolean known;
    private long lastNanos;
    private long lastWallMs;
    private long lastMicrojoules;
    private double lastWatts = Double.NaN;

    // open interval
    private boolean open;
    private long startMs;
    private long wholeMicrojoules;
    private double partMicrojoules;
    private long observedNanos;
    private long seq;

    DeviceTrack(Device device, long foldNanos, Sampler.Tally tally) {
        this.device = device;
        this.maxPowerSilenceNanos = Math.max(foldNanos, 5_000_000_000L);
        this.tally = tally;
    }

    Device device() {
        return device;
    }

    void begin(long nowNanos, long nowMs, List<MeasuredInterval> out) {
        nanos = nowNanos;
        wallMs = nowMs;
        closed = out;
        read = false;
        watts = Double.NaN;
    }

    void counter(long microjoules) {
        read = true;
        if (microjoules < 0) {
            tally.negative++;
            breakOff();
            return;
        }
        if (known) {
            addDifference(microjoules - lastMicrojoules, nanos - lastNanos);
        }
        lastMicrojoules = microjoules;
        good();
    }

    private void addDifference(long difference, long stepNanos) {
        if (difference < 0) {
            tally.counterResets++;
            breakOff();
        } else if (stepNanos > MAX_COUNTER_SILENCE_NANOS) {
            tally.missedReadings++;
            breakOff();
        } else if (difference > device.capWatts() * (stepNanos + REFRESH_NANOS) / 1e3) {
            tally.implausible++;
            breakOff();
        } else if (stepNanos > 0) {
            wholeMicrojoules += difference;
            observedNanos += stepNanos;
            watts = difference * 1e3 / stepNanos;
        }
    }

    void power(double reading) {
        read = true;
        if (!(reading >= 0) || reading > device.capWatts()) {
            count(reading);
            breakOff();
            return;
        }
        long stepNanos = nanos - lastNanos;
        if (known && stepNanos <= maxPowerSilenceNanos) {
            partMicrojoules += (lastWatts + reading) / 2 * stepNanos / 1e3;
            observedNanos += stepNanos;
        }
        lastWatts = reading;
        watts = reading;
        good();
    }

    private void count(double reading) {
        if (Double.isNaN(reading)) {
            tally.missedReadings++;
        } else if (reading < 0) {
            tally.negative++;
        } else {
            tally.implausible++;
        }
    }

    /** Ends the pass for this device. */
    DevicePower end() {
        if (!read) {
            tally.missedReadings++;
            if (!Double.isNaN(lastWatts)) { // no trapezoid across a reading that should have been there
                known = false;
            }
        }
        return new DevicePower(device, watts);
    }

    /** A clock event between the last reading and now: nothing across it is trusted. */
    void interrupt(List<MeasuredInterval> out) {
        closed = out;
        breakOff();
    }

    /** Closes at the last good reading and forgets it; the piece up to the next good reading belongs to no interval. */
    private void breakOff() {
        if (open && observedNanos > 0) {
            emit(lastWallMs);
        }
        open = false;
        observedNanos = 0;
        known = false;
        lastWatts = Double.NaN;
    }

    private void good() {
        known = true;
        lastNanos = nanos;
        lastWallMs = wallMs;
        if (!open) {
            open = true;
            startMs = wallMs;
        }
    }

    /**
     * Closes the open interval at the last good reading, which is now unless this pass missed the device. With nothing
     * observed there is no interval: unknown is not 0. A silent counter may come back and tell what was used meanwhile.
     */
    void close() {
        if (!open) {
            return;
        }
        if (observedNanos > 0) {
            emit(lastWallMs);
        } else if (read) {
            startMs = wallMs;
        }
        open = known;
    }

    private void emit(long endMs) {
        long span = endMs - startMs;
        if (span <= 0) {
            return;
        }
        long whole = (long) Math.floor(partMicrojoules);
        partMicrojoules -= whole;
        closed.add(new MeasuredInterval(
                device,
                Instant.ofEpochMilli(startMs),
                Instant.ofEpochMilli(endMs),
                wholeMicrojoules + whole,
                Math.min(span, Math.round(observedNanos / 1e6)),
                seq++));
        wholeMicrojoules = 0;
        observedNanos = 0;
        startMs = endMs;
    }
}
