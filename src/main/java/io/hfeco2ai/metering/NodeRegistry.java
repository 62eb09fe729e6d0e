package io.hfeco2ai.metering;

import io.hfeco2ai.metering.Metering.AgentMessage;
import io.hfeco2ai.metering.Metering.Batch;
import io.hfeco2ai.metering.Metering.IntervalReport;
import io.hfeco2ai.metering.Metering.Node;
import io.hfeco2ai.metering.Metering.NodeDevice;
import io.hfeco2ai.metering.Metering.NodeInfo;
import io.hfeco2ai.platform.BadInput;
import io.hfeco2ai.platform.Changed;
import io.hfeco2ai.platform.Conflict;
import io.hfeco2ai.platform.NotFound;
import io.hfeco2ai.sensor.Calibration;
import io.hfeco2ai.sensor.Host;
import io.hfeco2ai.units.Boundary;
import io.hfeco2ai.units.DeviceKind;
import io.hfeco2ai.units.Quality;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;

/** The rows of node: made on first sight, read with their devices. The writing side is used by one thread at a time. */
@Component
public class NodeRegistry {

    /** How often the time a node or device was last seen is written. */
    static final long SEEN_EVERY_MS = 10_000;

    /** How the origin of what other tools say begins. */
    static final String REPORTED = "reported:";

    private static final String NODES =
            "SELECT id, name, boot_id, cpu_model, logical_cpus, memory_bytes, virtual_machine, synthetic, reported,"
                    + " first_seen_ms, last_seen_ms FROM node ";
    private static final String DEVICES =
            "SELECT d.node_id, d.id, d.device_key, d.kind, d.name, d.idle_watts, d.last_seen_ms, d.declared_off_ms,"
                    + " s.quality, s.source, s.boundary, s.uncertainty_ppm FROM device d"
                    + " JOIN series s ON s.id = (SELECT MAX(n.id) FROM series n WHERE n.device_id = d.id) ";

    private final JdbcTemplate jdbc;
    private final ApplicationEventPublisher events;
    private final Clock clock;
    private final Map<String, SeenNode> seenNodes = new HashMap<>();

    NodeRegistry(JdbcTemplate jdbc, ApplicationEventPublisher events, Clock clock) {
        this.jdbc = jdbc;
        this.events = events;
        this.clock = clock;
    }

    /** A node's row as the writer remembers it. */
    private static final class SeenNode {
        String name = "";
        String bootId = "";
        boolean synthetic;
        boolean reported;
        long firstSeenMs;
        long lastSeenMs;
        boolean changed;
        boolean seenAgain;
        long writtenAtMs;
    }

    void forget() {
        seenNodes.clear();
    }

    /**
     * Makes sure that the node of an arrival with plausible rows has a row.
     *
     * @throws BadInput when synthetic data is sent to a real node, or real data to a synthetic one
     */
    void require(Arrival arrival) {
        Batch batch = arrival.batch;
        SeenNode node = seenNodes.get(batch.nodeId());
        if (node == null) {
            node = load(batch.nodeId());
            if (node == null) {
                node = insert(arrival);
            }
            seenNodes.put(batch.nodeId(), node);
        }
        if (node.synthetic != batch.synthetic()) {
            throw neverMixed(batch.nodeId(), node.synthetic);
        }
    }

    /** Takes over what a stored interval says about its node. */
    void saw(Batch batch, IntervalReport report) {
        SeenNode node = Objects.requireNonNull(seenNodes.get(batch.nodeId()));
        if (report.startMs() < node.firstSeenMs) {
            node.firstSeenMs = report.startMs();
            node.changed = true;
        }
        if (node.reported && !reported(batch)) {
            node.reported = false;
            node.bootId = batch.bootId();
            node.changed = true;
        }
        if (report.endMs() > node.lastSeenMs) {
            node.lastSeenMs = report.endMs();
            node.seenAgain = true;
            if (!reported(batch)) { // another tool knows no boots
                node.changed |= !batch.bootId().equals(node.bootId);
                node.bootId = batch.bootId();
            }
        }
    }

    private static boolean reported(Batch batch) {
        return batch.origin().startsWith(REPORTED);
    }

    private @Nullable SeenNode load(String nodeId) {
        List<SeenNode> found = jdbc.query(
                "SELECT name, boot_id, synthetic, first_seen_ms, last_seen_ms, reported FROM node WHERE id = ?",
                (row, number) -> {
                    SeenNode node = new SeenNode();
                    node.name = row.getString(1);
                    node.bootId = row.getString(2);
                    node.synthetic = row.getBoolean(3);
                    node.firstSeenMs = row.getLong(4);
                    node.lastSeenMs = row.getLong(5);
                    node.reported = row.getBoolean(6);
                    return node;
                },
                nodeId);
        return found.isEmpty() ? null : found.get(0);
    }

    private SeenNode insert(Arrival arrival) {
        Batch batch = arrival.batch;
        SeenNode node = new SeenNode();
        node.name = Objects.requireNonNullElse(batch.nodeName(), batch.nodeId());
        node.reported = reported(batch);
        node.bootId = node.reported ? batch.nodeId() : batch.bootId();
        node.synthetic = batch.synthetic();
        node.firstSeenMs = arrival.firstStartMs();
        node.lastSeenMs = node.firstSeenMs;
        jdbc.update(
                "INSERT INTO node (id, name, boot_id, synthetic, reported, first_seen_ms, last_seen_ms)"
                        + " VALUES (?, ?, ?, ?, ?, ?, ?)",
                batch.nodeId(),
                node.name,
                node.bootId,
                node.synthetic,
                node.reported,
                node.firstSeenMs,
                node.lastSeenMs);
        return node;
    }

    /** Writes what changed, and at most each 10 s that a node was seen again. */
    void writeSeen(long nowMs) {
        seenNodes.forEach((id, node) -> {
            if (node.changed || (node.seenAgain && nowMs - node.writtenAtMs >= SEEN_EVERY_MS)) {
                jdbc.update(
                        "UPDATE node SET name = ?, boot_id = ?, reported = ?, first_seen_ms = ?, last_seen_ms = ?"
                                + " WHERE id = ?",
                        node.name,
                        node.bootId,
                        node.reported,
                        node.firstSeenMs,
                        node.lastSeenMs,
                        id);
                node.changed = false;
                node.seenAgain = false;
                node.writtenAtMs = nowMs;
            }
        });
    }

    /** Writes what this machine says of itself. Facts must not be written meanwhile, and be forgotten afterwards. */
    public void describe(Host host, boolean synthetic) {
        describe(
                new AgentMessage(
                        host.nodeId(),
                        host.bootId(),
                        host.name(),
                        synthetic,
                        new NodeInfo(
                                host.cpuModel().isEmpty() ? null : host.cpuModel(),
                                host.logicalCpus(),
                                host.memoryBytes() == 0 ? null : host.memoryBytes(),
                                host.virtualMachine()),
                        "",
                        0,
                        0),
                null);
    }

    /**
     * @param teamId of its agent, which keeps the node; null: no agent says it
     * @throws BadInput when synthetic data is announced for a real node, or real data for a synthetic one
     * @throws Conflict an agent of another team has measured it
     */
    public void describe(AgentMessage node, @Nullable String teamId) {
        String keeper = agentTeam(node.nodeId());
        if (teamId != null && keeper != null && !keeper.equals(teamId)) {
            throw new Conflict(
                    "Node " + node.nodeId() + " is measured by an agent of another team. Start this one with a"
                            + " token of that team, or give it a HFECO2AI_NODE_ID of its own: machines made from one image can"
                            + " share an id.");
        }
        SeenNode known = load(node.nodeId());
        long nowMs = clock.millis();
        if (known == null) {
            jdbc.update(
                    "INSERT INTO node (id, name, boot_id, synthetic, first_seen_ms, last_seen_ms) VALUES (?, ?, ?, ?, ?, ?)",
                    node.nodeId(),
                    node.nodeName(),
                    node.bootId(),
                    node.synthetic(),
                    nowMs,
                    nowMs);
        } else if (known.synthetic != node.synthetic()) {
            throw neverMixed(node.nodeId(), known.synthetic);
        }
        jdbc.update(
                "UPDATE node SET name = ?, boot_id = ?, cpu_model = ?, logical_cpus = ?, memory_bytes = ?,"
                        + " virtual_machine = ?, reported = FALSE, agent_team_id = COALESCE(agent_team_id, ?)"
                        + " WHERE id = ?",
                node.nodeName(),
                node.bootId(),
                node.info().cpuModel(),
                node.info().logicalCpus(),
                node.info().memoryBytes(),
                node.info().virtualMachine(),
                teamId,
                node.nodeId());
    }

    /** The team whose agent measures the node, or did; null: none ever has. */
    public @Nullable String agentTeam(String nodeId) {
        return jdbc
                .queryForList(
                        "SELECT agent_team_id FROM node WHERE id = ? AND agent_team_id IS NOT NULL",
                        String.class,
                        nodeId)
                .stream()
                .findFirst()
                .orElse(null);
    }

    private static BadInput neverMixed(String nodeId, boolean synthetic) {
        return new BadInput(
                "node",
                "node: " + nodeId + " is a " + (synthetic ? "synthetic" : "real")
                        + " node; synthetic and real data never share one, use another node id");
    }

    /** When the member's processes last used anything here, epoch milliseconds; null: never. */
    public @Nullable Long lastUse(String memberId) {
        return jdbc.queryForObject(
                "SELECT MAX(end_ms) FROM usage_weight WHERE member_id = ? AND weight_ppm > 0", Long.class, memberId);
    }

    public @Nullable Calibration calibration(String nodeId) {
        List<String> stored = jdbc.queryForList(
                "SELECT calibration FROM node WHERE id = ? AND calibration IS NOT NULL", String.class, nodeId);
        if (stored.isEmpty()) {
            return null;
        }
        String[] parts = stored.get(0).split(" ");
        return new Calibration(
                Boundary.valueOf(parts[0]),
                Double.parseDouble(parts[1]),
                Double.parseDouble(parts[2]),
                Double.parseDouble(parts[3]),
                Double.parseDouble(parts[4]));
    }

    void calibrate(String nodeId, Calibration calibration) {
        String stored = calibration.boundary() + " " + calibration.idleWatts() + " " + calibration.watts20() + " "
                + calibration.watts50() + " " + calibration.watts100();
        if (jdbc.update(
                        "UPDATE node SET calibration = ?, calibrated_ms = ? WHERE id = ?",
                        stored,
                        clock.millis(),
                        nodeId)
                == 0) {
            throw new NotFound("node " + nodeId);
        }
        events.publishEvent(new Changed("node.calibrated", "node", nodeId, null, Map.of("after", stored)));
    }

    /** The next agent that speaks for the node keeps it for its own team. */
    public void release(String nodeId) {
        String teamId = agentTeam(nodeId);
        if (teamId != null) {
            jdbc.update("UPDATE node SET agent_team_id = NULL WHERE id = ?", nodeId);
            events.publishEvent(new Changed("node.released", "node", nodeId, teamId, Map.of()));
        }
    }

    void declareOff(long deviceId) {
        if (jdbc.update("UPDATE device SET declared_off_ms = ? WHERE id = ?", clock.millis(), deviceId) == 0) {
            throw new NotFound("device " + deviceId);
        }
        events.publishEvent(new Changed("device.declared-off", "device", "" + deviceId, null, Map.of()));
    }

    void ended(String nodeId, long atMs) {
        jdbc.update(
                "UPDATE device SET declared_off_ms = ? WHERE node_id = ?"
                        + " AND (declared_off_ms IS NULL OR declared_off_ms < ?)",
                atMs,
                nodeId,
                atMs);
    }

    List<Node> all(String embeddedNodeId) {
        return read(embeddedNodeId, "", "");
    }

    /** The node of that id, or else the nodes of that name. */
    public List<Node> called(String idOrName) {
        List<Node> byId = read("", "WHERE id = ? ", "WHERE d.node_id = ? ", idOrName);
        return byId.isEmpty()
                ? read("", "WHERE name = ? ", "WHERE d.node_id IN (SELECT id FROM node WHERE name = ?) ", idOrName)
                : byId;
    }

    public Optional<Node> find(String nodeId, String embeddedNodeId) {
        return read(embeddedNodeId, "WHERE id = ? ", "WHERE d.node_id = ? ", nodeId).stream()
                .findFirst();
    }

    private List<Node> read(String embeddedNodeId, String whichNodes, String whichDevices, Object... arguments) {
        Map<String, List<NodeDevice>> devices = new HashMap<>();
        jdbc.query(
                DEVICES + whichDevices + "ORDER BY d.id",
                row -> {
                    devices.computeIfAbsent(row.getString("node_id"), id -> new ArrayList<>())
                            .add(device(row));
                },
                arguments);
        return jdbc.query(
                NODES + whichNodes + "ORDER BY name, id",
                (row, number) ->
                        node(row, embeddedNodeId, List.copyOf(devices.getOrDefault(row.getString("id"), List.of()))),
                arguments);
    }

    private static Node node(ResultSet row, String embeddedNodeId, List<NodeDevice> devices) throws SQLException {
        String id = row.getString("id");
        return new Node(
                id,
                row.getString("name"),
                row.getString("boot_id"),
                row.getString("cpu_model"),
                row.getObject("logical_cpus", Integer.class),
                row.getObject("memory_bytes", Long.class),
                row.getObject("virtual_machine", Boolean.class),
                row.getBoolean("synthetic"),
                row.getBoolean("reported"),
                row.getLong("first_seen_ms"),
                row.getLong("last_seen_ms"),
                id.equals(embeddedNodeId),
                devices);
    }

    private static NodeDevice device(ResultSet row) throws SQLException {
        return new NodeDevice(
                row.getLong("id"),
                row.getString("device_key"),
                DeviceKind.valueOf(row.getString("kind")),
                row.getString("name"),
                Quality.valueOf(row.getString("quality")),
                row.getString("source"),
                Boundary.valueOf(row.getString("boundary")),
                row.getInt("uncertainty_ppm") / (double) Plausibility.WHOLE_PPM,
                row.getObject("idle_watts", Double.class),
                row.getLong("last_seen_ms"),
                row.getObject("declared_off_ms", Long.class) != null);
    }
}
