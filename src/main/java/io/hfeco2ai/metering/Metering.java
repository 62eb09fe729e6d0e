package io.hfeco2ai.metering;

import io.hfeco2ai.metering.agents.Agents;
import io.hfeco2ai.metering.attribution.HourRecompute;
import io.hfeco2ai.metering.live.LiveStream;
import io.hfeco2ai.metering.live.LiveView;
import io.hfeco2ai.metering.reported.Peers;
import io.hfeco2ai.metering.reported.Places;
import io.hfeco2ai.metering.reported.Sources;
import io.hfeco2ai.metering.sampler.EmbeddedSampler;
import io.hfeco2ai.platform.NotFound;
import io.hfeco2ai.sensor.Calibration;
import io.hfeco2ai.sensor.Sampler;
import io.hfeco2ai.sensor.Sensors.Finding;
import io.hfeco2ai.units.Boundary;
import io.hfeco2ai.units.DeviceKind;
import io.hfeco2ai.units.Quality;
import jakarta.servlet.http.HttpServletRequest;
import java.net.InetSocketAddress;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Service;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;

/**
 * The door of metering: takes energy in, keeps it as facts, says which hours must be computed again. Times are epoch
 * milliseconds (UTC), energy is whole microjoules.
 */
@Service
public class Metering {

    /** An hour that changes all the time is computed once a minute. */
    private static final long NOW_MS = 180_000;

    private final Ingest ingest;
    private final NodeRegistry nodes;
    private final DirtyHours dirtyHours;
    private final HourRecompute hourRecompute;
    private final LiveView live;
    private final LiveStream stream;
    private final EmbeddedSampler sampler;
    private final Agents agents;
    private final PowerCharts charts;
    private final Places places;
    private final Sources sources;
    private final Separation separation;
    private final NodeWatch watch;
    private final Clock clock;

    Metering(
            Ingest ingest,
            NodeRegistry nodes,
            DirtyHours dirtyHours,
            HourRecompute hourRecompute,
            LiveView live,
            LiveStream stream,
            EmbeddedSampler sampler,
            Agents agents,
            PowerCharts charts,
            Places places,
            Sources sources,
            Separation separation,
            NodeWatch watch,
            Clock clock) {
        this.ingest = ingest;
        this.nodes = nodes;
        this.dirtyHours = dirtyHours;
        this.hourRecompute = hourRecompute;
        this.live = live;
        this.stream = stream;
        this.sampler = sampler;
        this.agents = agents;
        this.charts = charts;
        this.places = places;
        this.sources = sources;
        this.separation = separation;
        this.watch = watch;
        this.clock = clock;
    }

    /**
     * What one node has to say, at once.
     *
     * @param nodeId 1 to 64 characters, stable across restarts of the node
     * @param bootId 1 to 64 characters, changes with each boot
     * @param nodeName what a person calls it; null keeps the known name
     * @param origin {@code sampler} for our own sensor here, {@code agent} or {@code client:<name>/<version>} when our
     *     client measured, {@code reported:<tool>/<version>} for other tools
     * @param synthetic made up by a demo or simulator; a node is synthetic or real for ever
     */
    public record Batch(
            String nodeId,
            String bootId,
            @Nullable String nodeName,
            String origin,
            boolean synthetic,
            List<IntervalReport> intervals,
            List<UsageReport> usage) {}

    /**
     * The energy of one device over [startMs, endMs), at most 24 h.
     *
     * @param device stable key of the device within its node, 1 to 200 characters
     * @param energyUj microjoules, 0 or more; 0 when the quality is MISSING
     * @param observedMs how much of the span was really observed; null: all of it (nothing, when MISSING)
     * @param source sensor or method: {@code rapl}, {@code nvml}, {@code cpu-model}…
     * @param boundary where it was taken; null: at the node for the kinds NODE and REST, else at the chip
     * @param seq counts the intervals of a device, for finding losses; no part of the identity
     * @param uncertaintyRatio k = 2, 0.05 is ±5 %; null: that of the counter (rapl, nvml, hwmon), else
     *     ±100 %
     * @param capWatts the most the device can draw; null: unknown
     * @param idleWatts its power with no work on it; null: unknown
     */
    public record IntervalReport(
            String device,
            DeviceKind kind,
            @Nullable String deviceName,
            long startMs,
            long endMs,
            long energyUj,
            @Nullable Long observedMs,
            Quality quality,
            String source,
            @Nullable Boundary boundary,
            @Nullable Long seq,
            @Nullable Double uncertaintyRatio,
            @Nullable Double capWatts,
            @Nullable Double idleWatts) {}

    /**
     * Power as another tool read it, of one node.
     *
     * @param streamId who read it, 1 to 64 characters: two readers never share a series
     * @param nodeName as {@link Place#nodeName}
     * @param origin {@code reported:<tool>/<version>}
     */
    public record PowerBatch(
            String nodeId,
            String streamId,
            @Nullable String nodeName,
            String origin,
            boolean synthetic,
            List<PowerPoint> points) {}

    /** @param watts 0 or more, at most 100,000 */
    public record PowerPoint(
            String device,
            DeviceKind kind,
            @Nullable String deviceName,
            long atMs,
            double watts,
            Quality quality,
            String source) {}

    /** The part (0 to 1,000,000 ppm) of a device's dynamic energy that a member's process tree caused. */
    public record UsageReport(String memberId, String device, long startMs, long endMs, int weightPpm) {}

    /** accepted + duplicates + rejected is the number of intervals and usage reports in the batch. */
    public record Recorded(int accepted, int duplicates, List<Rejection> rejected) {}

    /**
     * @param index place in the batch, from 0; usage reports are numbered after the intervals
     * @param reason names the field, what is wrong and the cure
     */
    public record Rejection(int index, String reason) {}

    /** The hardware of a node, as far as it is known. */
    public record NodeInfo(
            @Nullable String cpuModel,
            @Nullable Integer logicalCpus,
            @Nullable Long memoryBytes,
            @Nullable Boolean virtualMachine) {}

    /**
     * What an agent says with each of its calls.
     *
     * @param version of the agent, 1 to 50 characters
     * @param waiting intervals that it has measured and this server has not taken yet
     * @param dropped intervals that it gave up since it was installed: too many waited, or they were refused
     */
    public record AgentMessage(
            String nodeId,
            String bootId,
            String nodeName,
            boolean synthetic,
            NodeInfo info,
            String version,
            long waiting,
            long dropped) {

        /** Whether the other says the same of the node as this one. */
        public boolean sameNode(AgentMessage other) {
            return bootId.equals(other.bootId) && nodeName.equals(other.nodeName) && info.equals(other.info);
        }
    }

    /** @param live it spoke within the last minute */
    public record Agent(String version, Instant heardAt, boolean live, long waiting, long dropped) {}

    /**
     * A measured machine.
     *
     * @param reported known only by what other tools said of it
     * @param embedded the sampler inside this server measures it
     */
    public record Node(
            String id,
            String name,
            String bootId,
            @Nullable String cpuModel,
            @Nullable Integer logicalCpus,
            @Nullable Long memoryBytes,
            @Nullable Boolean virtualMachine,
            boolean synthetic,
            boolean reported,
            long firstSeenMs,
            long lastSeenMs,
            boolean embedded,
            List<NodeDevice> devices) {

        /** The end of its newest interval; when it was first heard of where there is none yet. */
        public long newestMs() {
            return devices.stream().mapToLong(NodeDevice::lastSeenMs).max().orElse(lastSeenMs);
        }
    }

    /**
     * A node for another tool's run.
     *
     * @param nodeName for a node that nobody has measured yet; null: it has its name
     * @param bootId of the node's sensor; the node id where there is none
     * @param pid of the client on that boot; null: unknown
     * @param guessed made from the team, the address and the hardware: others may be on the same node, or on two
     */
    public record Place(
            String nodeId,
            @Nullable String nodeName,
            String bootId,
            @Nullable Long pid,
            boolean guessed) {}

    /**
     * A source beside others (law 8).
     *
     * @param reportedUj all it said in the run's hours
     * @param countedUj the part that is in the figures; the rest overlaps a better source
     */
    public record SourceUse(
            String nodeId,
            String nodeName,
            DeviceKind kind,
            String source,
            String origin,
            Quality quality,
            long reportedUj,
            long countedUj) {}

    /**
     * A power domain of a node, described by its newest series.
     *
     * @param off declared off: no longer expected to report
     */
    public record NodeDevice(
            long id,
            String key,
            DeviceKind kind,
            String name,
            Quality quality,
            String source,
            Boundary boundary,
            double uncertaintyRatio,
            @Nullable Double idleWatts,
            long lastSeenMs,
            boolean off) {}

    /**
     * What a node draws now, as far as is known: an estimate for the eye, not for the books.
     *
     * @param at when it was so; null: nothing heard of it since this server started
     * @param watts a whole-node meter, or else the sum of the other devices; null: unknown, or nothing heard for a minute
     * @param recent the last 5 minutes: epoch milliseconds and watts, oldest first
     */
    public record Live(
            String nodeId,
            @Nullable Instant at,
            @Nullable Double watts,
            List<LiveDevice> devices,
            List<double[]> recent) {}

    /** @param watts null: a gap */
    public record LiveDevice(
            String key,
            String name,
            DeviceKind kind,
            @Nullable Double watts,
            Quality quality,
            String source) {}

    /**
     * What measuring costs on this machine.
     *
     * @param coreRatio processor time of the sampler's threads since it started, as a part of one core; 0.002 is 0.2 %
     * @param ticks readings since then
     */
    public record SamplerCost(double coreRatio, long ticks) {}

    /**
     * What the sampler in this server reads, and how that goes.
     *
     * @param findings every possible source: chosen or why not, and what to do about it
     * @param counts events since it opened its sensors, none of which became energy
     * @param lostIntervals measured, but the database did not take them for too long
     */
    public record Sensing(List<Finding> findings, Sampler.Counts counts, long lostIntervals, SamplerCost cost) {}

    /** @param points epoch milliseconds and watts, at most 720, evenly spaced; NaN is a gap */
    public record Power(DeviceKind kind, List<double[]> points) {}

    /** Device time that was expected to be observed, and that was. */
    public record Coverage(long expectedMs, long observedMs) {

        /** 0 to 1; null when nothing was expected. */
        public @Nullable Double ratio() {
            return expectedMs == 0 ? null : (double) observedMs / expectedMs;
        }
    }

    /** A node that our own sensors measure, with the end of its newest interval. */
    public record Watched(String id, String name, long newestMs) {}

    /**
     * What a GPU drew over a while.
     *
     * @param idleWatts null: unknown
     * @param capWatts null: unknown
     * @param mostWatts the highest mean over one of its intervals
     */
    public record GpuLoad(
            String nodeId,
            String nodeName,
            String deviceKey,
            String deviceName,
            @Nullable Double idleWatts,
            @Nullable Double capWatts,
            double mostWatts,
            long observedMs) {}

    /** A (node, UTC hour) whose facts or claims changed; the version grows with each change. */
    public record DirtyHour(String nodeId, long hourMs, long version) {}

    /**
     * What a run, or nobody, drew from one kind of device of a node in one UTC hour.
     *
     * @param runId "" is unattributed
     * @param kind REST is what a whole-node meter shows beyond the chips; NODE does not occur
     * @param shareKey exclusive, reserved, process, utilisation, slice, equal, whole-node; idle or other when unattributed
     * @param quality MISSING is a gap: no energy, only the time that was expected
     * @param boundary that of the whole-node meter where one set the node's total, else that of the source
     * @param energyUj microjoules, 0 or more
     * @param uncertaintyPpm k = 2; energy-weighted mean of the sources, as if all their errors had the same sign
     * @param expectedMs time of the devices that fell to this row; devices shared by several runs are divided equally
     * @param observedMs how much of it was observed
     * @param peakWatts highest mean power of one device over one piece of at least 1 s; null where nothing was observed
     */
    public record HourSum(
            String nodeId,
            long hourMs,
            String runId,
            DeviceKind kind,
            String shareKey,
            Quality quality,
            Boundary boundary,
            String origin,
            boolean synthetic,
            long energyUj,
            int uncertaintyPpm,
            long expectedMs,
            long observedMs,
            @Nullable Double peakWatts) {}

    /**
     * Checks a batch and stores what is plausible and new, in one transaction of its own; durable when this returns.
     * The same interval again is a duplicate, the same (series, start) with other content is rejected. Do not call it
     * inside a transaction that marks hours dirty: the two would wait for each other.
     *
     * @throws io.hfeco2ai.platform.BadInput when the batch as a whole makes no sense
     */
    public Recorded record(Batch batch) {
        return ingest.record(batch);
    }

    /**
     * Stores readings of power as facts; the same reading again is a duplicate, another one of the same time is rejected.
     * Energy is the area under the straight lines between neighbours that are at most 60 s apart. Like {@link #record}, not
     * for use inside a transaction that marks hours dirty.
     *
     * @throws io.hfeco2ai.platform.BadInput when the batch as a whole makes no sense
     */
    public Recorded recordPower(PowerBatch batch) {
        return ingest.recordPower(batch);
    }

    /** What each source said of the run's nodes in the hours it ran in; empty where only our sensors spoke. */
    public List<SourceUse> sourcesOf(String runId) {
        return sources.ofRun(runId);
    }

    /**
     * Where a client runs whose protocol has no word for it.
     *
     * @param hint the id or name of a node as the client gives it, at most 64 characters; a name that nobody has makes a
     *     reported node of the team. Null: not said
     * @param call a process of this machine is found by the call's connection; an agent that talks from the same address
     *     names the node; behind a proxy nothing is known
     * @param hardware what the client says of its machine, to tell guessed nodes apart; may be empty
     * @throws io.hfeco2ai.platform.BadInput a hint that cannot be a name
     */
    public Place placeOf(String teamId, @Nullable String hint, HttpServletRequest call, String hardware) {
        return places.of(teamId, hint, Peers.of(call), hardware);
    }

    /**
     * A run that may have shared its machine, as nothing but its address said where it was, with others that count as well.
     *
     * @param reportedUj all that the run reported there
     * @param countedUj the part of it that is in the totals
     */
    public record Overlap(String nodeId, String nodeName, String runId, long reportedUj, long countedUj) {}

    /** Runs on guessed nodes on which not everything counts, for a person to decide; by node. */
    public List<Overlap> overlaps() {
        return separation.overlaps();
    }

    /**
     * The run was on a machine of its own: what it reported and claims moves from the guessed node to a new one, and both
     * nodes' hours are computed again. Publishes {@link RunMoved}.
     *
     * @return the id of its new node
     * @throws io.hfeco2ai.platform.Conflict it is on no guessed node
     */
    public String separate(String runId) {
        return separation.separate(runId);
    }

    /** Whether the sampler in this server or a live agent measures that node: then a client there sends no energy. */
    public boolean watches(String nodeId, String bootId) {
        return sampler.measures(nodeId, bootId) || agents.watches(nodeId, bootId);
    }

    /** Whether the sampler in this server measures that node, whatever its boot: nobody else speaks for it. */
    public boolean isOwn(String nodeId) {
        return !nodeId.isEmpty() && nodeId.equals(sampler.nodeId());
    }

    /**
     * An agent spoke: its node is watched for the next minute.
     *
     * @param teamId of its token: from now on only this team adds energy to the node
     * @param call tells from where; behind a proxy nothing is known
     * @throws io.hfeco2ai.platform.BadInput when what it says cannot be stored
     * @throws io.hfeco2ai.platform.Conflict an agent of another team measures the node, or did
     */
    public void heardFrom(AgentMessage message, String teamId, HttpServletRequest call) {
        InetSocketAddress peer = Peers.of(call);
        agents.heard(message, teamId, peer == null ? null : peer.getAddress());
    }

    /** Whether the team may add energy to the node: any may while no agent of another one has ever measured it. */
    public boolean mayMeasure(String teamId, String nodeId) {
        String keeper = agents.teamOf(nodeId);
        return keeper == null || keeper.equals(teamId);
    }

    /** The team whose agent measures the node, or did; null: none ever has, or the node was released. */
    public @Nullable String agentTeam(String nodeId) {
        return agents.teamOf(nodeId);
    }

    /**
     * The next agent that speaks for the node keeps it for its own team. What was measured stays.
     *
     * @throws io.hfeco2ai.platform.Conflict its agent spoke within the last minute
     */
    public void release(String nodeId) {
        agents.release(nodeId);
    }

    /** Null when no agent has spoken for this node since this server started. */
    public @Nullable Agent agent(String nodeId) {
        return agents.of(nodeId);
    }

    /**
     * The sampler in this server ends its open intervals now and records them before this returns. Like {@link #record}, not
     * for use inside a transaction that marks hours dirty.
     */
    public void flush() {
        sampler.flush();
    }

    /** Null when this server does not measure that node itself, or has not yet opened its sensors. */
    public @Nullable Sensing sensing(String nodeId) {
        return nodeId.equals(sampler.nodeId()) ? sampler.sensing() : null;
    }

    public Live live(String nodeId) {
        return live.of(nodeId);
    }

    /**
     * Live power as server-sent events: what is known now, then one event for each tick of the node's sampler or each batch
     * of its agent: {@code {at, watts, devices: [{key, name, kind, watts, quality, source}]}}; a gap is null.
     *
     * @throws io.hfeco2ai.platform.NotFound no such node
     * @throws org.springframework.web.server.ResponseStatusException 503 when too many watch already
     */
    public SseEmitter stream(String nodeId) {
        if (node(nodeId).isEmpty()) {
            throw new NotFound("node " + nodeId);
        }
        return stream.watch(live.of(nodeId));
    }

    /** The four figures that fit the load model to the node; null when it was never calibrated. */
    public @Nullable Calibration calibration(String nodeId) {
        return nodes.calibration(nodeId);
    }

    /** Holds from now on: what was measured before stays as it is. */
    public void calibrate(String nodeId, Calibration calibration) {
        ingest.exclusively(() -> nodes.calibrate(nodeId, calibration));
        sampler.calibrated(nodeId);
    }

    /** What the run drew, by kind of device, over all its nodes; hours that are not computed yet are gaps. */
    public List<Power> powerOfRun(String runId, long fromMs, long toMs) {
        return charts.ofRun(runId, fromMs, toMs);
    }

    /**
     * The mean power of the run, without its children, over the newest 10 s that are computed and not older than three
     * minutes; null: none are.
     */
    public @Nullable Double powerNow(String runId) {
        long nowMs = clock.millis();
        return charts.lastOfRun(runId, nowMs - NOW_MS, nowMs);
    }

    /** What the whole node drew, by kind of device; the kind NODE holds the others. */
    public List<Power> powerOfNode(String nodeId, long fromMs, long toMs) {
        return charts.ofNode(nodeId, fromMs, toMs);
    }

    /** Of the hours that [fromMs, toMs) touches and that are computed. */
    public Coverage coverage(String nodeId, long fromMs, long toMs) {
        return charts.coverage(nodeId, fromMs, toMs);
    }

    /** All nodes by name, with their devices. */
    public List<Node> nodes() {
        return nodes.all(sampler.nodeId());
    }

    public Optional<Node> node(String nodeId) {
        return nodes.find(nodeId, sampler.nodeId());
    }

    /** The device is not expected to report any more; it is expected again as soon as it reports. */
    public void declareOff(long deviceId) {
        ingest.exclusively(() -> nodes.declareOff(deviceId));
    }

    /** From then on nothing is expected of the node's devices, until they report again. */
    public void ended(String nodeId, long atMs) {
        ingest.exclusively(() -> nodes.ended(nodeId, atMs));
    }

    /** No interval may begin earlier, in ms since 1970. */
    public long oldestMs() {
        return ingest.oldestMs();
    }

    /** Nodes that the sampler in this server or an agent measures and that have devices which are not declared off. */
    public List<Watched> watched() {
        return watch.watched();
    }

    /** What the GPUs that our own sensors measure drew in the intervals that begin in [fromMs, toMs), at most some hours. */
    public List<GpuLoad> gpuLoads(long fromMs, long toMs) {
        return watch.gpuLoads(fromMs, toMs);
    }

    /** It could not be booked: others go first. */
    public void postpone(DirtyHour hour) {
        dirtyHours.postpone(hour);
    }

    /** Hours that have been quiet for 2 s or were first marked 60 s ago, oldest mark first. */
    public List<DirtyHour> dirty(long nowMs, int limit) {
        return dirtyHours.due(nowMs, limit);
    }

    public List<DirtyHour> dirtyOf(String nodeId, long fromMs, long toMs) {
        return dirtyHours.of(nodeId, fromMs, toMs);
    }

    /** Takes the hour off the list, unless it was marked again since it was read. */
    public void clean(DirtyHour hour) {
        dirtyHours.clean(hour);
    }

    /** Marks each hour that [fromMs, toMs) touches, in the caller's transaction. */
    public void markDirty(String nodeId, long fromMs, long toMs) {
        dirtyHours.mark(nodeId, fromMs, toMs);
    }

    /**
     * An hour's energy, as the facts that are stored divide it now.
     *
     * @param facts how many intervals, and pairs of neighbouring power readings, the sums are made of
     */
    public record Walk(int facts, List<HourSum> sums) {}

    /**
     * Divides the hour's energy like {@link #recompute}, and stores nothing: for whoever checks the books.
     *
     * @throws TornSeal sealed facts of it are not what was sealed
     */
    public Walk walk(String nodeId, long hourMs) {
        return hourRecompute.walk(nodeId, hourMs);
    }

    /**
     * Divides the hour's energy among the runs anew and replaces its derived rows, in the caller's transaction. The sum
     * over the rows is the node's energy, to the microjoule.
     */
    public List<HourSum> recompute(String nodeId, long hourMs) {
        return hourRecompute.recompute(nodeId, hourMs);
    }
}
