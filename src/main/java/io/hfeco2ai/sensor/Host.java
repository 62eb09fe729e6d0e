package io.hfeco2ai.sensor;

import io.hfeco2ai.sensor.oshi.OshiMachine;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The machine this process runs on, and how much of it this process may use.
 *
 * @param nodeId the environment variable {@code HFECO2AI_NODE_ID} when set; else the first 32 hex digits of the SHA-256 of
 *     {@code hfeco2ai-node:} and the machine id (/etc/machine-id, else /var/lib/dbus/machine-id, else the board's product
 *     UUID, which needs root, else the host name). Containers made from one image can share a machine id: set the variable
 * @param bootId the kernel's, new at every boot; {@code unknown} where there is none
 * @param cpuModel as the CPU names itself; empty when it does not
 * @param sockets CPU packages, at least 1
 * @param logicalCpus hardware threads that are online
 * @param allottedCpus CPUs this process may use: the least of its cgroup's quota, its CPU set and {@code logicalCpus}
 * @param memoryBytes 0 when unknown
 * @param allottedMemoryBytes the least of the cgroup's limit and {@code memoryBytes}
 */
public record Host(
        String nodeId,
        String bootId,
        String name,
        String cpuModel,
        int sockets,
        int logicalCpus,
        double allottedCpus,
        long memoryBytes,
        long allottedMemoryBytes,
        boolean virtualMachine,
        boolean container) {

    private static final Pattern CONTAINER_CGROUP = Pattern.compile("docker|kubepods|containerd|libpod|/lxc[/.]");
    private static final Pattern VIRTUAL_VENDOR = Pattern.compile(
            "qemu|kvm|vmware|virtualbox|innotek|xen|amazon ec2|google compute|alibaba cloud ecs|openstack|virtual machine|bochs|firecracker");

    /** @param root {@code /}, or a recorded tree with proc, sys and etc in it */
    public static Host of(Path root) {
        return of(root, System.getenv("HFECO2AI_NODE_ID"));
    }

    static Host of(Path root, @Nullable String nodeIdOverride) {
        if (root.getParent() == null && !Files.isDirectory(root.resolve("proc"))) { // never a recorded tree
            return withoutProc(root, nodeIdOverride);
        }
        List<String> cpuinfo = lines(root.resolve("proc/cpuinfo"));
        String name = hostName(root);
        int logical = logicalCpus(cpuinfo);
        long memory = memInfoBytes(root, "MemTotal:");
        Cgroup cgroup = Cgroup.of(root);
        return new Host(
                chosenId(nodeIdOverride, root, name),
                orElse(text(root.resolve("proc/sys/kernel/random/boot_id")), "unknown"),
                name,
                cpuModel(cpuinfo),
                sockets(cpuinfo),
                logical,
                Math.min(logical, cgroup.cpus()),
                memory,
                memory == 0 ? 0 : Math.min(memory, cgroup.memoryBytes()),
                isVirtual(root, cpuinfo),
                isContainer(root));
    }

    /** macOS, Windows: the boot is not known there, and what is known comes from OSHI. */
    static Host withoutProc(Path root, @Nullable String nodeIdOverride) {
        OshiMachine machine = new OshiMachine();
        String name = hostName(root);
        return new Host(
                chosenId(nodeIdOverride, root, name),
                "unknown",
                name,
                machine.cpuModel(),
                machine.sockets(),
                machine.logicalCpus(),
                machine.logicalCpus(),
                machine.memoryBytes(),
                machine.memoryBytes(),
                false,
                false);
    }

    private static String chosenId(@Nullable String override, Path root, String hostName) {
        return override != null && !override.isBlank() ? override.strip() : nodeId(root, hostName);
    }

    private static String nodeId(Path root, String hostName) {
        String id = text(root.resolve("etc/machine-id"));
        if (id.isEmpty()) {
            id = text(root.resolve("var/lib/dbus/machine-id"));
        }
        if (id.isEmpty()) {
            id = text(root.resolve("sys/class/dmi/id/product_uuid"));
        }
        if (id.isEmpty()) {
            id = hostName;
        }
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256")
                    .digest(("hfeco2ai-node:" + id).getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(hash, 0, 16);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e); // every JDK has SHA-256
        }
    }

    private static String hostName(Path root) {
        String kernel = text(root.resolve("proc/sys/kernel/hostname"));
        return kernel.isEmpty() ? orElse(text(root.resolve("etc/hostname")), "localhost") : kernel;
    }

    private static String cpuModel(List<String> cpuinfo) {
        for (String key : List.of("model name", "Model", "Hardware", "cpu model")) {
            for (String line : cpuinfo) {
                if (line.startsWith(key) && line.indexOf(':') > 0) {
                    return line.substring(line.indexOf(':') + 1).strip();
                }
            }
        }
        return "";
    }

    private static int sockets(List<String> cpuinfo) {
        Set<String> ids = new HashSet<>();
        for (String line : cpuinfo) {
            if (line.startsWith("physical id")) {
                ids.add(line);
            }
        }
        return Math.max(1, ids.size());
    }

    private static int logicalCpus(List<String> cpuinfo) {
        int count = 0;
        for (String line : cpuinfo) {
            if (line.startsWith("processor")) {
                count++;
            }
        }
        return count > 0 ? count : Runtime.getRuntime().availableProcessors();
    }

    /** Memory in use now, at most the allotted; 0 when unknown. */
    static long usedMemoryBytes(Path root, Host host) {
        long available = memInfoBytes(root, "MemAvailable:");
        return available == 0 ? 0 : Math.min(host.memoryBytes() - available, host.allottedMemoryBytes());
    }

    private static long memInfoBytes(Path root, String name) {
        String info = text(root.resolve("proc/meminfo"));
        int at = info.indexOf(name);
        return at < 0 ? 0 : kilobytes(info, at) * 1024;
    }

    /** The number after the colon of a line such as {@code VmRSS:   1234 kB} that starts there. */
    static long kilobytes(String text, int lineStart) {
        int at = text.indexOf(':', lineStart) + 1;
        long number = 0;
        for (; at < text.length() && text.charAt(at) != '\n'; at++) {
            int digit = text.charAt(at) - '0';
            number = digit >= 0 && digit <= 9 ? number * 10 + digit : number;
        }
        return number;
    }

    private static boolean isVirtual(Path root, List<String> cpuinfo) {
        for (String line : cpuinfo) {
            if (line.startsWith("flags")) {
                return (line + " ").contains(" hypervisor ");
            }
        }
        String vendor = text(root.resolve("sys/class/dmi/id/sys_vendor")) + " "
                + text(root.resolve("sys/class/dmi/id/product_name"));
        return VIRTUAL_VENDOR.matcher(vendor.toLowerCase(Locale.ROOT)).find()
                || !orElse(text(root.resolve("sys/hypervisor/type")), "none").equals("none");
    }

    private static boolean isContainer(Path root) {
        return Files.exists(root.resolve(".dockerenv"))
                || Files.exists(root.resolve("run/.containerenv"))
                || CONTAINER_CGROUP
                        .matcher(text(root.resolve("proc/self/cgroup")) + text(root.resolve("proc/1/cgroup")))
                        .find();
    }

    private static String orElse(String text, String otherwise) {
        return text.isEmpty() ? otherwise : text;
    }

    /** The file's text without blanks around it; empty when it cannot be read. */
    static String text(Path file) {
        try {
            return Files.readString(file, StandardCharsets.ISO_8859_1).strip();
        } catch (IOException e) {
            return "";
        }
    }

    private static List<String> lines(Path file) {
        return text(file).lines().toList();
    }
}
