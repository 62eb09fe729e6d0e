package io.hfeco2ai.ledger.embodied;

import io.hfeco2ai.ledger.Ledger.Question;
import io.hfeco2ai.platform.Changed;
import io.hfeco2ai.units.CarbonMass;
import java.time.Clock;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/**
 * The door to embodied carbon. Two rules, which are never added to each other nor to operational emissions, budgets or Scope
 * 2: the share of a node's life that somebody reserved (SCI, ISO/IEC 21031:2024), and the whole in the year of purchase (GHG
 * Protocol Scope 3, category 2).
 */
@Service
public class Embodied {

    /**
     * What is known of a node.
     *
     * @param lifeMonths 1 to 240
     * @param embodied cradle to gate, above 0
     * @param source where the figure comes from
     */
    public record Known(LocalDate boughtOn, int lifeMonths, CarbonMass embodied, String source) {

        /** The first day after its life. */
        public LocalDate endsOn() {
            return life().endsOn();
        }

        NodeLife life() {
            return new NodeLife(boughtOn, lifeMonths, embodied.micrograms().longValueExact());
        }
    }

    public record NodeName(String id, String name) {}

    /**
     * The amortised share. It follows the node's figure as it is now; nothing of it is posted.
     *
     * @param byRun of each run itself, without its children, on the nodes whose figure is known
     * @param unreserved of what no run reserved, where the question is about nodes or everybody; else zero
     * @param nodes how many the question is about
     * @param without those of them that have no figure
     */
    public record Share(SortedMap<String, CarbonMass> byRun, CarbonMass unreserved, int nodes, List<NodeName> without) {

        /** Null: a node has no figure, or nothing is booked on any. */
        public @Nullable CarbonMass amount() {
            return nodes == 0 || !without.isEmpty() ? null : known();
        }

        /** Of the nodes that have a figure. */
        public CarbonMass known() {
            return byRun.values().stream().reduce(unreserved, CarbonMass::plus);
        }

        /** In a plain sentence; null: nothing is missing. */
        public @Nullable String note() {
            return noteOf(nodes, without);
        }
    }

    /**
     * Cradle to gate, of the nodes bought in a UTC year.
     *
     * @param byNode by node id
     * @param nodes how many nodes there are, bought in whatever year
     * @param without those that have no figure, so that nobody knows when they were bought
     */
    public record Purchases(int year, SortedMap<String, CarbonMass> byNode, int nodes, List<NodeName> without) {

        /** Null: some node has no figure. */
        public @Nullable CarbonMass amount() {
            return without.isEmpty() ? known() : null;
        }

        /** Of the nodes that have a figure. */
        public CarbonMass known() {
            return byNode.values().stream().reduce(CarbonMass.ZERO, CarbonMass::plus);
        }

        /** In a plain sentence; null: nothing is missing. */
        public @Nullable String note() {
            return noteOf(nodes, without);
        }
    }

    private final ReservedTime reserved;
    private final JdbcClient jdbc;
    private final ApplicationEventPublisher events;
    private final Clock clock;

    Embodied(ReservedTime reserved, JdbcClient jdbc, ApplicationEventPublisher events, Clock clock) {
        this.reserved = reserved;
        this.jdbc = jdbc;
        this.events = events;
        this.clock = clock;
    }

    /** Empty: unknown. */
    public Optional<Known> of(String nodeId) {
        return Optional.ofNullable(all().get(nodeId));
    }

    /**
     * The SCI share of what the question is about: M = TE × (time reserved ÷ life) × (device-time reserved ÷ all
     * device-time), hour by hour. An hour that began counts whole.
     */
    public Share share(Question question) {
        return reserved.share(question, all());
    }

    /** Category 2 of that UTC year, without made-up nodes. */
    public Purchases bought(int year) {
        Map<String, Known> all = all();
        List<NodeName> nodes = reserved.nodes(null, false);
        SortedMap<String, CarbonMass> byNode = new TreeMap<>();
        for (NodeName node : nodes) {
            Known known = all.get(node.id());
            if (known != null && known.boughtOn().getYear() == year) {
                byNode.put(node.id(), known.embodied());
            }
        }
        return new Purchases(
                year,
                byNode,
                nodes.size(),
                nodes.stream().filter(node -> !all.containsKey(node.id())).toList());
    }

    private Map<String, Known> all() {
        Map<String, Known> all = new TreeMap<>();
        jdbc.sql("SELECT node_id, bought_on, life_months, embodied_ug, source FROM node_embodied")
                .query(row -> {
                    all.put(
                            row.getString(1),
                            new Known(
                                    row.getObject(2, LocalDate.class),
                                    row.getInt(3),
                                    CarbonMass.ofMicrograms(row.getLong(4)),
                                    row.getString(5)));
                });
        return all;
    }

    /** @param known null: unknown again */
    @Transactional
    void set(String nodeId, @Nullable Known known) {
        Known before = of(nodeId).orElse(null);
        if (known == null) {
            jdbc.sql("DELETE FROM node_embodied WHERE node_id = ?")
                    .param(nodeId)
                    .update();
        } else {
            store(nodeId, known);
        }
        Map<String, String> details = new TreeMap<>();
        describe(details, "before", before);
        describe(details, "after", known);
        if (before != null || known != null) {
            events.publishEvent(new Changed(
                    known == null ? "node.embodied-cleared" : "node.embodied-set", "node", nodeId, null, details));
        }
    }

    private void store(String nodeId, Known known) {
        long embodiedUg = known.embodied().micrograms().longValueExact();
        jdbc.sql("INSERT INTO node_embodied (node_id, bought_on, life_months, embodied_ug, source, changed_ms)"
                        + " VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING")
                .params(nodeId, known.boughtOn(), known.lifeMonths(), embodiedUg, known.source(), clock.millis())
                .update();
        jdbc.sql("UPDATE node_embodied SET bought_on = ?, life_months = ?, embodied_ug = ?, source = ?, changed_ms = ?"
                        + " WHERE node_id = ?")
                .params(known.boughtOn(), known.lifeMonths(), embodiedUg, known.source(), clock.millis(), nodeId)
                .update();
    }

    private static void describe(Map<String, String> details, String when, @Nullable Known known) {
        if (known != null) {
            details.put("bought_on_" + when, known.boughtOn().toString());
            details.put("life_months_" + when, Integer.toString(known.lifeMonths()));
            details.put("embodied_ug_" + when, known.embodied().micrograms().toString());
            details.put("source_" + when, known.source());
        }
    }

    private static @Nullable String noteOf(int nodes, List<NodeName> without) {
        return without.isEmpty()
                ? null
                : without.size() + " of " + nodes + " nodes "
                        + (without.size() == 1 ? "has no embodied figure" : "have no embodied figure");
    }
}
