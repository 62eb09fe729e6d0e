package io.hfeco2ai.edge.mlflow;

import io.hfeco2ai.edge.mlflow.search.Condition;
import io.hfeco2ai.edge.mlflow.search.Condition.Field;
import io.hfeco2ai.edge.mlflow.search.Condition.Kind;
import io.hfeco2ai.edge.mlflow.search.Condition.Order;
import io.hfeco2ai.edge.mlflow.search.FilterParser;
import io.hfeco2ai.edge.mlflow.search.Grammar;
import io.hfeco2ai.edge.mlflow.search.PageToken;
import io.hfeco2ai.edge.mlflow.search.Paged;
import io.hfeco2ai.edge.mlflow.search.View;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Searches runs by MLflow's filter, as one statement. Nothing of the filter but its numbers of parameters gets into it. */
@Repository
class RunSearch {

    private static final String ARTIFACT_URI =
            "COALESCE(x.artifact_location, 'mlflow-artifacts:/' || CAST(x.number AS VARCHAR(20))) || '/' || r.id"
                    + " || '/artifacts'";
    private static final long FIRST_YEAR_MS =
            Instant.parse("0001-01-01T00:00:00Z").toEpochMilli();
    private static final long LAST_YEAR_MS =
            Instant.parse("9999-12-31T00:00:00Z").toEpochMilli();

    private final JdbcClient jdbc;

    RunSearch(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    Paged<RunStore.Row> search(
            String teamId, List<Long> experiments, String filter, List<String> orderBy, View view, PageToken page) {
        List<Condition> conditions = FilterParser.conditions(Grammar.RUNS, filter);
        List<Order> orders = orderBy.stream()
                .map(each -> FilterParser.order(Grammar.RUNS, each))
                .toList();
        if (experiments.isEmpty()) {
            return new Paged<>(List.of(), null);
        }
        Map<String, Object> params = new LinkedHashMap<>(Map.of("team", teamId, "experiments", experiments));
        StringBuilder joins = new StringBuilder();
        StringBuilder by = new StringBuilder(" ORDER BY ");
        for (Order order : orders) {
            by.append(order(order, joins, params)).append(", ");
        }
        StringBuilder where = new StringBuilder(" WHERE r.team_id = :team AND x.number IN (:experiments) AND ")
                .append(view.sql("m.lifecycle"));
        conditions.forEach(each -> where.append(" AND ").append(where(each, params)));
        String sql = RunStore.SELECT + RunStore.FROM + joins + where + by + "r.started_at DESC, r.id"
                + " LIMIT :size OFFSET :skip";
        params.put("size", page.size() + 1);
        params.put("skip", page.skip());
        return Paged.of(jdbc.sql(sql).params(params).query(RunStore::row).list(), page);
    }

    private static String where(Condition condition, Map<String, Object> params) {
        Field field = condition.field();
        if (field.kind() == Kind.ATTRIBUTE) {
            return attribute(condition, params);
        }
        String key = param(params, field.key());
        return switch (field.kind()) {
            case METRIC ->
                "EXISTS (SELECT 1 FROM metric_last f WHERE f.run_id = r.id AND f.name = " + key + " AND "
                        + metric(condition, params) + ")";
            case PARAM -> entry("run_param", key, condition, params);
            case TAG -> entry("run_tag", key, condition, params);
            default -> dataset(condition, params);
        };
    }

    /** Of what is not a number only "is another" is true; both databases would hold it for the largest. */
    private static String metric(Condition condition, Map<String, Object> params) {
        String compared = "f.amount " + sign(condition) + " " + param(params, condition.number());
        return condition.operator().equals("!=")
                ? compared
                : compared + " AND f.amount <> " + param(params, Double.NaN);
    }

    private static String entry(String table, String key, Condition condition, Map<String, Object> params) {
        String there = "EXISTS (SELECT 1 FROM " + table + " f WHERE f.run_id = r.id AND f.name = " + key;
        return switch (condition.operator()) {
            case "IS NULL" -> "NOT " + there + ")";
            case "IS NOT NULL" -> there + ")";
            default -> there + " AND " + text("f.content", condition, params) + ")";
        };
    }

    private static String dataset(Condition condition, Map<String, Object> params) {
        if (condition.field().key().equals("context")) {
            return "EXISTS (SELECT 1 FROM mlflow_input_tag f WHERE f.run_id = r.id AND f.name = 'mlflow.data.context' AND "
                    + text("f.content", condition, params) + ")";
        }
        String column = condition.field().key().equals("name") ? "d.name" : "d.digest";
        return "EXISTS (SELECT 1 FROM mlflow_input f JOIN mlflow_dataset d ON d.id = f.dataset_id WHERE f.run_id = r.id"
                + " AND " + text(column, condition, params) + ")";
    }

    private static String attribute(Condition condition, Map<String, Object> params) {
        String column = column(condition.field().key());
        if (Grammar.RUNS.isNumber(condition.field())) {
            return column + " " + sign(condition) + " " + param(params, time(condition.number()));
        }
        return text(column, condition, params);
    }

    private static OffsetDateTime time(double epochMs) {
        long within = (long) Math.min(LAST_YEAR_MS, Math.max(FIRST_YEAR_MS, epochMs));
        return Instant.ofEpochMilli(within).atOffset(ZoneOffset.UTC);
    }

    private static String column(String attribute) {
        return switch (attribute) {
            case "run_id" -> "r.id";
            case "run_name" -> "r.name";
            case "user_id" -> "COALESCE(m.user_id, '')";
            case "status" -> "r.status";
            case "start_time" -> "r.started_at";
            case "end_time" -> "r.ended_at";
            default -> ARTIFACT_URI;
        };
    }

    private static String text(String column, Condition condition, Map<String, Object> params) {
        return switch (condition.operator()) {
            case "LIKE" -> column + " LIKE " + param(params, pattern(condition.text())) + " ESCAPE '!'";
            case "ILIKE" ->
                "LOWER(" + column + ") LIKE "
                        + param(params, pattern(condition.text().toLowerCase(Locale.ROOT))) + " ESCAPE '!'";
            case "IN" -> column + " IN (" + param(params, condition.texts()) + ")";
            case "NOT IN" -> column + " NOT IN (" + param(params, condition.texts()) + ")";
            default -> column + " " + sign(condition) + " " + param(params, condition.text());
        };
    }

    private static String pattern(String like) {
        return like.replace("!", "!!");
    }

    /** The parser lets only the six signs through; they are written here all the same, not copied. */
    private static String sign(Condition condition) {
        return switch (condition.operator()) {
            case "=" -> "=";
            case "!=" -> "<>";
            case "<" -> "<";
            case "<=" -> "<=";
            case ">" -> ">";
            default -> ">=";
        };
    }

    /** What has no such metric, param or tag comes last, whichever the direction; before it what is not a number. */
    private static String order(Order order, StringBuilder joins, Map<String, Object> params) {
        String direction = order.descending() ? " DESC" : " ASC";
        String column = column(order.field(), joins, params);
        String nan = order.field().kind() == Kind.METRIC
                ? " WHEN " + column + " = " + param(params, Double.NaN) + " THEN 1"
                : "";
        return "CASE WHEN " + column + " IS NULL THEN 2" + nan + " ELSE 0 END, " + column + direction;
    }

    private static String column(Field field, StringBuilder joins, Map<String, Object> params) {
        if (field.kind() == Kind.ATTRIBUTE) {
            return column(field.key());
        }
        String alias = "o" + params.size();
        String table = switch (field.kind()) {
            case METRIC -> "metric_last";
            case PARAM -> "run_param";
            default -> "run_tag";
        };
        joins.append(" LEFT JOIN " + table + " " + alias + " ON " + alias + ".run_id = r.id AND " + alias + ".name = "
                + param(params, field.key()));
        return alias + (field.kind() == Kind.METRIC ? ".amount" : ".content");
    }

    private static String param(Map<String, Object> params, Object content) {
        String name = "p" + params.size();
        params.put(name, content);
        return ":" + name;
    }
}
