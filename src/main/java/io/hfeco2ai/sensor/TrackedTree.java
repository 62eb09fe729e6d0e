package io.hfeco2ai.sensor;

import io.hfeco2ai.sensor.ProcTree.Proc;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One tracked process and its descendants, from cut to cut. A descendant stays one when its parent dies before it.
 *
 * <p>The CPU time of a piece is what the living members used themselves, plus what their waited-for children's times grew
 * by, less what those children had already been seen to use. A child that nobody waits for takes with it what it used since
 * the last cut: the figure errs low, never high.
 */
final class TrackedTree {

    /** A start time no process has: the first look then counts all it used so far. */
    private static final long NOT_SEEN = -1;

    private final long rootPid;
    private Map<Long, Proc> members = new HashMap<>();
    private final long rootParentPid;
    private boolean ended;
    private long residentBytes;
    private long ticks;
    private long lastSeenOfEnded;

    TrackedTree(long rootPid, @Nullable Proc root) {
        this.rootPid = rootPid;
        this.rootParentPid = root == null ? -1 : root.parent();
        if (root != null) {
            members.put(rootPid, root);
        }
    }

    /** A command that this process started just now: all it ever used counts, even when it is never seen alive. */
    static TrackedTree started(long pid, long parentPid, long residentBytes) {
        TrackedTree tree = new TrackedTree(pid, new Proc(pid, parentPid, NOT_SEEN, 0, 0));
        tree.residentBytes = residentBytes;
        return tree;
    }

    long rootPid() {
        return rootPid;
    }

    boolean isMember(Proc process) {
        Proc known = members.get(process.pid());
        return known != null && known.startTicks() == process.startTicks();
    }

    /** The root, a child of that process, was there at the last cut and is gone now. */
    boolean justEndedUnder(long parentPid) {
        return ended && rootParentPid == parentPid;
    }

    long lastTicks() {
        return ticks;
    }

    long residentBytes() {
        return residentBytes;
    }

    /** The pids of this piece: those alive now and those that ended in it. */
    List<Long> update(List<Proc> now, ProcTree tree) {
        long own = 0;
        long children = 0;
        long resident = 0;
        Map<Long, Proc> next = new HashMap<>();
        for (Proc process : now) {
            next.put(process.pid(), process);
            Proc before = isMember(process) ? members.get(process.pid()) : null;
            own += process.ownTicks() - (before == null ? 0 : before.ownTicks());
            children += process.childTicks() - (before == null ? 0 : before.childTicks());
            resident += tree.residentBytes(process.pid());
        }
        long seenOfEnded = 0;
        List<Long> pids = new ArrayList<>(next.keySet());
        for (Proc before : members.values()) {
            Proc after = next.get(before.pid());
            if (after == null || after.startTicks() != before.startTicks()) {
                seenOfEnded += before.allTicks();
                pids.add(before.pid());
            }
        }
        ended = members.containsKey(rootPid) && !next.containsKey(rootPid);
        lastSeenOfEnded = seenOfEnded;
        ticks = own + Math.max(0, children - seenOfEnded);
        if (!next.isEmpty() || members.isEmpty()) {
            residentBytes = resident; // a tree that ended keeps its last size for its last piece
        }
        members = next;
        return pids;
    }

    /** Adds what the tracker itself, as the parent of the root, was told when it waited for the ended root. */
    void addWaitedFor(long waitedTicks) {
        ticks += Math.max(0, waitedTicks - lastSeenOfEnded);
    }
}
