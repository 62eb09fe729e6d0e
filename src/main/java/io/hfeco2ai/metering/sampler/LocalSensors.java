package io.hfeco2ai.metering.sampler;

import io.hfeco2ai.metering.Metering.IntervalReport;
import io.hfeco2ai.metering.Metering.LiveDevice;
import io.hfeco2ai.metering.Metering.UsageReport;
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

/** One discovery of this machine's sensors, and its readings in the words of metering. One thread at a time. */
final class LocalSensors implements AutoCloseable {

    private static final int WHOLE_PPM = 1_000_000;
    private static final Duration FOLD = Duration.ofSeconds(10);

    private final Selection selection;
    private final Sampler sampler;
    private final ProcessShares shares;
    private final ProcessWatch watch;
    private final Map<Long, Set<String>> membersOfPid = new TreeMap<>();

    LocalSensors(Selection selection, Path root, Clock wall, LongSupplier nanoTime) {
        this.selection = selection;
        this.sampler = new Sampler(selection.sensors(), wall, nanoTime, FOLD);
        this.shares = new ProcessShares(root, selection, wall);
        this.watch = new ProcessWatch(root);
    }

    /** A member whose processes are all gone. */
    record Gone(String memberId, Instant lastSeen) {}

    /** What one pass brought: the power now, what ended with it, and who is gone. */
    record Pass(
            Instant at,
            List<LiveDevice> powers,
            List<IntervalReport> intervals,
            List<UsageReport> usage,
            List<Gone> gone) {}

    Host host() {
        return selection.host();
    }

    Pass tick() {
        return pass(sampler.tick());
    }

    Pass cut() {
        return pass(sampler.cut());
    }

    List<Finding> findings() {
        return selection.findings();
    }

    Sampler.Counts counts() {
        return sampler.counts();
    }

    /**
     * From now on the shares of the process and its descendants are the member's.
     *
     * @param lastSeen when it was seen before; null: never
     * @return whether the process is there
     */
    boolean track(String memberId, long pid, @Nullable Instant lastSeen) {
        membersOfPid.computeIfAbsent(pid, id -> new TreeSet<>()).add(memberId);
        shares.track(pid);
        watch.watch(pid, lastSeen);
        return watch.sees(pid);
    }

    void untrack(String memberId) {
        membersOfPid.forEach((pid, members) -> {
            if (members.remove(memberId) && members.isEmpty()) {
                shares.untrack(pid);
                watch.unwatch(pid);
            }
        });
        membersOfPid.values().removeIf(Set::isEmpty);
    }

    boolean tracks(String memberId) {
        return membersOfPid.values().stream().anyMatch(members -> members.contains(memberId));
    }

    /** A new discovery goes on with the processes that this one tracked. */
    void handOver(LocalSensors next) {
        membersOfPid.forEach((pid, members) -> members.forEach(member -> next.track(member, pid, watch.lastSeen(pid))));
    }

    private Pass pass(Sampler.Tick tick) {
        List<LiveDevice> powers = new ArrayList<>();
        for (DevicePower power : tick.powers()) {
            Device device = power.device();
            powers.add(new LiveDevice(
                    device.key(),
                    device.name(),
                    device.kind(),
                    known(power.watts()),
                    device.quality(),
                    device.source()));
        }
        List<IntervalReport> intervals =
                tick.closed().stream().map(LocalSensors::report).toList();
        watch.look(tick.at());
        List<UsageReport> usage = intervals.isEmpty() ? List.of() : usage();
        return new Pass(tick.at(), powers, intervals, usage, gone(tick.at()));
    }

    private List<Gone> gone(Instant now) {
        List<Gone> gone = new ArrayList<>();
        watch.gone(now)
                .forEach((pid, lastSeen) -> membersOfPid
                        .getOrDefault(pid, Set.of())
                        .forEach(member -> gone.add(new Gone(member, lastSeen))));
        return gone;
    }

    private static IntervalReport report(MeasuredInterval interval) {
        Device device = interval.device();
        return new IntervalReport(
                device.key(),
                device.kind(),
                device.name(),
                interval.start().toEpochMilli(),
                interval.end().toEpochMilli(),
                interval.energyMicrojoules(),
                interval.observedMillis(),
                device.quality(),
                device.source(),
                device.boundary(),
                interval.seq(),
                known(device.uncertaintyRatio()),
                known(device.capWatts()),
                known(device.idleWatts()));
    }

    private static @Nullable Double known(double watts) {
        return Double.isFinite(watts) ? watts : null;
    }

    /** Members that share one process share its work evenly: their weights never add up to more than the whole. */
    private List<UsageReport> usage() {
        List<UsageReport> usage = new ArrayList<>();
        for (ProcessShare share : shares.cut()) {
            if (share.weight() > 0) {
                // Memory is in use at the end of the piece; CPU and GPU were used at some time within it.
                watch.treeSeen(share.pid(), share.device().kind() == DeviceKind.RAM ? share.end() : share.start());
            }
            Set<String> members = membersOfPid.getOrDefault(share.pid(), Set.of());
            for (String member : members) {
                usage.add(new UsageReport(
                        member,
                        share.device().key(),
                        share.start().toEpochMilli(),
                        share.end().toEpochMilli(),
                        (int) (share.weight() * WHOLE_PPM / members.size())));
            }
        }
        return usage;
    }

    @Override
    public void close() {
        selection.sensors().forEach(Sensor::close);
    }
}
