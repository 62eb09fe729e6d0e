package io.hfeco2ai.sensor;

import java.util.List;

/** One way of reading power domains of this node. Not thread-safe: one thread reads. */
public interface Sensor extends AutoCloseable {

    /** The devices it reads, fixed for its life; keys are unique within the node. */
    List<Device> devices();

    /** Reads every device once and tells the sink; a device that cannot be read now is a gap, never an exception. */
    void read(ReadingSink sink);

    /**
     * Tells the sink what a glance saw before this sensor was there; what the glance does not hold is a gap. Glances come
     * before the first {@link #read}, in their order.
     */
    default void recall(Sampler.Glance glance, ReadingSink sink) {}

    @Override
    default void close() {}
}
