package io.hfeco2ai.ledger;

import io.hfeco2ai.grid.Grid;
import io.hfeco2ai.ledger.Ledger.Claimed;
import io.hfeco2ai.ledger.Ledger.Entry;
import io.hfeco2ai.ledger.Ledger.Footprint;
import io.hfeco2ai.ledger.Ledger.GroupBy;
import io.hfeco2ai.ledger.Ledger.Line;
import io.hfeco2ai.ledger.Ledger.MarketKey;
import io.hfeco2ai.ledger.Ledger.Question;
import io.hfeco2ai.ledger.months.WholeMonths;
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
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.RowCallbackHandler;
import org.springframework.stereotype.Component;

/** Answers questions with one statement each; every figure is a sum over entries. */
@Component
class LedgerQuery {

    private static final int PAGE = 100;
    private static final long DAY_MS = 86_400_000;

    private static final String SUMMED = ", e.device_kind, e.share_key, e.quality, e.boundary, e.origin, e.factor_id,"
            + " SUM(e.energy_uj), SUM(e.facility_uj), SUM(CASE WHEN e.facility_uj IS NULL THEN 0 ELSE e.energy_uj END),"
            + " SUM(e.location_ug), SUM(e.priced_uj),"
            + " SUM(CASE WHEN e.facility_uj IS NULL THEN e.priced_uj ELSE 0 END),"
            + " SUM(%1$s), SUM(e.expected_ms), SUM(e.observed_ms),"
            + " MAX(%2$s), MAX(CASE WHEN e.synthetic THEN 1 ELSE 0 END),"
            + " MIN(e.%3$s), MAX(e.%4$s),"
            // The latest hour without a price, with a node that it is of.
            + " MAX(CASE WHEN e.factor_id IS NULL THEN CONCAT(e.%4$s, ' ', e.node_id) END), e.market_method, SUM(COALESCE(e.market_ug, e.location_ug)),"
            + " SUM(CASE WHEN e.market_ug IS NULL THEN e.priced_uj ELSE e.energy_uj END),"
            + " SUM(CAST(e.energy_uj AS NUMERIC(38, 0)) * COALESCE(e.certified_ppm, 0)), SUM(e.water_ul),"
            + " SUM(CASE WHEN e.water_ul IS NULL THEN 0 ELSE e.energy_uj END) FROM ";
    private static final String GROUP =
            ", e.device_kind, e.share_key, e.quality, e.boundary, e.origin, e.factor_id," + " e.market_method";
    private static final String ALIKE =
            "e.node_id, r.team_id, e.quality, e.boundary, e.pue, e.factor_id, e.market_method,"
                    + " e.market_factor_id, e.certified_ppm, e.certificate_factor_id, e.method_version";
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
        each(
                jdbc,
                question,
                rows -> "SELECT ''" + rows.sums() + rows.from + rows.where + " GROUP BY " + GROUP.substring(2),
                row -> sum.add(row, question.aboutEverybody()));
        return sum.footprint(RunPower.of(jdbc, question));
    }

    Map<String, Footprint> groups(Question question, GroupBy by) {
        boolean finer = by == GroupBy.HOUR || by == GroupBy.DAY;
        Map<String, FootprintSum> sums = new TreeMap<>();
        each(
                jdbc,
                finer ? List.of(new Statement(question)) : Statement.parts(jdbc, question),
                rows -> {
                    String key = rows.keyColumn(by);
                    return "SELECT " + key + rows.sums() + rows.from + rows.where + " GROUP BY " + key + GROUP;
                },
                row -> sums.computeIfAbsent(name(by, row.getString(1)), ignored -> new FootprintSum(grid))
                        .add(row, question.aboutEverybody()));
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
                TREE.formatted(marks) + "SELECT tree.root_id" + Rows.ENTRIES.sums
                        + "tree JOIN entry e ON e.run_id = tree.run_id"
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
                "SELECT r.experiment_id" + Rows.ENTRIES.sums
                        + "run r JOIN entry e ON e.run_id = r.id WHERE NOT e.synthetic" + " AND r.experiment_id IN ("
                        + marks + ") GROUP BY r.experiment_id" + GROUP,
                (RowCallbackHandler) row ->
                        Objects.requireNonNull(sums.get(row.getString(1))).add(row, false),
                experimentIds.toArray());
        return finished(sums);
    }

    void lines(Question question, Consumer<Line> each) {
        each(
                jdbc,
                question,
                rows -> "SELECT " + ALIKE + ", MAX(" + rows.kind.provisional
                        + "), SUM(e.energy_uj), SUM(e.facility_uj),"
                        + " SUM(e.location_ug), SUM(COALESCE(e.market_ug, e.location_ug)), SUM(e.water_ul),"
                        + " SUM(e.expected_ms), SUM(e.observed_ms), SUM(" + rows.kind.entries + ") FROM " + rows.from
                        + rows.where + " GROUP BY " + ALIKE,
                row -> each.accept(line(row)));
    }

    /** One statement, so that what is posted or summed meanwhile is in exactly one of its parts. */
    static void each(
            JdbcTemplate jdbc, Question question, Function<Statement, String> select, RowCallbackHandler reader) {
        each(jdbc, Statement.parts(jdbc, question), select, reader);
    }

    private static void each(
            JdbcTemplate jdbc, List<Statement> parts, Function<Statement, String> select, RowCallbackHandler reader) {
        String with = parts.get(0).with;
        Object[] arguments =
                parts.stream().flatMap(part -> part.arguments.stream()).toArray();
        jdbc.query(with + parts.stream().map(select).collect(Collectors.joining(" UNION ALL ")), reader, arguments);
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
                row.getInt(12) == 1,
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

    /** Where sums are read from, and what differs between the two. */
    enum Rows {
        ENTRIES(
                "entry e",
                "CAST(e.energy_uj AS NUMERIC(38, 0)) * e.uncertainty_ppm",
                "CAST(e.location_ug AS NUMERIC(38, 0)) * e.uncertainty_ppm",
                "CASE WHEN e.state = 'PROVISIONAL' THEN 1 ELSE 0 END",
                "1",
                "hour_ms",
                "hour_ms"),
        /** The links of each month that its sums do not hold yet. */
        LATER(
                "entry_month m JOIN entry e ON e.node_id = m.node_id AND e.chain_month = m.chain_month"
                        + " AND e.chain_no > m.summed_no",
                ENTRIES.energyPpm,
                ENTRIES.locationPpm,
                "0",
                "1",
                "hour_ms",
                "hour_ms"),
        SUMS("entry_month_sum e", "e.energy_ppm", "e.location_ppm", "0", "e.entries", "first_hour_ms", "last_hour_ms");

        final String table;
        final String energyPpm;
        final String locationPpm;
        final String provisional;
        final String entries;
        final String firstHour;
        final String sums;

        Rows(
                String table,
                String energyPpm,
                String locationPpm,
                String provisional,
                String entries,
                String firstHour,
                String lastHour) {
            this.table = table;
            this.energyPpm = energyPpm;
            this.locationPpm = locationPpm;
            this.provisional = provisional;
            this.entries = entries;
            this.firstHour = firstHour;
            this.sums = SUMMED.formatted(energyPpm, provisional, firstHour, lastHour);
        }
    }

    /** Tables, conditions and arguments of a question. */
    static final class Statement {
        final String with;
        final String from;
        final StringBuilder where = new StringBuilder(" WHERE 1 = 1");
        final Rows kind;
        private final List<Object> arguments = new ArrayList<>();

        /** All that the question is about, entry by entry. */
        Statement(Question question) {
            this(question, Rows.ENTRIES);
            and("e.hour_ms >=", question.fromMs());
            and("e.hour_ms <", question.toMs());
        }

        private Statement(Question question, Rows kind) {
            this.kind = kind;
            if (question.runId() != null) {
                with = TREE.formatted("?");
                from = "tree JOIN entry e ON e.run_id = tree.run_id JOIN run r ON r.id = e.run_id"
                        + " JOIN experiment x ON x.id = r.experiment_id";
                arguments.add(question.runId());
            } else {
                String join = question.aboutEverybody() ? " LEFT JOIN " : " JOIN ";
                with = "";
                from = kind.table + join + "run r ON r.id = e.run_id" + join + "experiment x ON x.id = r.experiment_id";
            }
            among(question.teamIds());
            and("x.project_id =", question.projectId());
            and("r.experiment_id =", question.experimentId());
            and("e.node_id =", question.nodeId());
            if (!question.synthetic()) {
                where.append(" AND NOT e.synthetic");
            }
        }

        /** The same where everything is summed up: whole months by their sums, and what these do not hold. */
        static List<Statement> parts(JdbcTemplate jdbc, Question question) {
            boolean narrow = question.runId() != null || question.experimentId() != null || question.nodeId() != null;
            WholeMonths months = narrow ? null : WholeMonths.within(question.fromMs(), question.toMs());
            if (months == null) {
                return List.of(new Statement(question));
            }
            List<Statement> parts = new ArrayList<>();
            Long untilMs = question.fromMs();
            for (WholeMonths summed : months.summed(jdbc)) {
                if (!Objects.equals(untilMs, summed.startMs())) {
                    parts.add(new Statement(question.between(untilMs, summed.startMs())));
                }
                parts.add(new Statement(question, Rows.SUMS).in(summed, "e"));
                parts.add(new Statement(question, Rows.LATER).in(summed, "m"));
                parts.add(new Statement(question.between(summed.startMs(), summed.endMs())).open());
                untilMs = summed.endMs();
            }
            if (parts.isEmpty() || !Objects.equals(untilMs, question.toMs())) {
                parts.add(new Statement(question.between(untilMs, question.toMs())));
            }
            return parts;
        }

        private Statement open() {
            where.append(" AND e.state = 'PROVISIONAL'");
            return this;
        }

        private Statement in(WholeMonths months, String alias) {
            and(alias + ".chain_month >=", months.first());
            and(alias + ".chain_month <", months.after());
            return this;
        }

        String sums() {
            return kind.sums;
        }

        private String keyColumn(GroupBy by) {
            return switch (by) {
                case HOUR -> "e.hour_ms";
                case DAY, MONTH -> "e." + kind.firstHour + " / " + DAY_MS;
                case TEAM -> "r.team_id";
                case PROJECT -> "x.project_id";
                case EXPERIMENT -> "r.experiment_id";
                case RUN -> "e.run_id";
                case NODE -> "e.node_id";
                case DEVICE_KIND -> "e.device_kind";
            };
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

        void and(String condition, @Nullable Object value) {
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
