package io.hfeco2ai.ledger.embodied;

import static io.hfeco2ai.ledger.embodied.NodeLife.HOUR_MS;

import io.hfeco2ai.ledger.Ledger.Question;
import io.hfeco2ai.ledger.embodied.Embodied.Known;
import io.hfeco2ai.ledger.embodied.Embodied.NodeName;
import io.hfeco2ai.ledger.embodied.Embodied.Share;
import io.hfeco2ai.units.CarbonMass;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.RowMapper;
import org.springframework.stereotype.Component;

/**
 * Shares embodied carbon out by the device-time that the entries say was reserved. Each hour is divided among all its runs,
 * whoever is asked for, so that a run's share is the same from every side.
 */
@Component
class ReservedTime {

    private static final RowMapper<NodeName> NODE = (row, number) -> new NodeName(row.getString(1), row.getString(2));

    private final JdbcTemplate jdbc;
    private final Clock clock;

    ReservedTime(JdbcTemplate jdbc, Clock clock) {
        this.jdbc = jdbc;
        this.clock = clock;
    }

    Share share(Question question, Map<String, Known> known) {
        AskedHours asked = new AskedHours(question);
        List<NodeName> nodes = asked.everybody
                ? nodes(question.nodeId(), question.synthetic())
                : jdbc.query(asked.nodes(), NODE, asked.nodesArguments());
        Map<String, NodeLife> lives = lives(nodes, known);
        SharesSum sum = sum(asked, lives);
        SortedMap<String, CarbonMass> byRun = new TreeMap<>();
        sum.byRun.forEach((run, ug) -> byRun.put(run, CarbonMass.ofMicrograms(ug)));
        long unreservedUg = asked.everybody ? whole(question, lives) - sum.total() : 0;
        return new Share(
                byRun,
                CarbonMass.ofMicrograms(unreservedUg),
                nodes.size(),
                nodes.stream().filter(node -> !lives.containsKey(node.id())).toList());
    }

    private static Map<String, NodeLife> lives(List<NodeName> nodes, Map<String, Known> known) {
        Map<String, NodeLife> lives = new TreeMap<>();
        for (NodeName node : nodes) {
            Known one = known.get(node.id());
            if (one != null) {
                lives.put(node.id(), one.life());
            }
        }
        return lives;
    }

    private SharesSum sum(AskedHours asked, Map<String, NodeLife> lives) {
        Set<String> runs = asked.everybody
                ? null
                : new HashSet<>(jdbc.queryForList(asked.runs(), String.class, asked.runsArguments()));
        SharesSum sum = new SharesSum(lives, runs);
        if (!lives.isEmpty()) {
            jdbc.query(asked.hours(), sum, asked.hoursArguments());
            sum.endHour();
        }
        return sum;
    }

    /** @param nodeId null: all */
    List<NodeName> nodes(@Nullable String nodeId, boolean synthetic) {
        List<Object> arguments = new ArrayList<>();
        String where = synthetic ? " WHERE 1 = 1" : " WHERE NOT synthetic";
        if (nodeId != null) {
            where += " AND id = ?";
            arguments.add(nodeId);
        }
        return jdbc.query("SELECT id, name FROM node" + where + " ORDER BY name, id", NODE, arguments.toArray());
    }

    /** Of all those nodes' hours in the span that have begun. */
    private long whole(Question question, Map<String, NodeLife> lives) {
        long fromMs = question.fromMs() == null ? 0 : question.fromMs();
        long begunMs = Math.floorDiv(clock.millis(), HOUR_MS) * HOUR_MS + HOUR_MS;
        long toMs = question.toMs() == null ? begunMs : Math.min(begunMs, question.toMs());
        return lives.values().stream()
                .mapToLong(life -> life.between(fromMs, toMs))
                .reduce(0, Math::addExact);
    }
}
