package io.hfeco2ai.sensor;

import io.hfeco2ai.sensor.CpuPowerModel.Coefficients;
import io.hfeco2ai.units.Boundary;
import io.hfeco2ai.units.DeviceKind;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Finds what can be measured on this machine, and says why the rest cannot. */
public final class Sensors {

    private static final String UNCALIBRATED_CURE =
            "calibrate this node with four figures: the mean error falls from about 27 % to about 13 %";

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
        List<Finding> findings = new ArrayList<>();
        return discover(root, calibration, System::nanoTime, NvmlSensor.Driver.open(root, findings), findings);
    }

    /** @param findings what was found out before; gets everything else */
    static Selection discover(
            Path root,
            @Nullable Calibration calibration,
            LongSupplier nanoTime,
            @Nullable Nvml nvml,
            List<Finding> findings) {
        Host host = Host.of(root);
        List<Sensor> sensors = new ArrayList<>();
        add(sensors, RaplSensor.discover(root, host, findings));
        add(sensors, nvml == null ? null : NvmlSensor.discover(nvml, findings));
        add(sensors, HwmonSensor.discover(root, findings));
        add(
                sensors,
                model(root, host, calibration, new Selection(host, sensors, findings).devices(), findings, nanoTime));
        return new Selection(host, List.copyOf(sensors), List.copyOf(findings));
    }

    private static void add(List<Sensor> sensors, @Nullable Sensor sensor) {
        if (sensor != null) {
            sensors.add(sensor);
        }
    }

    /** Fills what is not measured: CPU and memory, or the whole node when calibrated at the wall. */
    private static @Nullable Sensor model(
            Path root,
            Host host,
            @Nullable Calibration calibration,
            List<Device> measured,
            List<Finding> findings,
            LongSupplier nanoTime) {
        Coefficients coefficients = new Coefficients();
        boolean wholeNode =
                calibration != null && calibration.boundary() == Boundary.NODE && wallModelFits(measured, findings);
        boolean cpu = wholeNode || !has(measured, DeviceKind.CPU);
        boolean ram = !wholeNode && !has(measured, DeviceKind.RAM) && host.allottedMemoryBytes() > 0;
        CpuPowerModel model = null;
        if (cpu) {
            Calibration usable =
                    calibration != null && (wholeNode || calibration.boundary() == Boundary.CHIP) ? calibration : null;
            model = usable == null
                    ? CpuPowerModel.of(host, coefficients)
                    : CpuPowerModel.calibrated(usable, coefficients);
            String cure = usable == null ? UNCALIBRATED_CURE : "";
            findings.add(new Finding("cpu-model", wholeNode ? "whole node" : "CPU", true, model.basis(), cure));
        } else if (calibration != null) {
            findings.add(new Finding("cpu-model", "calibration", false, "the CPUs are measured", ""));
        }
        if (ram) {
            findings.add(new Finding("ram-model", "memory", true, "no counter for memory: watts per GB", ""));
        }
        return cpu || ram
                ? new LoadModelSensor(
                        new CpuLoad(root, host, nanoTime),
                        model,
                        wholeNode,
                        ram ? host.allottedMemoryBytes() : 0,
                        host,
                        coefficients,
                        nanoTime)
                : null;
    }

    /** The wall curve follows the CPU load, so it is blind to GPU work; and a meter is better than any curve. */
    private static boolean wallModelFits(List<Device> measured, List<Finding> findings) {
        String reason = has(measured, DeviceKind.NODE)
                ? "a meter measures the whole node"
                : has(measured, DeviceKind.GPU)
                        ? "the node has GPUs, whose work a curve over CPU load does not see"
                        : "";
        if (reason.isEmpty()) {
            return true;
        }
        findings.add(new Finding("cpu-model", "calibration of the whole node", false, reason, ""));
        return false;
    }

    private static boolean has(List<Device> devices, DeviceKind kind) {
        return devices.stream().anyMatch(device -> device.kind() == kind);
    }
}
