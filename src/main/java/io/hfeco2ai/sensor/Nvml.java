package io.hfeco2ai.sensor;

import java.io.IOException;
import java.util.List;

/** What is asked of NVIDIA's management library. Every call may fail with an {@code IOException} that says why. */
interface Nvml extends AutoCloseable {

    /**
     * One board.
     *
     * @param limitWatts its highest power limit; 0 when it tells none
     * @param countsEnergy it has an energy counter (Volta and newer); else its power is integrated
     */
    record Gpu(String uuid, String name, double limitWatts, boolean countsEnergy) {}

    /**
     * A process and what it used of one GPU.
     *
     * @param weight its part of the work of all processes on the GPU; on a GPU split into MIG slices, the part of the GPU's
     *     slices that it runs on. 0 to 1
     */
    record ProcessUse(long pid, double weight) {}

    List<Gpu> gpus() throws IOException;

    /** Since the driver was loaded. */
    long energyMillijoules(String uuid) throws IOException;

    long powerMilliwatts(String uuid) throws IOException;

    /**
     * Who used the GPU lately.
     *
     * @param sinceMicros wall clock, µs since 1970: only samples after it
     * @return empty when nobody did
     */
    List<ProcessUse> processes(String uuid, long sinceMicros) throws IOException;

    @Override
    void close();
}
