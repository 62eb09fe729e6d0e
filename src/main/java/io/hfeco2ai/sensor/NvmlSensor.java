package io.hfeco2ai.sensor;

import io.hfeco2ai.sensor.Nvml.Gpu;
import io.hfeco2ai.sensor.Nvml.ProcessUse;
import io.hfeco2ai.sensor.Sensors.Finding;
import io.hfeco2ai.units.Boundary;
import io.hfeco2ai.units.DeviceKind;
import io.hfeco2ai.units.Quality;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** NVIDIA GPUs, whole boards, keyed by UUID. A board that falls off the bus is a gap until it answers again. */
final class NvmlSensor implements Sensor {

    /** NVIDIA states ±5 % for the power of its boards (NVML reference, nvmlDeviceGetPowerUsage). */
    private static final double UNCERTAINTY = 0.05;

    /** Above any board sold today; for boards that tell no limit and are not in the table. */
    private static final double CAP_WATTS = 2500;

    private final Nvml nvml;
    private final List<Gpu> gpus;
    private final List<Device> devices = new ArrayList<>();

    private NvmlSensor(Nvml nvml, List<Gpu> gpus) {
        this.nvml = nvml;
        this.gpus = gpus;
        gpus.forEach(gpu -> devices.add(device(gpu)));
    }

    /** @return null when the library knows no GPU; it is closed then */
    static @Nullable NvmlSensor discover(Nvml nvml, List<Finding> findings) {
        try {
            List<Gpu> gpus = nvml.gpus();
            for (Gpu gpu : gpus) {
                String how =
                        gpu.countsEnergy() ? "energy counter" : "power integrated: this board has no energy counter";
                findings.add(new Finding("nvml", gpu.name() + " (" + gpu.uuid() + ")", true, how, ""));
            }
            if (!gpus.isEmpty()) {
                return new NvmlSensor(nvml, gpus);
            }
            findings.add(new Finding("nvml", "GPUs", false, "the NVIDIA library sees no GPU", ""));
        } catch (IOException e) {
            findings.add(new Finding(
                    "nvml",
                    "GPUs",
                    false,
                    String.valueOf(e.getMessage()),
                    "check that nvidia-smi works for this user"));
        }
        nvml.close();
        return null;
    }

    private static Device device(Gpu gpu) {
        double limit = gpu.limitWatts();
        if (limit <= 0) {
            TdpTable.Row row = TdpTable.gpu(gpu.name());
            limit = row == null ? CAP_WATTS / 2 : row.watts();
        }
        return new Device(
                gpu.uuid(),
                DeviceKind.GPU,
                gpu.name(),
                Boundary.CHIP,
                Quality.MEASURED,
                "nvml",
                UNCERTAINTY,
                2 * limit, // short peaks pass the limit
                Double.NaN);
    }

    @Override
    public List<Device> devices() {
        return List.copyOf(devices);
    }

    @Override
    public void read(ReadingSink sink) {
        for (int i = 0; i < gpus.size(); i++) {
            Gpu gpu = gpus.get(i);
            Device device = devices.get(i);
            try {
                if (gpu.countsEnergy()) {
                    sink.counter(device, nvml.energyMillijoules(gpu.uuid()) * 1000);
                } else {
                    sink.power(device, nvml.powerMilliwatts(gpu.uuid()) / 1e3);
                }
            } catch (IOException e) {
                sink.gap(device, String.valueOf(e.getMessage()));
            }
        }
    }

    /** Who used that GPU after that instant; null when it cannot be told. */
    @Nullable List<ProcessUse> processes(Device device, long sinceMicros) {
        try {
            return nvml.processes(device.key(), sinceMicros);
        } catch (IOException e) {
            return null;
        }
    }

    @Override
    public void close() {
        nvml.close();
    }

    /** Where the NVIDIA driver keeps its library. Looks at files only, so that a node without one never loads JNA. */
    static final class Driver {

        private static final String LIBRARY = "libnvidia-ml.so.1";

        private static final List<String> FOLDERS = List.of(
                "usr/lib/x86_64-linux-gnu",
                "usr/lib/aarch64-linux-gnu",
                "usr/lib64",
                "usr/lib",
                "usr/lib/wsl/lib",
                "usr/local/nvidia/lib64",
                "usr/lib/x86_64-linux-gnu/nvidia/current",
                "run/opengl-driver/lib");

        private static final String NVIDIA_VENDOR = "0x10de";
        private static final String DISPLAY_CLASS = "0x03";

        private Driver() {}

        /** @return the library's path; null when there is none */
        static @Nullable Path library(Path root, @Nullable String searchPath) {
            List<Path> folders = new ArrayList<>();
            if (searchPath != null && !searchPath.isBlank()) {
                for (String folder : searchPath.split(":")) {
                    folders.add(root.resolve(folder.startsWith("/") ? folder.substring(1) : folder));
                }
            }
            FOLDERS.forEach(folder -> folders.add(root.resolve(folder)));
            for (Path folder : folders) {
                Path file = folder.resolve(LIBRARY);
                if (Files.exists(file)) {
                    return file;
                }
            }
            return null;
        }

        /** Opens the library when it is there; says why not when there is a board without it. */
        static @Nullable Nvml open(Path root, List<Finding> findings) {
            Path file = library(root, System.getenv("LD_LIBRARY_PATH"));
            if (file == null) {
                if (hasBoard(root)) {
                    findings.add(new Finding(
                            "nvml",
                            "NVIDIA GPU",
                            false,
                            LIBRARY + " was not found",
                            "install the NVIDIA driver, or put the library's folder into LD_LIBRARY_PATH; in a container, start it"
                                    + " with --gpus and NVIDIA_DRIVER_CAPABILITIES=utility,compute"));
                }
                return null;
            }
            try {
                return new JnaNvml(file.toString());
            } catch (IOException | LinkageError e) {
                findings.add(new Finding(
                        "nvml",
                        "NVIDIA GPU",
                        false,
                        String.valueOf(e.getMessage()),
                        "check that nvidia-smi works for this user"));
                return null;
            }
        }

        private static boolean hasBoard(Path root) {
            try (DirectoryStream<Path> devices = Files.newDirectoryStream(root.resolve("sys/bus/pci/devices"))) {
                for (Path device : devices) {
                    if (Host.text(device.resolve("class")).startsWith(DISPLAY_CLASS)
                            && Host.text(device.resolve("vendor")).equals(NVIDIA_VENDOR)) {
                        return true;
                    }
                }
                return false;
            } catch (IOException e) {
                return Files.exists(root.resolve("proc/driver/nvidia"));
            }
        }
    }
}
