package io.hfeco2ai.sensor;

import io.hfeco2ai.sensor.Sensors.Finding;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Where the NVIDIA driver keeps its library. Looks at files only, so that a node without one never loads JNA. */
final class NvidiaDriver {

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

    private NvidiaDriver() {}

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
        } catch (IOException e) {
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
