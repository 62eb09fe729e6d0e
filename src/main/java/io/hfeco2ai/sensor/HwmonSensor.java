package io.hfeco2ai.sensor;

import io.hfeco2ai.sensor.Sensors.Finding;
import io.hfeco2ai.units.Boundary;
import io.hfeco2ai.units.DeviceKind;
import io.hfeco2ai.units.Quality;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * AMD and Intel GPUs and whole-node power meters through the kernel's hwmon files: {@code energy*_input} counts µJ,
 * {@code power*_average} and {@code power*_input} are µW.
 */
final class HwmonSensor implements Sensor {

    /** Neither AMD nor Intel states an error for these registers; ±10 % is this project's caution. */
    private static final double GPU_UNCERTAINTY = 0.1;

    /** Server boards' meters are usually stated at 1 to 5 % of full scale. */
    private static final double METER_UNCERTAINTY = 0.1;

    private final List<Channel> channels;

    /** One file of one device. */
    private record Channel(Device device, PolledFile file, boolean energy) {}

    private HwmonSensor(List<Channel> channels) {
        this.channels = channels;
    }

    /** @return null when nothing can be read */
    static @Nullable HwmonSensor discover(Path root, List<Finding> findings) {
        List<Path> directories = new ArrayList<>();
        try (DirectoryStream<Path> found = Files.newDirectoryStream(root.resolve("sys/class/hwmon"))) {
            found.forEach(directories::add);
        } catch (IOException e) {
            return null; // no hwmon here: nothing to choose from
        }
        Collections.sort(directories);
        List<Channel> channels = new ArrayList<>();
        for (Path directory : directories) {
            Channel channel = channel(directory, findings);
            if (channel != null) {
                channels.add(channel);
            }
        }
        return channels.isEmpty() ? null : new HwmonSensor(channels);
    }

    private static @Nullable Channel channel(Path directory, List<Finding> findings) {
        String driver = Host.text(directory.resolve("name"));
        String file = file(directory);
        if (file == null) {
            return null;
        }
        String what = driver + " (" + directory.getFileName() + "/" + file + ")";
        boolean gpu = driver.equals("amdgpu") || driver.equals("i915") || driver.equals("xe");
        if (!gpu && !driver.equals("power_meter")) {
            findings.add(rejected(what, "not known which part of the node this meter is in front of", ""));
            return null;
        }
        if (driver.equals("amdgpu") && !Files.exists(directory.resolve("power1_cap"))) {
            findings.add(rejected(what, "a graphics unit inside the CPU package: its energy is in the package's", ""));
            return null;
        }
        if (!Host.text(directory.resolve(file)).matches("\\d{1,18}")) {
            findings.add(rejected(
                    what,
                    "may not be read by this user",
                    "sudo chmod a+r /sys/class/hwmon/" + directory.getFileName() + "/" + file));
            return null;
        }
        findings.add(
                new Finding("hwmon", what, true, file.startsWith("energy") ? "energy counter" : "power reading", ""));
        Device device = device(directory, driver, gpu);
        return new Channel(device, new PolledFile(directory.resolve(file), 32), file.startsWith("energy"));
    }

    /** An energy counter before an averaged power before a momentary one; a card's own channel before a chip's. */
    private static @Nullable String file(Path directory) {
        for (String name : List.of("energy1_input", "energy2_input", "power1_average", "power1_input")) {
            if (Files.exists(directory.resolve(name)) && !isChipOnly(directory, name)) {
                return name;
            }
        }
        return null;
    }

    private static boolean isChipOnly(Path directory, String name) {
        return name.equals("energy1_input")
                && Host.text(directory.resolve("energy1_label")).equals("pkg")
                && Files.exists(directory.resolve("energy2_input"));
    }

    private static Device device(Path directory, String driver, boolean gpu) {
        long limit = Math.max(
                Powercap.number(directory.resolve("power1_cap")), Powercap.number(directory.resolve("power1_max")));
        String bus = bus(directory);
        return new Device(
                "hwmon:" + bus,
                gpu ? DeviceKind.GPU : DeviceKind.NODE,
                gpu ? driver + " " + bus : "power meter " + bus,
                gpu ? Boundary.CHIP : Boundary.NODE,
                Quality.MEASURED,
                "hwmon",
                gpu ? GPU_UNCERTAINTY : METER_UNCERTAINTY,
                limit > 0 && gpu ? 2 * limit / 1e6 : Double.POSITIVE_INFINITY,
                Double.NaN);
    }

    /** The bus address survives a reboot, the hwmon number does not. */
    private static String bus(Path directory) {
        try {
            return String.valueOf(directory.resolve("device").toRealPath().getFileName());
        } catch (IOException e) {
            return String.valueOf(directory.getFileName());
        }
    }

    private static Finding rejected(String what, String reason, String cure) {
        return new Finding("hwmon", what, false, reason, cure);
    }

    @Override
    public List<Device> devices() {
        return channels.stream().map(Channel::device).toList();
    }

    @Override
    public void read(ReadingSink sink) {
        for (Channel channel : channels) {
            try {
                long number = channel.file.readLong();
                if (channel.energy) {
                    sink.counter(channel.device, number);
                } else {
                    sink.power(channel.device, number / 1e6);
                }
            } catch (IOException e) {
                sink.gap(channel.device, String.valueOf(e.getMessage()));
            }
        }
    }

    @Override
    public void close() {
        channels.forEach(channel -> channel.file.close());
    }
}
