package io.hfeco2ai.sensor;

import io.hfeco2ai.units.Boundary;
import io.hfeco2ai.units.DeviceKind;
import io.hfeco2ai.units.Quality;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Modelled energy for what no counter covers. It counts energy itself, load since the last look × time, so that a pass over
 * a short command sees the load of just that command.
 */
final class LoadModelSensor implements Sensor {

    private final LongSupplier nanoTime;
    private final CpuLoad load;
    private final @Nullable CpuPowerModel model;
    private final @Nullable Device modelDevice;
    private final @Nullable Device ramDevice;
    private final double ramWatts;

    private boolean started;
    private long lastNanos;
    private double modelMicrojoules;
    private double ramMicrojoules;

    /**
     * @param model null when the CPUs are measured
     * @param wholeNode the model's figures are the wall's: one device of kind {@code NODE}
     * @param ramBytes 0 when memory is measured, inside the whole node, or unknown
     */
    LoadModelSensor(
            CpuLoad load,
            @Nullable CpuPowerModel model,
            boolean wholeNode,
            long ramBytes,
            Host host,
            CpuPowerModel.Coefficients coefficients,
            LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        this.load = load;
        this.model = model;
        this.modelDevice = model == null ? null : modelDevice(model, wholeNode, host);
        this.ramWatts = ramBytes / 1e9 * coefficients.of("ram.watts.per.gb");
        this.ramDevice = ramBytes == 0 ? null : ramDevice(ramBytes, ramWatts, coefficients.of("ram.uncertainty"));
    }

    private static Device modelDevice(CpuPowerModel model, boolean wholeNode, Host host) {
        return new Device(
                wholeNode ? "model:node" : "model:cpu",
                wholeNode ? DeviceKind.NODE : DeviceKind.CPU,
                wholeNode ? "node by CPU load" : host.cpuModel().isEmpty() ? "CPU" : host.cpuModel(),
                wholeNode ? Boundary.NODE : Boundary.CHIP,
                Quality.MODELLED,
                "cpu-model",
                model.uncertaintyRatio(),
                2 * model.watts(1),
                model.watts(0));
    }

    private static Device ramDevice(long bytes, double watts, double uncertainty) {
        return new Device(
                "model:ram",
                DeviceKind.RAM,
                Math.round(bytes / 1e9) + " GB memory",
                Boundary.CHIP,
                Quality.MODELLED,
                "ram-model",
                uncertainty,
                2 * watts,
                watts);
    }

    @Override
    public List<Device> devices() {
        List<Device> devices = new ArrayList<>();
        if (modelDevice != null) {
            devices.add(modelDevice);
        }
        if (ramDevice != null) {
            devices.add(ramDevice);
        }
        return devices;
    }

    @Override
    public void read(ReadingSink sink) {
        double microseconds = countMemory(nanoTime.getAsLong(), sink);
        if (model != null && modelDevice != null) {
            readModel(model, modelDevice, microseconds, sink);
        }
    }

    @Override
    public void recall(Sampler.Glance glance, ReadingSink sink) {
        double microseconds = countMemory(glance.nanos(), sink);
        if (model != null && modelDevice != null) {
            modelMicrojoules += model.watts(load.since(glance.cpu())) * microseconds;
            sink.counter(modelDevice, (long) modelMicrojoules);
        }
    }

    /** @return time since the last look in µs, 0 at the first */
    private double countMemory(long now, ReadingSink sink) {
        double microseconds = started ? (now - lastNanos) / 1e3 : 0;
        started = true;
        lastNanos = now;
        if (ramDevice != null) {
            ramMicrojoules += ramWatts * microseconds;
            sink.counter(ramDevice, (long) ramMicrojoules);
        }
        return microseconds;
    }

    private void readModel(CpuPowerModel cpuModel, Device device, double microseconds, ReadingSink sink) {
        try {
            modelMicrojoules += cpuModel.watts(load.sinceLast()) * microseconds;
            sink.counter(device, (long) modelMicrojoules);
        } catch (IOException e) {
            sink.gap(device, String.valueOf(e.getMessage()));
        }
    }

    @Override
    public void close() {
        load.close();
    }
}
