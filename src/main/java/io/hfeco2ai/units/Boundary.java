package io.hfeco2ai.units;

/** Where energy was taken, from inside to outside. */
public enum Boundary {
    /** At the chip or board: RAPL, NVML. Excludes fans, disks and power supply losses. */
    CHIP,
    /** At the node's AC side. */
    NODE,
    /** At the rack's supply. */
    RACK,
    /** At the building's supply: overhead (PUE) is already inside. */
    FACILITY
}
