package io.hfeco2ai.sensor.oshi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.hfeco2ai.sensor.Host;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

class OshiMachineTests {

    @Test
    @EnabledOnOs(OS.LINUX)
    void itSaysTheSameAsProc() {
        Host host = Host.of(Path.of("/"));
        OshiMachine machine = new OshiMachine();
        assertThat(machine.cpuModel()).isEqualTo(host.cpuModel());
        assertThat(machine.logicalCpus()).isEqualTo(host.logicalCpus());
        assertThat((double) machine.memoryBytes()).isCloseTo(host.memoryBytes(), within(host.memoryBytes() * 0.01));
        assertThat(machine.usedMemoryBytes()).isBetween(1L, machine.memoryBytes());
    }

    @Test
    void aBusyCpuIsALoad() {
        OshiMachine machine = new OshiMachine();
        long end = System.nanoTime() + 300_000_000L;
        double x = 1;
        while (System.nanoTime() < end) {
            x = Math.sqrt(x + 1);
        }
        assertThat(x).isPositive();
        assertThat(machine.loadSinceLast()).isGreaterThan(0.0).isLessThanOrEqualTo(1.0);
    }
}
