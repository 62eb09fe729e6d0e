package io.hfeco2ai.ledger.embodied;

import io.hfeco2ai.ledger.Ledger.Question;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Statements for the runs of a question, and for all entries of the nodes' hours in which those runs have some. */
final class AskedHours {

    private static final String TREE = "WITH RECURSIVE tree (run_id) AS (SELECT id FROM run WHERE id = ? UNION ALL"
            + " SELECT child.id FROM tree JOIN run child ON child.parent_id = tree.run_id) ";

    /** No team, project, experiment or run is asked for, so all runs and what nobody reserved are. */
    final boolean everybody;

    private final String with;
    private final String from;
    private final StringBuilder where = new StringBuilder(" WHERE 1 = 1");
    private final StringBuilder span = new StringBuilder();
    private final List<Object> runArguments = new ArrayList<>();
    private final List<Object> spanArguments = new ArrayList<>();

    AskedHours(Question question) {
        everybody = question.teamIds() == null
                && question.projectId() == null
                && question.experimentId() == null
                && question.runId() == null;
        String runId = question.runId();
        with = runId == null ? "" : TREE;
        from = (runId == null ? "run r" : "tree JOIN run r ON r.id = tree.run_id")
                + " JOIN experiment x ON x.id = r.experiment_id";
        if (runId != null) {
            runArguments.add(runId);
        }
        among(question.teamIds());
        and(where, runArguments, "x.project_id =", question.projectId());
        and(where, runArguments, "r.experiment_id =", question.experimentId());
        and(span, spanArguments, "e.node_id =", question.nodeId());
        and(span, spanArguments, "e.hour_ms >=", question.fromMs());
        and(span, spanArguments, "e.hour_ms <", question.toMs());
        if (!question.synthetic()) {
            span.append(" AND NOT e.synthetic");
        }
    }

    private void among(@Nullable Set<String> teamIds) {
        if (teamIds != null && teamIds.isEmpty()) {
            where.append(" AND 1 = 0");
        } else if (teamIds != null) {
            where.append(" AND r.team_id IN (")
                    .append(String.join(", ", Collections.nCopies(teamIds.size(), "?")))
                    .append(')');
            runArguments.addAll(teamIds);
        }
    }

    private static void and(StringBuilder to, List<Object> arguments, String condition, @Nullable Object value) {
        if (value != null) {
            to.append(" AND ").append(condition).append(" ?");
            arguments.add(value);
        }
    }

    String runs() {
        return with + "SELECT r.id FROM " + from + where;
    }

    Object[] runsArguments() {
        return runArguments.toArray();
    }

    /** Id and name of the nodes on which those runs have entries. */
    String nodes() {
        return with + "SELECT DISTINCT n.id, n.name FROM " + from + " JOIN entry e ON e.run_id = r.id"
                + " JOIN node n ON n.id = e.node_id" + where + span + " ORDER BY n.name, n.id";
    }

    Object[] nodesArguments() {
        List<Object> arguments = new ArrayList<>(runArguments);
        arguments.addAll(spanArguments);
        return arguments.toArray();
    }

    /** Node, hour, run and its reserved milliseconds, of nodes with a figure. */
    String hours() {
        String hours = everybody
                ? ""
                : " JOIN (SELECT DISTINCT e.node_id, e.hour_ms FROM " + from + " JOIN entry e ON e.run_id = r.id"
                        + where + span + ") h ON h.node_id = e.node_id AND h.hour_ms = e.hour_ms";
        return (everybody ? "" : with) + "SELECT e.node_id, e.hour_ms, e.run_id, SUM(e.expected_ms) FROM entry e"
                + " JOIN node_embodied b ON b.node_id = e.node_id" + hours + " WHERE 1 = 1" + span
                + " GROUP BY e.node_id, e.hour_ms, e.run_id ORDER BY e.node_id, e.hour_ms, e.run_id";
    }

    Object[] hoursArguments() {
        List<Object> arguments = new ArrayList<>();
        if (!everybody) {
            arguments.addAll(List.of(nodesArguments()));
        }
        arguments.addAll(spanArguments);
        return arguments.toArray();
    }
}
