package io.hfeco2ai.sensor.members;

import io.hfeco2ai.sensor.Device;
import io.hfeco2ai.sensor.Host;
import io.hfeco2ai.sensor.MeasuredInterval;
import io.hfeco2ai.sensor.ProcessShares;
import io.hfeco2ai.sensor.ProcessShares.ProcessShare;
import io.hfeco2ai.sensor.Sampler;
import io.hfeco2ai.sensor.Sampler.DevicePower;
import io.hfeco2ai.sensor.Sensor;
import io.hfeco2ai.sensor.Sensors.Finding;
import io.hfeco2ai.sensor.Sensors.Selection;
import io.hfeco2ai.units.DeviceKind;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One discovery of a machine's sensors, read together with the process trees of runs' members. The server's own sampler and
 * the agents on other nodes measure with it. One thread at a time.
 */
public final class MemberSensors implements AutoCloseable {

    private static final Duration FOLD = Duration.ofSeconds(10);

    private final Selection selection;
    private final Sampler sampler;
    private final ProcessShares shares;
    private final ProcessWatch watch;
    private final Map<Long, Set<String>> membersOfPid = new TreeMap<>();

    /** @param root {@code /}, or a recorded tree */
    public MemberSensors(Selection selection, Path root, Clock wall, LongSupplier nanoTime) {
        this.selection = selection;
        this.sampler = new Sampler(selection.sensors(), wall, nanoTime, FOLD);
        this.shares = new ProcessShares(root, selection, wall);
        this.watch = new ProcessWatch(root);
    }

    /** A member whose processes are all gone. */
    public record Gone(String memberId, Instant lastSeen) {}

    /** @param weight 0 to 1: the part of the device's dynamic energy in [start, end) that the member's processes caused */
    public record MemberShare(String memberId, Device device, Instant start, Instant end, double weight) {}

    /**
     * What one pass brought: the power now, what ended with it, and who is gone.
     *
     * @param shares only where an interval ended
     */
    public record Pass(
            Instant at,
            List<DevicePower> powers,
            List<MeasuredInterval> intervals,
            List<MemberShare> shares,
            List<Gone> gone) {}

    public Host host() {
        return selection.host();
    }

    /** Reads every sensor once; each ten seconds the intervals end. */
    public Pass tick() {
        return pass(sampler.tick());
    }

    /** Reads every sensor once and ends all intervals. */
    public Pass cut() {
        return pass(sampler.cut());
    }

    public List<Finding> findings() {
        return selection.findings();
    }

    public Sampler.Counts counts() {
        return sampler.counts();
    }

    /**
     * From now on the shares of the process and its descendants are the member's. Cut before, so that they begin now.
     *
     * @param lastSeen when it was seen before; null: never
     * @return whether the process is there
     */
    public boolean track(String memberId, long pid, @Nullable Instant lastSeen) {
        membersOfPid.computeIfAbsent(pid, id -> new TreeSet<>()).add(memberId);
        shares.track(pid);
        watch.watch(pid, lastSeen);
        return watch.sees(pid);
    }

    /** Cut before, or the member's last share is lost. */
    public void untrack(String memberId) {
        membersOfPid.forEach((pid, members) -> {
            if (members.remove(memberId) && members.isEmpty()) {
                shares.untrack(pid);
                watch.unwatch(pid);
            }
        });
        membersOfPid.values().removeIf(Set::isEmpty);
    }

    public boolean tracks(String memberId) {
        return membersOfPid.values().stream().anyMatch(members -> members.contains(memberId));
    }

    /** A new discovery goes on with the processes that this one tracked. */
    public void handOver(MemberSensors next) {
        membersOfPid.forEach((pid, members) -> members.forEach(member -> next.track(member, pid, watch.lastSeen(pid))));
    }

    private Pass pass(Sampler.Tick tick) {
        watch.look(tick.at());
        List<MemberShare> parts = tick.closed().isEmpty() ? List.of() : memberShares();
        return new Pass(tick.at(), tick.powers(), tick.closed(), parts, gone(tick.at()));
    }

    private List<Gone> gone(Instant now) {
        List<Gone> gone = new ArrayList<>();
        watch.gone(now)
                .forEach((pid, lastSeen) -> membersOfPid
                        .getOrDefault(pid, Set.of())
                        .forEach(member -> gone.add(new Gone(member, lastSeen))));
        return gone;
    }

    /** Members that share one process share its work evenly: their weights never add up to more than the whole. */
    private List<MemberShare> memberShares() {
        List<MemberShare> parts = new ArrayList<>();
        for (ProcessShare share : shares.cut()) {
            if (share.weight() > 0) {
                // Memory is in use at the end of the piece; CPU and GPU were used at some time within it.
                watch.treeSeen(share.pid(), share.device().kind() == DeviceKind.RAM ? share.end() : share.start());
            }
            Set<String> members = membersOfPid.getOrDefault(share.pid(), Set.of());
            for (String member : members) {
                parts.add(new MemberShare(
                        member, share.device(), share.start(), share.end(), share.weight() / members.size()));
            }
        }
        return parts;
    }

    @Override
    public void close() {
        selection.sensors().forEach(Sensor::close);
    }
}
