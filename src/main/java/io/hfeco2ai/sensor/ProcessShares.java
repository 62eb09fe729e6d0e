package io.hfeco2ai.sensor;

import io.hfeco2ai.sensor.Nvml.ProcessUse;
import io.hfeco2ai.sensor.ProcTree.Proc;
import io.hfeco2ai.sensor.Sampler.Glance;
import io.hfeco2ai.sensor.Sensors.Selection;
import io.hfeco2ai.units.DeviceKind;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * How much of each device's work tracked process trees caused. Looking takes a walk over /proc: call it every fold, not
 * every second.
 *
 * <ul>
 *   <li>CPU: CPU time of the tree, ended children included, ÷ busy CPU time of the node (of the container, when the CPU is
 *       modelled there). Also the share of a node that is modelled by CPU load.
 *   <li>RAM: resident memory of the tree ÷ memory in use.
 *   <li>GPU: the tree's part of all processes' utilisation as NVML samples it, or its MIG slice. Boards read in other ways,
 *       and processes that NVML numbers in another pid namespace, have no share.
 * </ul>
 *
 * <p>A process belongs to its nearest tracked ancestor, so the shares of one device add up to 1 at most. Of a tree whose
 * processes all ended the last piece is still told, as far as the kernel still knew it.
 */
public final class ProcessShares {

    private final Path root;
    private final Selection selection;
    private final Clock wall;
    private final CpuLoad load;
    private final Map<Long, TrackedTree> trees = new LinkedHashMap<>();

    private @Nullable Instant last;
    private double lastBusySeconds;
    private long lastWaitedTicks;
    private long selfPid;

    /**
     * @param pid the root of the process tree
     * @param weight 0 to 1: the share of the device's dynamic energy (above its idle level) in [start, end)
     */
    public record ProcessShare(long pid, Device device, Instant start, Instant end, double weight) {}

    /** @param root {@code /}, or a recorded tree */
    public ProcessShares(Path root, Selection selection, Clock wall) {
        this.root = root;
        this.selection = selection;
        this.wall = wall;
        LongSupplier noTime = () -> 0; // only the busy time is asked for, not the ratio
        this.load = new CpuLoad(root, selection.host(), noTime);
    }

    /**
     * Starts counting for this process and all its descendants; call it when they start, for the first piece begins with
     * the first {@link #cut}, or here when nothing is tracked yet. Tracking a process again changes nothing.
     */
    public synchronized void track(long pid) {
        if (trees.isEmpty()) {
            startPiece(wall.instant());
        }
        trees.computeIfAbsent(pid, key -> new TrackedTree(key, ProcTree.one(root, key)));
    }

    /** Starts counting for a command that this process started just before that glance; the first piece begins there. */
    public synchronized void trackStarted(long pid, Glance glance) {
        startPiece(glance);
        trees.put(pid, TrackedTree.started(pid, selfPid, glance.residentBytes()));
    }

    /** Stops counting. Call {@link #cut()} before, or the last piece is lost. */
    public synchronized void untrack(long pid) {
        trees.remove(pid);
    }

    /** The shares since the last cut; empty when nothing is tracked. A device whose share is unknown has none. */
    public synchronized List<ProcessShare> cut() {
        return cut(null);
    }

    /** @param glance taken when the piece ended; null ends it now */
    public synchronized List<ProcessShare> cut(@Nullable Glance glance) {
        if (trees.isEmpty() || last == null) {
            return List.of();
        }
        Instant start = last;
        Instant end = glance == null ? wall.instant() : Instant.ofEpochMilli(glance.wallMs());
        double busyBefore = lastBusySeconds;
        long waitedBefore = lastWaitedTicks;
        Map<TrackedTree, List<Long>> pids = update();
        if (glance == null) {
            startPiece(end);
        } else {
            startPiece(glance);
        }
        creditEnded(lastWaitedTicks - waitedBefore);
        double busyTicks = (lastBusySeconds - busyBefore) * CpuLoad.TICKS_PER_SECOND;
        List<ProcessShare> shares = new ArrayList<>();
        if (end.isAfter(start)) {
            addCpu(shares, start, end, busyTicks);
            addMemory(shares, start, end);
            addGpus(shares, start, end, pids);
        }
        return shares;
    }

    private void startPiece(Instant at) {
        last = at;
        try {
            load.sinceLast();
            lastBusySeconds = load.busySeconds();
        } catch (IOException e) {
            lastBusySeconds = Double.NaN;
        }
        waited(ProcTree.self(root));
    }

    private void startPiece(Glance glance) {
        last = Instant.ofEpochMilli(glance.wallMs());
        load.since(glance.cpu());
        lastBusySeconds = load.busySeconds();
        waited(glance.self());
    }

    private void waited(@Nullable Proc self) {
        lastWaitedTicks = self == null ? 0 : self.childTicks();
        selfPid = self == null ? 0 : self.pid();
    }

    /** Gives every process to its nearest tracked ancestor. */
    private Map<TrackedTree, List<Long>> update() {
        ProcTree now = ProcTree.read(root);
        Map<TrackedTree, List<Proc>> members = new HashMap<>();
        for (Proc process : now.all()) {
            TrackedTree owner = owner(process, now);
            if (owner != null) {
                members.computeIfAbsent(owner, key -> new ArrayList<>()).add(process);
            }
        }
        Map<TrackedTree, List<Long>> pids = new HashMap<>();
        for (TrackedTree tree : trees.values()) {
            pids.put(tree, tree.update(members.getOrDefault(tree, List.of()), now));
        }
        return pids;
    }

    private @Nullable TrackedTree owner(Proc process, ProcTree now) {
        Proc at = process;
        for (int depth = 0; at != null && depth < 1000; depth++) {
            TrackedTree tree = trees.get(at.pid());
            if (tree != null) {
                return tree;
            }
            Proc member = at;
            for (TrackedTree candidate : trees.values()) {
                if (candidate.isMember(member)) { // its parent died, it was adopted by another
                    return candidate;
                }
            }
            at = now.get(at.parent());
        }
        return null;
    }

    /**
     * When the root was a child of this very process, its end moved its CPU time into ours. With two roots ended in one
     * piece nobody can tell whose it was: then only what was seen before counts.
     */
    private void creditEnded(long waitedTicks) {
        List<TrackedTree> ended = trees.values().stream()
                .filter(tree -> tree.justEndedUnder(selfPid))
                .toList();
        if (ended.size() == 1) {
            ended.get(0).addWaitedFor(waitedTicks);
        }
    }

    private void addCpu(List<ProcessShare> shares, Instant start, Instant end, double busyTicks) {
        if (!(busyTicks > 0)) {
            return;
        }
        double all = trees.values().stream().mapToLong(TrackedTree::lastTicks).sum();
        double whole = Math.max(busyTicks, all); // the kernel rounds both to ticks of their own
        for (Device device : selection.devices()) {
            if (device.kind() == DeviceKind.CPU || device.key().equals("model:node")) {
                trees.values()
                        .forEach(tree -> shares.add(
                                new ProcessShare(tree.rootPid(), device, start, end, tree.lastTicks() / whole)));
            }
        }
    }

    private void addMemory(List<ProcessShare> shares, Instant start, Instant end) {
        double used = Host.usedMemoryBytes(root, selection.host());
        double all =
                trees.values().stream().mapToLong(TrackedTree::residentBytes).sum();
        if (!(used > 0)) {
            return;
        }
        for (Device device : selection.devices()) {
            for (TrackedTree tree : trees.values()) {
                if (device.kind() == DeviceKind.RAM && tree.residentBytes() > 0) { // else it was never seen
                    double weight = tree.residentBytes() / Math.max(used, all);
                    shares.add(new ProcessShare(tree.rootPid(), device, start, end, weight));
                }
            }
        }
    }

    private void addGpus(List<ProcessShare> shares, Instant start, Instant end, Map<TrackedTree, List<Long>> pids) {
        for (Sensor sensor : selection.sensors()) {
            if (sensor instanceof NvmlSensor nvidia) {
                for (Device device : nvidia.devices()) {
                    List<ProcessUse> uses = nvidia.processes(device, start.toEpochMilli() * 1000);
                    if (uses != null) {
                        addGpu(shares, start, end, device, uses, pids);
                    }
                }
            }
        }
    }

    private void addGpu(
            List<ProcessShare> shares,
            Instant start,
            Instant end,
            Device device,
            List<ProcessUse> uses,
            Map<TrackedTree, List<Long>> pids) {
        for (TrackedTree tree : trees.values()) {
            List<Long> mine = pids.getOrDefault(tree, List.of());
            double weight = 0;
            for (ProcessUse use : uses) {
                if (mine.contains(use.pid())) {
                    weight += use.weight();
                }
            }
            if (weight > 0) {
                shares.add(new ProcessShare(tree.rootPid(), device, start, end, Math.min(1, weight)));
            }
        }
    }
}
