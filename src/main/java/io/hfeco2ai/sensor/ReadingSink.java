package io.hfeco2ai.sensor;

/** Takes what a sensor says at an instant. */
public interface ReadingSink {

    /**
     * An energy counter's state.
     *
     * @param microjoules the counter; the sensor has already undone wrap-around, so it only grows; a fall is a reset
     */
    void counter(Device device, long microjoules);

    /** A momentary or averaged power in watts, to be integrated by the trapezoid rule. */
    void power(Device device, double watts);

    /** The device could not be read. */
    void gap(Device device, String reason);
}
