package io.hfeco2ai.sensor;

import io.hfeco2ai.sensor.Powercap.Domain;
import io.hfeco2ai.sensor.Sensors.Finding;
import io.hfeco2ai.units.Boundary;
import io.hfeco2ai.units.DeviceKind;
import io.hfeco2ai.units.Quality;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** RAPL energy counters, read through the kernel's powercap files, which stay open. */
final class RaplSensor implements Sensor {

    /**
     * RAPL against an external meter: Khan et al., RAPL in Action, ACM TOMPECS 3(2), 2018, find errors of a few percent
     * for package and DRAM since Haswell; 5 % at k = 2 is this project's reading of it.
     */
    private static final double UNCERTAINTY = 0.05;

    /** Above any socket sold today; for packages that state no limit (AMD). */
    private static final double PACKAGE_CAP_WATTS = 1500;

    private final List<Device> devices = new ArrayList<>();
    private final List<PolledFile> files = new ArrayList<>();
    private final List<EnergyCounter> counters = new ArrayList<>();

    private RaplSensor(List<Domain> domains, Host host) {
        for (Domain domain : domains) {
            devices.add(device(domain, host));
            files.add(new PolledFile(domain.energyFile(), 32));
            counters.add(new EnergyCounter(domain.rangeMicrojoules()));
        }
    }

    /** @return null when no domain can be read */
    static @Nullable RaplSensor discover(Path root, Host host, List<Finding> findings) {
        List<Domain> domains = Powercap.domains(root);
        if (domains.isEmpty()) {
            findings.add(Powercap.absent(host));
            return null;
        }
        List<Domain> chosen = Powercap.choose(domains, findings);
        return chosen.isEmpty() ? null : new RaplSensor(chosen, host);
    }

    private static Device device(Domain domain, Host host) {
        boolean dram = domain.name().equals("dram");
        double cap = domain.limitWatts() > 0 && !dram
                ? Math.max(200, 2 * domain.limitWatts()) // short turbo peaks pass the limit
                : PACKAGE_CAP_WATTS;
        String socket = domain.id().replaceFirst("^[a-z-]+:", "").replaceFirst(":.*", "");
        String place = dram ? "DRAM, package " + socket : domain.name().replace('-', ' ');
        String name = host.cpuModel().isEmpty() || dram ? place : host.cpuModel() + ", " + place;
        return new Device(
                domain.id(),
                dram ? DeviceKind.RAM : DeviceKind.CPU,
                name,
                Boundary.CHIP,
                Quality.MEASURED,
                domain.isMmio() ? "rapl-mmio" : "rapl",
                UNCERTAINTY,
                cap,
                Double.NaN);
    }

    @Override
    public List<Device> devices() {
        return List.copyOf(devices);
    }

    @Override
    public void read(ReadingSink sink) {
        for (int i = 0; i < files.size(); i++) {
            try {
                sink.counter(
                        devices.get(i), counters.get(i).unwrapped(files.get(i).readLong()));
            } catch (IOException e) {
                sink.gap(devices.get(i), String.valueOf(e.getMessage()));
            }
        }
    }

    @Override
    public void recall(Sampler.Glance glance, ReadingSink sink) {
        for (int i = 0; i < devices.size(); i++) {
            Long raw = glance.counter(devices.get(i).key());
            if (raw != null) {
                sink.counter(devices.get(i), counters.get(i).unwrapped(raw));
            }
        }
    }

    @Override
    public void close() {
        files.forEach(PolledFile::close);
    }

    /**
     * Undoes the wrap-around of an energy counter that restarts at 0 after its range. A fall is a wrap when the step across it
     * would be less than half the range, else a reset, which is passed on as a fall.
     */
    static final class EnergyCounter {

        private final long range;
        private long lastRaw;
        private long base;

        /** @param range the largest value the counter shows, 0 when it never wraps */
        EnergyCounter(long range) {
            this.range = range;
        }

        /** @return a count that only grows, except at a reset */
        long unwrapped(long raw) {
            if (raw < lastRaw) {
                boolean wrapped = range > 0 && range - lastRaw + raw < range / 2;
                base = wrapped ? base + range : 0;
            }
            lastRaw = raw;
            return base + raw;
        }
    }
}
