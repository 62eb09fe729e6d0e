package io.hfeco2ai.sensor;

import java.time.Instant;

/**
 * The energy of one device over [start, end).
 *
 * @param energyMicrojoules 0 or more
 * @param observedMillis how much of the span was really observed; less than the span when readings were missed
 * @param seq counts the intervals of this device since the sampler started, from 0
 */
public record MeasuredInterval(
        Device device, Instant start, Instant end, long energyMicrojoules, long observedMillis, long seq) {}
