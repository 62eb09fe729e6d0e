package io.hfeco2ai.sensor;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HostTests {

    @TempDir
    Path directory;

    private FakeRoot root;

    @BeforeEach
    void server() {
        root = new FakeRoot(directory);
        root.cpus("Intel(R) Xeon(R) CPU E5-2620 v3 @ 2.40GHz", 2, 24, "sse").memory(65_000_000, 60_000_000);
        root.file("proc/sys/kernel/random/boot_id", "11111111-2222-3333-4444-555555555555")
                .file("proc/sys/kernel/hostname", "node7")
                .file("etc/machine-id", "0123456789abcdef0123456789abcdef");
    }

    @Test
    void aServerTellsWhatItIs() {
        Host host = Host.of(directory, null);
        assertThat(host.nodeId()).matches("[0-9a-f]{32}").doesNotContain("0123456789abcdef");
        assertThat(host.bootId()).isEqualTo("11111111-2222-3333-4444-555555555555");
        assertThat(host.name()).isEqualTo("node7");
        assertThat(host.sockets()).isEqualTo(2);
        assertThat(host.logicalCpus()).isEqualTo(24);
        assertThat(host.allottedCpus()).isEqualTo(24);
        assertThat(host.memoryBytes()).isEqualTo(65_000_000L * 1024);
        assertThat(host.allottedMemoryBytes()).isEqualTo(host.memoryBytes());
        assertThat(host.virtualMachine()).isFalse();
        assertThat(host.container()).isFalse();
    }

    @Test
    void withoutProcTheMachineIsWhatOshiSays() {
        Host host = Host.withoutProc(directory, "mac-1");
        assertThat(host.nodeId()).isEqualTo("mac-1");
        assertThat(host.cpuModel()).isNotEmpty();
        assertThat(host.logicalCpus()).isPositive();
        assertThat(host.memoryBytes()).isPositive();
    }

    @Test
    void theNodeIdIsStableAndCanBeSet() {
        assertThat(Host.of(directory, null).nodeId())
                .isEqualTo(Host.of(directory, " ").nodeId());
        assertThat(Host.of(directory, "rack3-7").nodeId()).isEqualTo("rack3-7");
    }

    @Test
    void withoutAMachineIdTheHostNameStandsIn() {
        root.file("etc/machine-id", "");
        String byName = Host.of(directory, null).nodeId();
        root.file("proc/sys/kernel/hostname", "node8");
        assertThat(Host.of(directory, null).nodeId()).isNotEqualTo(byName);
    }

    @Test
    void aVersion2GroupLimitsCpuAndMemory() {
        root.file("proc/self/cgroup", "0::/kubepods/pod1");
        root.file("sys/fs/cgroup/kubepods/pod1/cpu.max", "250000 100000")
                .file("sys/fs/cgroup/kubepods/memory.max", "4294967296");
        root.file("sys/fs/cgroup/kubepods/pod1/memory.max", "max");
        Host host = Host.of(directory, null);
        assertThat(host.allottedCpus()).isEqualTo(2.5);
        assertThat(host.allottedMemoryBytes()).isEqualTo(4L << 30);
        assertThat(host.container()).isTrue();
    }

    @Test
    void aVersion1GroupLimitsCpuAndMemoryAlsoWhenItsPathIsTheHosts() {
        root.file("proc/self/cgroup", "4:memory:/docker/abc\n3:cpu,cpuacct:/docker/abc\n2:cpuset:/docker/abc");
        root.file("sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us", "150000")
                .file("sys/fs/cgroup/cpu,cpuacct/cpu.cfs_period_us", "100000");
        root.file("sys/fs/cgroup/memory/memory.limit_in_bytes", "1073741824");
        root.file("sys/fs/cgroup/cpuset/cpuset.effective_cpus", "0-2,8");
        Host host = Host.of(directory, null);
        assertThat(host.allottedCpus()).isEqualTo(1.5);
        assertThat(host.allottedMemoryBytes()).isEqualTo(1L << 30);
    }

    @Test
    void theHypervisorFlagMakesAVirtualMachine() {
        root.cpus("AMD EPYC", 1, 2, "hypervisor");
        assertThat(Host.of(directory, null).virtualMachine()).isTrue();
    }

    @Test
    void anEmptyRootHasUnknownsButDoesNotFail() {
        Host host = Host.of(directory.resolve("nowhere"), null);
        assertThat(host.cpuModel()).isEmpty();
        assertThat(host.memoryBytes()).isZero();
        assertThat(host.bootId()).isEqualTo("unknown");
    }
}
