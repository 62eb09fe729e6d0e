package io.hfeco2ai.cli;

import io.hfeco2ai.sensor.Device;
import io.hfeco2ai.sensor.Sampler;
import io.hfeco2ai.sensor.Sampler.DevicePower;
import io.hfeco2ai.sensor.Sensor;
import io.hfeco2ai.sensor.Sensors.Selection;
import io.hfeco2ai.units.Boundary;
import io.hfeco2ai.units.DeviceKind;
import io.hfeco2ai.units.Quality;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Mean power by sensors of one source that measure: the CPU packages together, or the node. */
final class PowerMeter {

    private final List<Sensor> sensors = new ArrayList<>();
    private final List<String> keys = new ArrayList<>();
    private final Boundary boundary;
    private final Clock clock;

    /** @param plusMinusWatts twice the standard error of the mean; NaN with fewer than two readings */
    record Mean(double watts, double plusMinusWatts) {}

    /** @throws IllegalArgumentException when no sensor of that source measures here */
    PowerMeter(Selection selection, String source, Clock clock) {
        this.clock = clock;
        Boundary found = null;
        for (Sensor sensor : selection.sensors()) {
            for (Device device : sensor.devices()) {
                boolean fits = device.source().startsWith(source)
                        && device.quality() == Quality.MEASURED
                        && (device.kind() == DeviceKind.CPU || device.kind() == DeviceKind.NODE);
                if (fits) {
                    keys.add(device.key());
                    found = device.kind() == DeviceKind.NODE ? Boundary.NODE : Boundary.CHIP;
                    if (!sensors.contains(sensor)) {
                        sensors.add(sensor);
                    }
                }
            }
        }
        if (found == null) {
            throw new IllegalArgumentException(
                    "no " + source
                            + " sensor measures the CPU or the node here; hf-eco2ai sensors says what is there and how to get more");
        }
        this.boundary = found;
    }

    Boundary boundary() {
        return boundary;
    }

    Mean read(Duration duration) throws InterruptedException {
        Sampler sampler = new Sampler(sensors, clock, System::nanoTime, Duration.ofDays(1));
        sampler.tick();
        List<Double> readings = new ArrayList<>();
        for (long second = 0; second < duration.toSeconds(); second++) {
            Thread.sleep(1000);
            double watts = sampler.tick().powers().stream()
                    .filter(power -> keys.contains(power.device().key()))
                    .mapToDouble(DevicePower::watts)
                    .sum();
            if (!Double.isNaN(watts)) {
                readings.add(watts);
            }
        }
        return mean(readings);
    }

    static Mean mean(List<Double> readings) {
        double mean = readings.stream().mapToDouble(x -> x).average().orElse(Double.NaN);
        double squares =
                readings.stream().mapToDouble(x -> (x - mean) * (x - mean)).sum();
        int count = readings.size();
        return new Mean(mean, count < 2 ? Double.NaN : 2 * Math.sqrt(squares / (count - 1) / count));
    }
}
