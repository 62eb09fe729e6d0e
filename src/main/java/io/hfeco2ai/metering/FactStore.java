package io.hfeco2ai.metering;

import static io.hfeco2ai.metering.attribution.HourRecompute.POINTS_APART_MS;

import io.hfeco2ai.experiments.Experiments;
import io.hfeco2ai.metering.Metering.IntervalReport;
import io.hfeco2ai.metering.Metering.UsageReport;
import io.hfeco2ai.metering.SeriesRegistry.Series;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.springframework.stereotype.Component;

/** Writes arrivals as facts: nodes, devices, series, intervals, usage weights, and the hours they make dirty. */
@Component
class FactStore {

    private final Experiments experiments;
    private final NodeRegistry nodes;
    private final SeriesRegistry registry;
    private final IntervalStore intervals;
    private final DirtyHours dirtyHours;
    private final Clock clock;

    FactStore(
            Experiments experiments,
            NodeRegistry nodes,
            SeriesRegistry registry,
            IntervalStore intervals,
            DirtyHours dirtyHours,
            Clock clock) {
        this.experiments = experiments;
        this.nodes = nodes;
        this.registry = registry;
        this.intervals = intervals;
        this.dirtyHours = dirtyHours;
        this.clock = clock;
    }

    /** An interval with the series it belongs to. */
    record IntervalRow(Arrival arrival, int index, IntervalReport report, Series series) {}

    /** A usage report with the device it speaks of. */
    record UsageRow(Arrival arrival, int index, UsageReport report, SeenDevice device) {}

    /** Writes within the caller's transaction; after a rollback {@link #forget()} is due. */
    void write(List<Arrival> arrivals) {
        List<IntervalRow> intervalRows = new ArrayList<>();
        List<IntervalRow> readings = new ArrayList<>();
        List<UsageRow> usageRows = new ArrayList<>();
        for (Arrival arrival : arrivals) {
            arrival.begin();
            if (!arrival.plausible.isEmpty()) {
                nodes.require(arrival);
                resolve(arrival, arrival.isPower() ? readings : intervalRows, usageRows);
            }
        }
        SortedMap<String, SortedSet<Long>> dirty = new TreeMap<>();
        List<IntervalRow> fresh = intervals.insertNew(intervalRows);
        for (IntervalRow row : fresh) {
            row.series().device.saw(row.report());
            nodes.saw(row.arrival().batch, row.report());
            touch(dirty, row.arrival(), row.report().startMs(), row.report().endMs());
        }
        List<IntervalRow> freshReadings = intervals.insertNewReadings(readings);
        for (IntervalRow row : freshReadings) {
            row.series().device.saw(row.report());
            nodes.saw(row.arrival().batch, row.report());
            long atMs = row.report().startMs();
            touch(dirty, row.arrival(), atMs - POINTS_APART_MS, atMs + POINTS_APART_MS);
        }
        // After all were seen: the first of a batch need not be its earliest.
        fresh.forEach(row -> touchExpected(dirty, row));
        freshReadings.forEach(row -> touchExpected(dirty, row));
        for (UsageRow row : intervals.insertNewUsage(usageRows)) {
            touch(dirty, row.arrival(), row.report().startMs(), row.report().endMs());
            // What it claimed before as a whole node was too much: from its start on it is what its processes use.
            experiments
                    .tracked(row.report().memberId())
                    .ifPresent(claim -> touch(
                            dirty, row.arrival(), claim.startMs(), row.report().endMs()));
        }
        dirty.forEach(dirtyHours::mark);
        writeSeen();
    }

    void writeSeen() {
        registry.writeSeen(clock.millis());
        nodes.writeSeen(clock.millis());
    }

    void forget() {
        registry.forget();
        nodes.forget();
    }

    private void resolve(Arrival arrival, List<IntervalRow> intervalRows, List<UsageRow> usageRows) {
        List<IntervalReport> reports = arrival.batch.intervals();
        arrival.plausible.stream().forEach(index -> {
            if (arrival.isInterval(index)) {
                resolve(arrival, index, reports.get(index), intervalRows);
            } else {
                resolve(arrival, index, arrival.batch.usage().get(index - reports.size()), usageRows);
            }
        });
    }

    private void resolve(Arrival arrival, int index, IntervalReport report, List<IntervalRow> rows) {
        SeenDevice device = registry.device(arrival.batch.nodeId(), report);
        if (device.kind != report.kind()) {
            arrival.refuse(
                    index,
                    "kind: this device is known as " + device.kind + ", not " + report.kind()
                            + "; send the known kind or another device key");
        } else {
            rows.add(new IntervalRow(arrival, index, report, registry.series(arrival.batch, device, report)));
        }
    }

    private void resolve(Arrival arrival, int index, UsageReport usage, List<UsageRow> rows) {
        SeenDevice device = registry.device(arrival.batch.nodeId(), usage.device());
        if (device == null) {
            arrival.refuse(index, "device: no interval of this device has been seen on this node; send its energy too");
        } else {
            rows.add(new UsageRow(arrival, index, usage, device));
        }
    }

    /**
     * A device is expected from its first sight on, so an earlier one changes the coverage of all hours in between; one that
     * was declared off and is back changes that of the hours since.
     */
    private void touchExpected(SortedMap<String, SortedSet<Long>> dirty, IntervalRow row) {
        SeenDevice device = row.series().device;
        if (device.firstSeenMs < device.expectedSinceMs) {
            long untilMs = Math.min(device.expectedSinceMs, clock.millis());
            touch(dirty, row.arrival(), device.firstSeenMs, untilMs + 1);
            device.expectedSinceMs = device.firstSeenMs;
        }
        Long backSinceMs = device.takeBackSinceMs();
        if (backSinceMs != null) {
            touch(dirty, row.arrival(), backSinceMs, clock.millis() + 1);
        }
    }

    private static void touch(SortedMap<String, SortedSet<Long>> dirty, Arrival arrival, long startMs, long endMs) {
        SortedSet<Long> hours = dirty.computeIfAbsent(arrival.batch.nodeId(), node -> new TreeSet<>());
        for (long hourMs = DirtyHours.hourOf(startMs); hourMs < endMs; hourMs += DirtyHours.HOUR_MS) {
            hours.add(hourMs);
        }
    }
}
