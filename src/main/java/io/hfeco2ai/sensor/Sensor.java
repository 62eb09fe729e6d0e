package io.hfeco2ai.sensor;

import java.util.List;

/** One way of reading power domains of this node. Not thread-safe: one thread reads. */
public interface Sensor extends AutoCloseable {

    /** The devices it reads, fixed for its life; keys are unique within the node. */
    List<Device> devices();

    /** Reads every device once and tells the sink; a device that cannot be read now is a gap, never an exception. */
    void read(ReadingSink sink);

    @Override
    default void close() {}
}
