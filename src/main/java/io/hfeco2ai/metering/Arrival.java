package io.hfeco2ai.metering;

import io.hfeco2ai.metering.Metering.Batch;
import io.hfeco2ai.metering.Metering.IntervalReport;
import io.hfeco2ai.metering.Metering.PowerBatch;
import io.hfeco2ai.metering.Metering.Recorded;
import io.hfeco2ai.metering.Metering.Rejection;
import io.hfeco2ai.platform.BadInput;
import io.hfeco2ai.units.DeviceKind;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A batch on its way into the database: what is left of it after the checks, and what became of each row. */
final class Arrival {

    private static final double MOST_WATTS = 100_000;

    final Batch batch;
    /** Places in the batch that are worth a try; usage reports are numbered after the intervals. */
    final BitSet plausible = new BitSet();

    /** Power at the start of each interval, which then is no interval but a reading; null: they are intervals. */
    private double @Nullable [] watts;

    private final List<Rejection> implausible = new ArrayList<>();
    private final List<Rejection> refused = new ArrayList<>();
    private final Map<DeviceKind, Long> acceptedUj = new EnumMap<>(DeviceKind.class);
    private int accepted;
    private int duplicates;
    private boolean done;
    private @Nullable RuntimeException failure;

    /** @param oldestMs nothing older is taken */
    Arrival(Batch batch, long nowMs, long oldestMs) {
        this.batch = batch;
        header("node", batch.nodeId(), 64);
        header("boot_id", batch.bootId(), 64);
        header("origin", batch.origin(), 100);
        if (batch.nodeName() != null) {
            header("node_name", batch.nodeName(), 200);
        }
        int index = 0;
        for (IntervalReport report : batch.intervals()) {
            sort(index++, Plausibility.problem(report, nowMs, oldestMs));
        }
        for (Metering.UsageReport usage : batch.usage()) {
            sort(index++, Plausibility.problem(usage, nowMs, oldestMs));
        }
    }

    /** A reading is an interval of no length: the same checks, devices and series hold for it. */
    static Arrival of(PowerBatch batch, long nowMs, long oldestMs) {
        List<IntervalReport> readings = batch.points().stream()
                .map(point -> new IntervalReport(
                        point.device(),
                        point.kind(),
                        point.deviceName(),
                        point.atMs(),
                        point.atMs() + 1,
                        0,
                        null,
                        point.quality(),
                        point.source(),
                        null,
                        null,
                        null,
                        null,
                        null))
                .toList();
        Arrival arrival = new Arrival(
                new Batch(
                        batch.nodeId(),
                        batch.streamId(),
                        batch.nodeName(),
                        batch.origin(),
                        batch.synthetic(),
                        readings,
                        List.of()),
                nowMs,
                oldestMs);
        arrival.watts =
                batch.points().stream().mapToDouble(Metering.PowerPoint::watts).toArray();
        for (int i = 0; i < readings.size(); i++) {
            arrival.checkWatts(i, arrival.watts[i]);
        }
        return arrival;
    }

    private void checkWatts(int index, double reading) {
        if (plausible.get(index) && !(reading >= 0 && reading <= MOST_WATTS)) { // NaN is not within
            plausible.clear(index);
            implausible.add(new Rejection(index, "watts: " + reading + " is not within 0 and 100000; check the unit"));
        }
    }

    boolean isPower() {
        return watts != null;
    }

    double watts(int index) {
        return Objects.requireNonNull(watts)[index];
    }

    private static void header(String field, String text, int maxLength) {
        String problem = Plausibility.textProblem(field, text, maxLength);
        if (problem != null) {
            throw new BadInput(field, problem);
        }
    }

    private void sort(int index, @Nullable String problem) {
        if (problem == null) {
            plausible.set(index);
        } else {
            implausible.add(new Rejection(index, problem));
        }
    }

    boolean isInterval(int index) {
        return index < batch.intervals().size();
    }

    long firstStartMs() {
        int first = plausible.nextSetBit(0);
        return isInterval(first)
                ? batch.intervals().get(first).startMs()
                : batch.usage().get(first - batch.intervals().size()).startMs();
    }

    /** Before each try to write: an earlier try may have been rolled back. */
    void begin() {
        accepted = 0;
        duplicates = 0;
        refused.clear();
        acceptedUj.clear();
    }

    void accept(IntervalReport report) {
        accepted++;
        acceptedUj.merge(report.kind(), report.energyUj(), Long::sum);
    }

    void acceptUsage() {
        accepted++;
    }

    /** Energy of the accepted intervals by kind of device; the kind NODE holds the others. */
    Map<DeviceKind, Long> acceptedUj() {
        return acceptedUj;
    }

    void duplicate() {
        duplicates++;
    }

    void refuse(int index, String reason) {
        refused.add(new Rejection(index, reason));
    }

    /** What of the batch is true: stored now or before. */
    Batch taken() {
        BitSet good = (BitSet) plausible.clone();
        refused.forEach(rejection -> good.clear(rejection.index()));
        int intervals = batch.intervals().size();
        return new Batch(
                batch.nodeId(),
                batch.bootId(),
                batch.nodeName(),
                batch.origin(),
                batch.synthetic(),
                good.stream()
                        .filter(this::isInterval)
                        .mapToObj(batch.intervals()::get)
                        .toList(),
                good.stream()
                        .filter(index -> index >= intervals)
                        .mapToObj(index -> batch.usage().get(index - intervals))
                        .toList());
    }

    void finish(@Nullable RuntimeException cause) {
        failure = cause;
        done = true;
    }

    boolean done() {
        return done;
    }

    /** @throws RuntimeException what kept the batch from being written: nothing of it is stored then */
    Recorded outcome() {
        if (failure != null) {
            throw failure;
        }
        List<Rejection> rejected = new ArrayList<>(implausible);
        rejected.addAll(refused);
        rejected.sort(Comparator.comparingInt(Rejection::index));
        return new Recorded(accepted, duplicates, List.copyOf(rejected));
    }
}
