package io.hfeco2ai.metering.attribution;

import io.hfeco2ai.metering.Metering.HourSum;
import io.hfeco2ai.metering.attribution.AttributionFacts.Device;
import io.hfeco2ai.metering.attribution.AttributionFacts.Series;
import io.hfeco2ai.units.Boundary;
import io.hfeco2ai.units.DeviceKind;
import io.hfeco2ai.units.Quality;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Adds up what the runs get, piece by piece, into the rows of the hour. */
final class AttributionTally {

    /** How a share came about; the last two are for what no run claims. */
    enum ShareKey {
        EXCLUSIVE("exclusive"),
        RESERVED("reserved"),
        PROCESS("process"),
        UTILISATION("utilisation"),
        SLICE("slice"),
        EQUAL("equal"),
        WHOLE_NODE("whole-node"),
        IDLE("idle"),
        OTHER("other");

        static final int COUNT = values().length;
        final String text;

        ShareKey(String text) {
            this.text = text;
        }
    }

    /** What is never merged: rows of the hour differ in one of these, in the run or in the share key. */
    private record Style(DeviceKind kind, Quality quality, Boundary boundary, String origin, boolean synthetic) {}

    private static final class Cell {
        long energyUj;
        double energyTimesPpm;
        long expectedMs;
        long observedMs;
        double peakWatts = Double.NaN;
    }

    private final AttributionFacts facts;
    private final AttributionClaims claims;
    private final Map<Style, Cell[]> cells = new HashMap<>();
    /** Energy given in the present piece, by run and share key. */
    private final long[] given;

    private final boolean[] isGiven;
    private final int[] slots;
    private int slotCount;
    private final long[] timeParts;
    private final long[] observedParts;

    AttributionTally(AttributionFacts facts, AttributionClaims claims) {
        this.facts = facts;
        this.claims = claims;
        int size = claims.runs.size() * ShareKey.COUNT;
        this.given = new long[size];
        this.isGiven = new boolean[size];
        this.slots = new int[size];
        this.timeParts = new long[claims.runs.size()];
        this.observedParts = new long[claims.runs.size()];
    }

    void give(int run, ShareKey key, long energyUj) {
        int slot = run * ShareKey.COUNT + key.ordinal();
        if (!isGiven[slot]) {
            isGiven[slot] = true;
            slots[slotCount++] = slot;
        }
        given[slot] += energyUj;
    }

    /** Ends a piece: books what was given since the last one. */
    void book(AttributionLane lane, int piece, AttributionProfile profile) {
        Arrays.sort(slots, 0, slotCount);
        long from = lane.edges[piece];
        long to = lane.edges[piece + 1];
        Cell[] row = row(lane, piece);
        double ppm = lane.observed(piece) ? series(lane.series[piece]).uncertaintyPpm() : 0;
        bookTime(row, to - from, lane.observedMs[piece]);
        for (int i = 0; i < slotCount; i++) {
            int slot = slots[i];
            Cell cell = cell(row, slot);
            cell.energyUj += given[slot];
            cell.energyTimesPpm += given[slot] * ppm;
            if (lane.observed(piece)) {
                int run = slot / ShareKey.COUNT;
                if (run > 0) {
                    profile.add(run, from, to, given[slot], i == 0 || slots[i - 1] / ShareKey.COUNT != run);
                }
                if (to - from >= 1000) {
                    // µJ per ms are mW.
                    double watts = given[slot] / (to - from) / 1e3;
                    cell.peakWatts = Double.isNaN(cell.peakWatts) ? watts : Math.max(cell.peakWatts, watts);
                }
            }
        }
        if (lane.observed(piece)) {
            profile.add(0, from, to, lane.energyUj[piece], true);
        }
        for (int i = 0; i < slotCount; i++) {
            given[slots[i]] = 0;
            isGiven[slots[i]] = false;
        }
        slotCount = 0;
    }

    /**
     * The time of the device goes in equal parts to the runs that may draw from it, and to nobody where there is none: so
     * device-time adds up like energy, and a run's observed ÷ expected is that of its devices.
     */
    private void bookTime(Cell[] row, long expectedMs, long observedMs) {
        int first = 0;
        while (first < slotCount && slots[first] < ShareKey.COUNT) {
            first++;
        }
        if (first == slotCount) {
            first = 0;
        }
        int runs = 0;
        for (int i = first; i < slotCount; i++) {
            runs += startsRun(i, first) ? 1 : 0;
        }
        AttributionSplit.equally(expectedMs, runs, timeParts);
        AttributionSplit.equally(observedMs, runs, observedParts);
        int run = 0;
        for (int i = first; i < slotCount; i++) {
            if (startsRun(i, first)) {
                Cell cell = cell(row, slots[i]);
                cell.expectedMs += timeParts[run];
                cell.observedMs += observedParts[run++];
            }
        }
    }

    private boolean startsRun(int i, int first) {
        return i == first || slots[i - 1] / ShareKey.COUNT != slots[i] / ShareKey.COUNT;
    }

    private static Cell cell(@Nullable Cell[] row, int slot) {
        Cell cell = row[slot];
        if (cell == null) {
            cell = new Cell();
            row[slot] = cell;
        }
        return cell;
    }

    private Cell[] row(AttributionLane lane, int piece) {
        Style style;
        if (lane.observed(piece)) {
            Series series = series(lane.series[piece]);
            Series boundary = lane.meter[piece] == AttributionLane.NONE ? series : series(lane.meter[piece]);
            style = new Style(lane.kind(), lane.quality[piece], boundary.boundary(), series.origin(), claims.synthetic);
        } else {
            style = new Style(lane.kind(), Quality.MISSING, usualBoundary(lane.device), "", claims.synthetic);
        }
        return cells.computeIfAbsent(style, ignored -> new Cell[given.length]);
    }

    private Series series(int index) {
        return facts.series().get(index);
    }

    private Boundary usualBoundary(Device device) {
        return facts.series().stream()
                .filter(series -> series.deviceId() == device.id())
                .map(Series::boundary)
                .findFirst()
                .orElse(device.kind() == DeviceKind.NODE ? Boundary.NODE : Boundary.CHIP);
    }

    List<HourSum> sums() {
        List<HourSum> sums = new ArrayList<>();
        cells.forEach((style, row) -> {
            for (int slot = 0; slot < row.length; slot++) {
                Cell cell = row[slot];
                if (cell != null && (cell.energyUj != 0 || cell.expectedMs != 0)) {
                    sums.add(sum(style, slot, cell));
                }
            }
        });
        sums.sort(Comparator.comparing(HourSum::runId)
                .thenComparing(HourSum::kind)
                .thenComparing(HourSum::shareKey)
                .thenComparing(HourSum::quality)
                .thenComparing(HourSum::boundary)
                .thenComparing(HourSum::origin));
        return sums;
    }

    private HourSum sum(Style style, int slot, Cell cell) {
        return new HourSum(
                facts.nodeId(),
                facts.hourMs(),
                claims.runs.get(slot / ShareKey.COUNT),
                style.kind(),
                ShareKey.values()[slot % ShareKey.COUNT].text,
                style.quality(),
                style.boundary(),
                style.origin(),
                style.synthetic(),
                cell.energyUj,
                cell.energyUj == 0 ? 0 : (int) Math.round(cell.energyTimesPpm / cell.energyUj),
                cell.expectedMs,
                cell.observedMs,
                Double.isNaN(cell.peakWatts) ? null : cell.peakWatts);
    }
}
