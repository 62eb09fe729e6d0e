package io.hfeco2ai.sensor;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Finds what can be measured on this machine, and says why the rest cannot. */
public final class Sensors {

    private Sensors() {}

    /** @param findings everything that was found, the chosen and the others, with reason and cure */
    public record Selection(Host host, List<Sensor> sensors, List<Finding> findings) {

        /** All devices of all sensors. */
        public List<Device> devices() {
            List<Device> devices = new ArrayList<>();
            sensors.forEach(sensor -> devices.addAll(sensor.devices()));
            return devices;
        }
    }

    /**
     * One possible source of energy readings.
     *
     * @param source {@code rapl}, {@code nvml}, {@code hwmon}, {@code cpu-model}…
     * @param what the domain or device
     * @param reason why it was chosen or not, for a person
     * @param cure what to do to get it measured; empty when nothing is to be done
     */
    public record Finding(String source, String what, boolean chosen, String reason, String cure) {}

    /**
     * @param root {@code /}, or a recorded tree
     * @param calibration this node's four figures; null when it was never calibrated
     */
    public static Selection discover(Path root, @Nullable Calibration calibration) {
        return discover(root, calibration, System::nanoTime);
    }

    static Selection discover(Path root, @Nullable Calibration calibration, LongSupplier nanoTime) {
        Host host = Host.of(root);
        List<Finding> findings = new ArrayList<>();
        List<Sensor> sensors = new ArrayList<>();
        RaplSensor rapl = RaplSensor.discover(root, host, findings);
        if (rapl != null) {
            sensors.add(rapl);
        }
        return new Selection(host, List.copyOf(sensors), List.copyOf(findings));
    }
}
