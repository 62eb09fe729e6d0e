package io.hfeco2ai.units;

/** What a device is: one power domain of a node. */
public enum DeviceKind {
    /** A CPU package. */
    CPU,
    /** Memory: a RAPL dram domain, or the memory model. */
    RAM,
    /** A graphics or tensor accelerator with its own board sensor. */
    GPU,
    /** A meter in front of the whole node; the other devices of the node are inside it. */
    NODE,
    /** What a whole-node meter shows beyond the node's other devices: fans, disks, network, power supply loss. */
    REST
}
