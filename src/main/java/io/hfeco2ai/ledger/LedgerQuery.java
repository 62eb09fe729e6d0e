package io.hfeco2ai.ledger;

import io.hfeco2ai.grid.Grid;
import io.hfeco2ai.ledger.Ledger.Claimed;
import io.hfeco2ai.ledger.Ledger.Entry;
import io.hfeco2ai.ledger.Ledger.Footprint;
import io.hfeco2ai.ledger.Ledger.GroupBy;
import io.hfeco2ai.ledger.Ledger.Line;
import io.hfeco2ai.ledger.Ledger.MarketKey;
import io.hfeco2ai.ledger.Ledger.Question;
import io.hfeco2ai.units.Boundary;
import io.hfeco2ai.units.Quality;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.RowCallbackHandler;
import org.springframework.stereotype.Component;

/** Answers questions with one statement each; every figure is a sum over entries. */
@Component
class LedgerQuery {

    private static final int PAGE = 100;
    private static final long DAY_MS = 86_400_000;

    private static final String SUMS = ", e.device_kind, e.share_key, e.quality, e.boundary, e.origin, e.factor_id,"
            + " SUM(e.energy_uj), SUM(e.facility_uj), SUM(CASE WHEN e.facility_uj IS NULL THEN 0 ELSE e.energy_uj END),"
            + " SUM(e.location_ug), SUM(e.priced_uj),"
            + " SUM(CASE WHEN e.facility_uj IS NULL THEN e.priced_uj ELSE 0 END),"
            + " SUM(CAST(e.energy_uj AS NUMERIC(38, 0)) * e.uncertainty_ppm), SUM(e.expected_ms), SUM(e.observed_ms),"
            + " MAX(CASE WHEN e.state = 'PROVISIONAL' THEN 1 ELSE 0 END), MAX(CASE WHEN e.synthetic THEN 1 ELSE 0 END),"
            + " MIN(e.hour_ms), MAX(e.hour_ms), MIN(e.node_id), e.market_method, SUM(COALESCE(e.market_ug, e.location_ug)),"
            + " SUM(CASE WHEN e.market_ug IS NULL THEN e.priced_uj ELSE e.energy_uj END),"
            + " SUM(CAST(e.energy_uj AS NUMERIC(38, 0)) * COALESCE(e.certified_ppm, 0)), SUM(e.water_ul),"
            + " SUM(CASE WHEN e.water_ul IS NULL THEN 0 ELSE e.energy_uj END) FROM ";
    private static final String GROUP =
            ", e.device_kind, e.share_key, e.quality, e.boundary, e.origin, e.factor_id," + " e.market_method";
    private static final String ALIKE =
            "e.node_id, r.team_id, e.quality, e.boundary, e.pue, e.factor_id, e.market_method,"
                    + " e.market_factor_id, e.certified_ppm, e.certificate_factor_id, e.method_version, e.state";
    /** A run and the runs started inside it, to any depth. */
    static final String TREE = "WITH RECURSIVE tree (root_id, run_id) AS (SELECT id, id FROM run WHERE id IN (%s)"
            + " UNION ALL SELECT tree.root_id, child.id FROM tree JOIN run child ON child.parent_id = tree.run_id) ";

    private final JdbcTemplate jdbc;
    private final Grid grid;

    LedgerQuery(JdbcTemplate jdbc, Grid grid) {
        this.jdbc = jdbc;
        this.grid = grid;
    }

    Footprint footprint(Question question) {
        FootprintSum sum = new FootprintSum(grid);
        Statement statement = new Statement(question);
        String sql = statement.with + "SELECT ''" + SUMS + statement.from + statement.where + " GROUP BY "
                + GROUP.substring(2);
        RowCallbackHandler adding = row -> sum.add(row, question.aboutEverybody());
        jdbc.query(sql, adding, statement.arguments());
        return sum.footprint(RunPower.of(jdbc, question));
    }

    Map<String, Footprint> groups(Question question, GroupBy by) {
        Statement statement = new Statement(question);
        String key = keyColumn(by);
        Map<String, FootprintSum> sums = new TreeMap<>();
        jdbc.query(
                statement.with + "SELECT " + key + SUMS + statement.from + statement.where + " GROUP BY " + key + GROUP,
                row -> {
                    sums.computeIfAbsent(name(by, row.getString(1)), ignored -> new FootprintSum(grid))
                            .add(row, question.aboutEverybody());
                },
                statement.arguments());
        return finished(sums);
    }

    Map<String, Footprint> ofRuns(Collection<String> runIds) {
        if (runIds.isEmpty()) {
            return Map.of();
        }
        String marks = String.join(", ", Collections.nCopies(runIds.size(), "?"));
        Map<String, FootprintSum> sums = new LinkedHashMap<>();
        runIds.forEach(id -> sums.put(id, new FootprintSum(grid)));
        jdbc.query(
                TREE.formatted(marks) + "SELECT tree.root_id" + SUMS + "tree JOIN entry e ON e.run_id = tree.run_id"
                        + " JOIN run root ON root.id = tree.root_id WHERE (NOT e.synthetic OR root.synthetic)"
                        + " GROUP BY tree.root_id" + GROUP,
                (RowCallbackHandler) row ->
                        Objects.requireNonNull(sums.get(row.getString(1))).add(row, false),
                runIds.toArray());
        return finished(sums);
    }

    Map<String, Footprint> ofExperiments(Collection<String> experimentIds) {
        if (experimentIds.isEmpty()) {
            return Map.of();
        }
        String marks = String.join(", ", Collections.nCopies(experimentIds.size(), "?"));
        Map<String, FootprintSum> sums = new LinkedHashMap<>();
        experimentIds.forEach(id -> sums.put(id, new FootprintSum(grid)));
        jdbc.query(
                "SELECT r.experiment_id" + SUMS + "run r JOIN entry e ON e.run_id = r.id WHERE NOT e.synthetic"
                        + " AND r.experiment_id IN (" + marks + ") GROUP BY r.experiment_id" + GROUP,
                (RowCallbackHandler) row ->
                        Objects.requireNonNull(sums.get(row.getString(1))).add(row, false),
                experimentIds.toArray());
        return finished(sums);
    }

    void lines(Question question, Consumer<Line> each) {
        Statement statement = new Statement(question);
        jdbc.query(
                statement.with + "SELECT " + ALIKE + ", SUM(e.energy_uj), SUM(e.facility_uj), SUM(e.location_ug),"
                        + " SUM(COALESCE(e.market_ug, e.location_ug)), SUM(e.water_ul), SUM(e.expected_ms),"
                        + " SUM(e.observed_ms), COUNT(*) FROM " + statement.from + statement.where + " GROUP BY "
                        + ALIKE,
                (RowCallbackHandler) row -> each.accept(line(row)),
                statement.arguments());
    }

    private static Line line(ResultSet row) throws SQLException {
        String team = row.getString(2);
        String method = row.getString(7);
        return new Line(
                row.getString(1),
                team == null ? "" : team,
                Quality.valueOf(row.getString(3)),
                Boundary.valueOf(row.getString(4)),
                row.getBigDecimal(5),
                row.getString(6),
                method == null
                        ? null
                        : new MarketKey(
                                Grid.MarketMethod.valueOf(method), row.getString(8), row.getInt(9), row.getString(10)),
                row.getString(11),
                row.getString(12).equals(Ledger.State.PROVISIONAL.name()),
                row.getBigDecimal(13),
                row.getBigDecimal(14),
                row.getBigDecimal(15),
                row.getBigDecimal(16),
                row.getBigDecimal(17),
                row.getLong(18),
                row.getLong(19),
                row.getLong(20));
    }

    List<Entry> entries(Question question, int page) {
        Statement statement = new Statement(question);
        String columns = "e." + EntryStore.COLUMNS.replace(", ", ", e.");
        return jdbc.query(
                statement.with + "SELECT " + columns + " FROM " + statement.from + statement.where
                        + " ORDER BY e.hour_ms DESC, e.id LIMIT " + PAGE + " OFFSET " + (long) PAGE * Math.max(0, page),
                EntryStore::entry,
                statement.arguments());
    }

    List<Claimed> entriesAfter(Question question, long afterId, int most) {
        Statement statement = new Statement(question);
        statement.and("e.id >", afterId);
        String columns = "e." + EntryStore.COLUMNS.replace(", ", ", e.");
        int after = EntryStore.COLUMNS.split(",").length;
        return jdbc.query(
                statement.with + "SELECT " + columns + ", COALESCE(r.team_id, ''), COALESCE(x.project_id, '') FROM "
                        + statement.from + statement.where + " ORDER BY e.id LIMIT " + most,
                (row, number) ->
                        new Claimed(EntryStore.entry(row, number), row.getString(after + 1), row.getString(after + 2)),
                statement.arguments());
    }

    private static Map<String, Footprint> finished(Map<String, FootprintSum> sums) {
        Map<String, Footprint> footprints = new LinkedHashMap<>();
        sums.forEach((key, sum) -> footprints.put(key, sum.footprint(RunPower.NONE)));
        return footprints;
    }

    private static String keyColumn(GroupBy by) {
        return switch (by) {
            case HOUR -> "e.hour_ms";
            case DAY, MONTH -> "e.hour_ms / " + DAY_MS;
            case TEAM -> "r.team_id";
            case PROJECT -> "x.project_id";
            case EXPERIMENT -> "r.experiment_id";
            case RUN -> "e.run_id";
            case NODE -> "e.node_id";
            case DEVICE_KIND -> "e.device_kind";
        };
    }

    private static String name(GroupBy by, @Nullable String key) {
        if (key == null) {
            return "";
        }
        return switch (by) {
            case HOUR -> Instant.ofEpochMilli(Long.parseLong(key)).toString();
            case DAY -> day(key).substring(0, 10);
            case MONTH -> day(key).substring(0, 7);
            default -> key;
        };
    }

    private static String day(String number) {
        return Instant.ofEpochMilli(Long.parseLong(number) * DAY_MS).toString();
    }

    /** Tables, conditions and arguments of a question. */
    static final class Statement {
        final String with;
        final String from;
        final StringBuilder where = new StringBuilder(" WHERE 1 = 1");
        private final List<Object> arguments = new ArrayList<>();

        Statement(Question question) {
            if (question.runId() != null) {
                with = TREE.formatted("?");
                from = "tree JOIN entry e ON e.run_id = tree.run_id JOIN run r ON r.id = e.run_id"
                        + " JOIN experiment x ON x.id = r.experiment_id";
                arguments.add(question.runId());
            } else {
                String join = question.aboutEverybody() ? " LEFT JOIN " : " JOIN ";
                with = "";
                from = "entry e" + join + "run r ON r.id = e.run_id" + join + "experiment x ON x.id = r.experiment_id";
            }
            among(question.teamIds());
            and("x.project_id =", question.projectId());
            and("r.experiment_id =", question.experimentId());
            and("e.node_id =", question.nodeId());
            and("e.hour_ms >=", question.fromMs());
            and("e.hour_ms <", question.toMs());
            if (!question.synthetic()) {
                where.append(" AND NOT e.synthetic");
            }
        }

        private void among(@Nullable Set<String> teamIds) {
            if (teamIds != null && teamIds.isEmpty()) {
                where.append(" AND 1 = 0");
            } else if (teamIds != null) {
                where.append(" AND r.team_id IN (")
                        .append(String.join(", ", Collections.nCopies(teamIds.size(), "?")))
                        .append(')');
                arguments.addAll(teamIds);
            }
        }

        private void and(String condition, @Nullable Object value) {
            if (value != null) {
                where.append(" AND ").append(condition).append(" ?");
                arguments.add(value);
            }
        }

        Object[] arguments() {
            return arguments.toArray();
        }
    }
}
