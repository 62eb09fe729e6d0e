package io.hfeco2ai.clients;

import static org.assertj.core.api.Assertions.assertThat;

import io.hfeco2ai.sensor.Device;
import io.hfeco2ai.sensor.Sensors;
import io.hfeco2ai.sensor.Sensors.Selection;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** The Python package finds the same machine as the server's own sensors: ids, devices, and figures of the load model. */
@Tag("clients")
class PythonSensorsTests {

    private static final String CPUINFO = "processor\t: 0\nmodel name\t: %s\nphysical id\t: 0\nflags\t\t: fpu %s\n\n"
            + "processor\t: 1\nmodel name\t: %1$s\nphysical id\t: %s\nflags\t\t: fpu %2$s\n";

    @TempDir
    Path folder;

    @Test
    void ofThisMachine() {
        assertSame(Path.of("/"));
    }

    @Test
    void ofBareMetalWithTwoSockets() throws IOException {
        Path root = machine("Intel(R) Xeon(R) CPU E5-2620 v3 @ 2.40GHz", "", "1");
        write(root, "etc/machine-id", "0123456789abcdef0123456789abcdef");
        assertSame(root);
    }

    @Test
    void ofAVirtualMachineAndALimitedContainer() throws IOException {
        Path root = machine("AMD EPYC 7B13", "hypervisor", "0");
        write(root, "proc/self/cgroup", "0::/docker/abc");
        write(root, "sys/fs/cgroup/cpu.max", "50000 100000");
        write(root, "sys/fs/cgroup/memory.max", "4000000000");
        write(root, "sys/fs/cgroup/cpu.stat", "usage_usec 5000");
        assertSame(root);
    }

    @Test
    void ofAMachineWithCountersAndMeters() throws IOException {
        Path root = machine("Intel(R) Xeon(R) CPU E3-1240 v2", "", "0");
        for (Map.Entry<String, String> domain : Map.of(
                        "intel-rapl:0", "package-0",
                        "intel-rapl:0:0", "core",
                        "intel-rapl:0:1", "dram",
                        "intel-rapl:1", "psys",
                        "intel-rapl-mmio:0", "package-0")
                .entrySet()) {
            String path = "sys/class/powercap/" + domain.getKey() + "/";
            write(root, path + "name", domain.getValue());
            write(root, path + "energy_uj", "12345");
            write(root, path + "constraint_0_power_limit_uw", "150000000");
        }
        write(root, "sys/class/hwmon/hwmon0/name", "power_meter");
        write(root, "sys/class/hwmon/hwmon0/power1_average", "250000000");
        write(root, "sys/class/hwmon/hwmon1/name", "amdgpu");
        write(root, "sys/class/hwmon/hwmon1/power1_average", "30000000");
        write(root, "sys/class/hwmon/hwmon1/power1_cap", "200000000");
        assertSame(root);
    }

    private void assertSame(Path root) {
        Selection java = Sensors.discover(root, null);
        Python python = new Python("torch", folder).set("HFECO2AI_NODE_ID", "");
        Path site = folder.resolve("site");
        python.set("PYTHONPATH", site.toString());
        assertThat(python.run("-m", "zipfile", "-e", wheel().toString(), site.toString())
                        .exitCode())
                .isZero();
        JsonNode found = python.script("sensors.py", root.toString()).result();
        assertThat(found.get("node_id").asString()).isEqualTo(java.host().nodeId());
        assertThat(found.get("boot_id").asString()).isEqualTo(java.host().bootId());
        assertThat(found.get("name").asString()).isEqualTo(java.host().name());
        List<String> devices = new ArrayList<>();
        found.get("devices").forEach(device -> devices.add(device.asString()));
        assertThat(devices)
                .isNotEmpty()
                .isEqualTo(java.devices().stream().map(PythonSensorsTests::text).toList());
        java.sensors().forEach(sensor -> sensor.close());
    }

    private static String text(Device device) {
        return String.join(
                "|",
                device.key(),
                lower(device.kind()),
                device.name(),
                lower(device.boundary()),
                lower(device.quality()),
                device.source(),
                String.format(Locale.ROOT, "%.6f", device.uncertaintyRatio()),
                String.format(Locale.ROOT, "%.6f", device.capWatts()),
                String.format(Locale.ROOT, "%.6f", device.idleWatts()));
    }

    private static String lower(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    private static Path wheel() {
        try (var files = Files.list(Path.of("target/classes/clients"))) {
            return files.filter(file -> file.toString().endsWith(".whl"))
                    .findFirst()
                    .orElseThrow()
                    .toAbsolutePath();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private Path machine(String model, String flags, String secondSocket) throws IOException {
        Path root = folder.resolve("root");
        write(root, "proc/cpuinfo", String.format(CPUINFO, model, flags, secondSocket));
        write(root, "proc/meminfo", "MemTotal:       32768000 kB\nMemAvailable:   16384000 kB");
        write(root, "proc/stat", "cpu  100 0 50 850 0 0 0 0 0 0");
        write(root, "proc/sys/kernel/hostname", "box");
        write(root, "proc/sys/kernel/random/boot_id", "b-1");
        return root;
    }

    private static void write(Path root, String path, String text) throws IOException {
        Path file = root.resolve(path);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text + "\n");
    }
}
