package io.hfeco2ai.sensor;

import io.hfeco2ai.sensor.Sensors.Finding;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The RAPL domains the kernel's powercap tree shows, and which of them to add up. Domains nest (psys holds package, package
 * holds core and uncore), so only package and dram count; intel-rapl-mmio is a second door to the same package.
 */
final class Powercap {

    private static final String UDEV_RULE =
            "SUBSYSTEM==\"powercap\", ACTION==\"add\", RUN+=\"/bin/chmod a+r /sys%p/energy_uj\"";

    /**
     * One domain.
     *
     * @param id its directory's name: {@code intel-rapl:0} or {@code intel-rapl:0:2}; AMD's too
     * @param name the kernel's: {@code package-0}, {@code dram}, {@code core}, {@code uncore}, {@code psys}
     * @param rangeMicrojoules where the counter wraps, 0 when unknown
     * @param limitWatts the largest of its power limits, 0 when it has none
     */
    record Domain(Path directory, String id, String name, boolean readable, long rangeMicrojoules, double limitWatts) {

        boolean isPackage() {
            return name.startsWith("package");
        }

        boolean isMmio() {
            return id.startsWith("intel-rapl-mmio");
        }

        Path energyFile() {
            return directory.resolve("energy_uj");
        }
    }

    private Powercap() {}

    /** All domains, outer before inner, by number. */
    static List<Domain> domains(Path root) {
        List<Domain> domains = new ArrayList<>();
        try (DirectoryStream<Path> zones = Files.newDirectoryStream(root.resolve("sys/class/powercap"), "*:*")) {
            for (Path zone : zones) {
                domains.add(domain(zone));
            }
        } catch (IOException e) {
            return List.of(); // no powercap tree: the caller says why
        }
        domains.sort(Comparator.comparing(Domain::id));
        return domains;
    }

    /** The raw counters of all domains by id, in µJ; without those that may not be read. Made to be quick. */
    static Map<String, Long> counters(Path root) {
        Map<String, Long> counters = new HashMap<>();
        Path tree = root.resolve("sys/class/powercap");
        String[] zones = tree.toFile().list();
        for (String zone : zones == null ? new String[0] : zones) {
            if (zone.indexOf(':') > 0) {
                try (PolledFile file = new PolledFile(tree.resolve(zone).resolve("energy_uj"), 32)) {
                    counters.put(zone, file.readLong());
                } catch (IOException e) {
                    // Not ours to read: discovery says so.
                }
            }
        }
        return counters;
    }

    private static Domain domain(Path zone) {
        return new Domain(
                zone,
                String.valueOf(zone.getFileName()),
                Host.text(zone.resolve("name")),
                isNumber(zone.resolve("energy_uj")),
                number(zone.resolve("max_energy_range_uj")),
                limitWatts(zone));
    }

    private static double limitWatts(Path zone) {
        long limit = 0;
        for (int i = 0; i < 3; i++) {
            limit = Math.max(limit, number(zone.resolve("constraint_" + i + "_power_limit_uw")));
            limit = Math.max(limit, number(zone.resolve("constraint_" + i + "_max_power_uw")));
        }
        return limit / 1e6;
    }

    /** Files there whose content is not a number, or that may not be read, count as not readable. */
    private static boolean isNumber(Path file) {
        return Host.text(file).matches("\\d{1,19}");
    }

    static long number(Path file) {
        String text = Host.text(file);
        return text.matches("\\d{1,18}") ? Long.parseLong(text) : 0;
    }

    /** The domains to read; every domain leaves a finding. */
    static List<Domain> choose(List<Domain> domains, List<Finding> findings) {
        boolean direct = domains.stream().anyMatch(d -> d.isPackage() && d.readable() && !d.isMmio());
        boolean anyPackage = direct || domains.stream().anyMatch(d -> d.isPackage() && d.readable());
        List<Domain> chosen = new ArrayList<>();
        for (Domain domain : domains) {
            Finding finding = judge(domain, direct, anyPackage);
            findings.add(finding);
            if (finding.chosen()) {
                chosen.add(domain);
            }
        }
        return chosen;
    }

    private static Finding judge(Domain domain, boolean direct, boolean anyPackage) {
        String what = domain.name() + " (" + domain.id() + ")";
        String name = domain.name();
        if (domain.isMmio() && direct) {
            return rejected(what, "the same counter as the intel-rapl package, seen through another register", "");
        }
        if (name.equals("core") || name.equals("uncore")) {
            return rejected(what, "inside the package domain, which is counted", "");
        }
        if (name.equals("psys") && anyPackage) {
            return rejected(what, "holds the package domain, which is counted; what psys adds differs by board", "");
        }
        if (!domain.isPackage() && !name.equals("dram") && !name.equals("psys")) {
            return rejected(what, "a domain this version does not know", "");
        }
        if (!domain.readable()) {
            return rejected(
                    what, "energy_uj may not be read by this user (kernels since 5.10 keep it for root)", cure(domain));
        }
        return new Finding("rapl", what, true, "energy counter", "");
    }

    private static String cure(Domain domain) {
        return "until the next boot: sudo chmod a+r /sys/class/powercap/" + domain.id()
                + "/energy_uj ; for good: put this line into /etc/udev/rules.d/70-rapl.rules and reboot: " + UDEV_RULE;
    }

    private static Finding rejected(String what, String reason, String cure) {
        return new Finding("rapl", what, false, reason, cure);
    }

    /** Why there is no powercap tree at all. */
    static Finding absent(Host host) {
        if (host.virtualMachine()) {
            return rejected(
                    "powercap",
                    "a virtual machine: the hypervisor does not pass the CPU's energy counters on",
                    "measure on the host, or calibrate this node with four figures of its power");
        }
        if (host.container()) {
            return rejected(
                    "powercap",
                    "container runtimes hide /sys/devices/virtual/powercap",
                    "measure on the host itself, or start the container with --security-opt systempaths=unconfined");
        }
        return rejected(
                "powercap",
                "no RAPL driver is loaded, or this CPU has no energy counters",
                "on Intel and AMD: sudo modprobe intel_rapl_msr");
    }
}
