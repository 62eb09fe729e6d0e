package io.hfeco2ai.sensor.oshi;

import oshi.SystemInfo;
import oshi.hardware.CentralProcessor;
import oshi.hardware.GlobalMemory;
import oshi.hardware.HardwareAbstractionLayer;

/** What OSHI knows of this machine: macOS, Windows and others without /proc. */
public final class OshiMachine {

    private final CentralProcessor processor;
    private final GlobalMemory memory;
    private long[] lastTicks;

    public OshiMachine() {
        HardwareAbstractionLayer hardware = new SystemInfo().getHardware();
        this.processor = hardware.getProcessor();
        this.memory = hardware.getMemory();
        this.lastTicks = processor.getSystemCpuLoadTicks();
    }

    /** As the CPU names itself. */
    public String cpuModel() {
        return processor.getProcessorIdentifier().getName().strip();
    }

    /** CPU packages, at least 1. */
    public int sockets() {
        return Math.max(1, processor.getPhysicalPackageCount());
    }

    /** Hardware threads, at least 1. */
    public int logicalCpus() {
        return Math.max(1, processor.getLogicalProcessorCount());
    }

    public long memoryBytes() {
        return memory.getTotal();
    }

    public long usedMemoryBytes() {
        return Math.max(0, memory.getTotal() - memory.getAvailable());
    }

    /** Busy part of all CPUs since the last call, 0 to 1; at the first since this was made. NaN when the system is silent. */
    public synchronized double loadSinceLast() {
        double load = processor.getSystemCpuLoadBetweenTicks(lastTicks);
        lastTicks = processor.getSystemCpuLoadTicks();
        return load >= 0 ? Math.min(1, load) : Double.NaN;
    }
}
