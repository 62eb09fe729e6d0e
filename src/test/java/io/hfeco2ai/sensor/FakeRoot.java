package io.hfeco2ai.sensor;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A small tree that looks like a machine's proc and sys. */
record FakeRoot(Path path) {

    FakeRoot file(String name, Object content) {
        try {
            Path file = path.resolve(name);
            Files.createDirectories(file.getParent());
            Files.writeString(file, content + "\n");
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What a file that only root may read looks like, even to a test that runs as root: reading it fails. */
    FakeRoot unreadable(String name) {
        try {
            Files.createDirectories(path.resolve(name));
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    FakeRoot zone(String id, String name, long microjoules, long rangeMicrojoules) {
        String zone = "sys/class/powercap/" + id + "/";
        return file(zone + "name", name)
                .file(zone + "energy_uj", microjoules)
                .file(zone + "max_energy_range_uj", rangeMicrojoules);
    }

    FakeRoot hwmon(int number, String driver, String bus) {
        try {
            Path device = path.resolve("sys/devices/" + bus);
            Files.createDirectories(device);
            Path directory = path.resolve("sys/class/hwmon/hwmon" + number);
            Files.createDirectories(directory);
            Files.createSymbolicLink(directory.resolve("device"), device);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return file("sys/class/hwmon/hwmon" + number + "/name", driver);
    }

    /** @param flags of the CPU; "hypervisor" makes it a virtual machine */
    FakeRoot cpus(String model, int sockets, int logical, String flags) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < logical; i++) {
            text.append("processor\t: ").append(i).append("\nmodel name\t: ").append(model);
            text.append("\nphysical id\t: ")
                    .append(i % sockets)
                    .append("\nflags\t\t: fpu ")
                    .append(flags)
                    .append("\n\n");
        }
        return file("proc/cpuinfo", text).stat(0, 0);
    }

    FakeRoot memory(long totalKib, long availableKib) {
        return file(
                "proc/meminfo",
                "MemTotal:       " + totalKib + " kB\nMemFree: 1 kB\nMemAvailable:   " + availableKib + " kB");
    }

    FakeRoot stat(long busyTicks, long idleTicks) {
        return file("proc/stat", "cpu  " + busyTicks + " 0 0 " + idleTicks + " 0 0 0 0 0 0\ncpu0 1 2 3 4");
    }

    FakeRoot process(long pid, long parent, long startTicks, long own, long children, long residentKib) {
        return file("proc/" + pid + "/stat", statLine(pid, parent, startTicks, own, children))
                .file("proc/" + pid + "/status", "Name:\tx\nVmRSS:\t" + residentKib + " kB");
    }

    FakeRoot self(long pid, long children) {
        return file("proc/self/stat", statLine(pid, 1, 5, 0, children));
    }

    FakeRoot ended(long pid) {
        try {
            Files.delete(path.resolve("proc/" + pid + "/stat"));
            Files.delete(path.resolve("proc/" + pid + "/status"));
            Files.delete(path.resolve("proc/" + pid));
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String statLine(long pid, long parent, long startTicks, long own, long children) {
        return pid + " (a (b) c) S " + parent + " 1 1 0 -1 0 0 0 0 0 " + own + " 0 " + children + " 0 20 0 1 0 "
                + startTicks + " 1000 10 0";
    }
}
