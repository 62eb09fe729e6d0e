package io.hfeco2ai.edge.mlflow;

import io.hfeco2ai.edge.mlflow.ExperimentStore.Row;
import io.hfeco2ai.edge.mlflow.search.Condition;
import io.hfeco2ai.edge.mlflow.search.Condition.Kind;
import io.hfeco2ai.edge.mlflow.search.Condition.Order;
import io.hfeco2ai.edge.mlflow.search.FilterParser;
import io.hfeco2ai.edge.mlflow.search.Grammar;
import io.hfeco2ai.edge.mlflow.search.PageToken;
import io.hfeco2ai.edge.mlflow.search.Paged;
import io.hfeco2ai.edge.mlflow.search.View;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Searches a team's experiments; there are few, so they are compared here, by the names MLflow knows them by. */
@Repository
class ExperimentSearch {

    private static final Comparator<Row> LAST_CHANGED_FIRST = Comparator.comparingLong(Row::updatedMs)
            .thenComparingLong(Row::number)
            .reversed();

    private final JdbcClient jdbc;
    private final ExperimentStore store;

    ExperimentSearch(JdbcClient jdbc, ExperimentStore store) {
        this.jdbc = jdbc;
        this.store = store;
    }

    Paged<Row> search(String teamId, String filter, List<String> orderBy, View view, PageToken page) {
        List<Condition> conditions = FilterParser.conditions(Grammar.EXPERIMENTS, filter);
        Comparator<Row> order = order(orderBy);
        List<Row> all = jdbc.sql(ExperimentStore.SELECT + " WHERE x.team_id = ? AND " + view.sql("x.lifecycle"))
                .param(teamId)
                .query(ExperimentStore::row)
                .list();
        boolean byTag = conditions.stream().anyMatch(each -> each.field().kind() == Kind.TAG);
        Map<String, Map<String, String>> tags =
                byTag ? store.tags(all.stream().map(Row::experimentId).toList()) : Map.of();
        return Paged.of(
                all.stream()
                        .filter(row -> conditions.stream()
                                .allMatch(each -> matches(each, row, tags.getOrDefault(row.experimentId(), Map.of()))))
                        .sorted(order)
                        .skip(page.skip())
                        .limit(page.size() + 1L)
                        .toList(),
                page);
    }

    private static boolean matches(Condition condition, Row row, Map<String, String> tags) {
        String key = condition.field().key();
        if (condition.field().kind() == Kind.TAG) {
            return condition.matches(tags.get(key));
        }
        return switch (key) {
            case "name" -> condition.matches(row.name().text());
            case "experiment_id" -> condition.matches(String.valueOf(row.number()));
            case "creation_time" -> condition.matches((double) row.createdMs());
            default -> condition.matches((double) row.updatedMs());
        };
    }

    private static Comparator<Row> order(List<String> orderBy) {
        Comparator<Row> order = null;
        for (String each : orderBy) {
            Order wanted = FilterParser.order(Grammar.EXPERIMENTS, each);
            if (wanted.field().kind() != Kind.ATTRIBUTE) {
                throw MlflowError.invalid(
                        "Invalid order_by clause '" + each + "': experiments are ordered by attributes.");
            }
            Comparator<Row> next = by(wanted.field().key());
            next = wanted.descending() ? next.reversed() : next;
            order = order == null ? next : order.thenComparing(next);
        }
        return order == null ? LAST_CHANGED_FIRST : order.thenComparing(LAST_CHANGED_FIRST);
    }

    private static Comparator<Row> by(String key) {
        return switch (key) {
            case "name" -> Comparator.comparing(row -> row.name().text());
            case "experiment_id" -> Comparator.comparingLong(Row::number);
            case "creation_time" -> Comparator.comparingLong(Row::createdMs);
            default -> Comparator.comparingLong(Row::updatedMs);
        };
    }
}
