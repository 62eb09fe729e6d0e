package io.hfeco2ai.sensor;

import io.hfeco2ai.sensor.Sensors.Selection;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.List;

/** How much of each device's work tracked process trees caused. */
public final class ProcessShares {

    /**
     * @param pid the root of the process tree
     * @param weight 0 to 1: the share of the device's dynamic energy (above its idle level) in [start, end)
     */
    public record ProcessShare(long pid, Device device, Instant start, Instant end, double weight) {}

    /** @param root {@code /}, or a recorded tree */
    public ProcessShares(Path root, Selection selection, Clock wall) {}

    /** Starts counting for this process and all its descendants. Tracking a process again changes nothing. */
    public synchronized void track(long pid) {}

    /** Stops counting. Call {@link #cut()} before, or the last piece is lost. */
    public synchronized void untrack(long pid) {}

    /** The shares since the last cut; empty at the first. A device whose share is unknown has none. */
    public synchronized List<ProcessShare> cut() {
        return List.of();
    }
}
