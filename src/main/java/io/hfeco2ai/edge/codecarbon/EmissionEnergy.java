package io.hfeco2ai.edge.codecarbon;

import io.hfeco2ai.metering.Metering.IntervalReport;
import io.hfeco2ai.platform.BadInput;
import io.hfeco2ai.units.Boundary;
import io.hfeco2ai.units.DeviceKind;
import io.hfeco2ai.units.Quality;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The intervals in an emission. Each figure is the sum over the node's devices of a kind, with the PUE of CodeCarbon's user
 * inside: boundary facility. What the message does not say is not made up: whether the processor's counter was read or its
 * load taken is unknown, and a whole machine that used exactly nothing was not observed.
 */
final class EmissionEnergy {

    /** The GPU's own counter, as good as when we read it (docs/method.md). */
    private static final double COUNTER_UNCERTAINTY = 0.05;
    /** The most one GPU, all processors, all memory draw, times a PUE of 2, times 2 for a second cut from two. */
    private static final double GPU_WATTS = 6_000;

    private static final double CPU_WATTS = 8_000;
    private static final double RAM_WATTS = 4_000;
    private static final long LONGEST_MS = 86_400_000;

    private final Tracker tracker;
    private final long startMs;
    private final long endMs;
    private final List<IntervalReport> reports = new ArrayList<>();

    private EmissionEnergy(Tracker tracker, long startMs, long endMs) {
        this.tracker = tracker;
        this.startMs = startMs;
        this.endMs = endMs;
    }

    /** @throws BadInput naming the field */
    static List<IntervalReport> of(EmissionBody body, Tracker tracker) {
        EmissionEnergy energy = new EmissionEnergy(
                tracker, body.start().toEpochMilli(), body.end().toEpochMilli());
        Long gpuUj = EmissionBody.energyUj("gpu_energy", body.gpuEnergy());
        energy.add("cpu_energy", EmissionBody.energyUj("cpu_energy", body.cpuEnergy()), DeviceKind.CPU, CPU_WATTS);
        energy.add("ram_energy", EmissionBody.energyUj("ram_energy", body.ramEnergy()), DeviceKind.RAM, RAM_WATTS);
        if (gpuUj != null && (gpuUj > 0 || tracker.gpus() > 0)) {
            energy.add("gpu_energy", gpuUj, DeviceKind.GPU, GPU_WATTS * Math.max(1, tracker.gpus()));
        }
        return energy.reports;
    }

    private void add(String field, @Nullable Long energyUj, DeviceKind kind, double capWatts) {
        if (energyUj == null) {
            return;
        }
        double watts = energyUj / 1e3 / (endMs - startMs);
        if (watts > capWatts) {
            throw new BadInput(
                    field,
                    "Field " + field + " is "
                            + String.format(
                                    Locale.ROOT, "%.0f W over field duration, more than the %.0f W", watts, capWatts)
                            + " such devices can draw; send kWh of this span, not a running total.");
        }
        Quality quality = energyUj == 0 && tracker.machine() ? Quality.MISSING : quality(kind);
        long pieces = (endMs - startMs + LONGEST_MS - 1) / LONGEST_MS;
        for (long piece = 0; piece < pieces; piece++) {
            long from = part(endMs - startMs, piece, pieces);
            long to = part(endMs - startMs, piece + 1, pieces);
            long uj = part(energyUj, piece + 1, pieces) - part(energyUj, piece, pieces);
            reports.add(interval(kind, quality, startMs + from, startMs + to, uj, capWatts));
        }
    }

    /** Whole parts whose sum is the whole. */
    private static long part(long whole, long piece, long pieces) {
        return whole / pieces * piece + whole % pieces * piece / pieces;
    }

    private IntervalReport interval(
            DeviceKind kind, Quality quality, long fromMs, long toMs, long energyUj, double capWatts) {
        String name = kind.name().toLowerCase(Locale.ROOT);
        return new IntervalReport(
                "reported:" + name,
                kind,
                kind == DeviceKind.GPU && !tracker.gpuModel().isEmpty() ? tracker.gpuModel() : null,
                fromMs,
                toMs,
                energyUj,
                null,
                quality,
                "codecarbon",
                Boundary.FACILITY,
                null,
                quality == Quality.MEASURED ? COUNTER_UNCERTAINTY : null,
                capWatts,
                null);
    }

    /** GPUs are read by their energy counter; memory is always a model; Apple's tool estimates its GPUs. */
    private Quality quality(DeviceKind kind) {
        return switch (kind) {
            case GPU -> tracker.gpuModel().contains("Apple") ? Quality.MODELLED : Quality.MEASURED;
            case RAM -> Quality.MODELLED;
            default -> Quality.UNKNOWN;
        };
    }
}
