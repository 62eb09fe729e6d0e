package io.hfeco2ai.ledger.months;

import io.hfeco2ai.ledger.months.MonthSum.Parts;
import java.time.Clock;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Sums the posted entries of each node and UTC month, up to a link of their chain. A chain only grows, so such a sum is never
 * wrong, at most behind; whoever asks adds the links after it ({@code LedgerQuery}).
 */
@Component
public class MonthSums {

    /** So many links of a month that still runs are worth summing: about a day of an ordinary node. */
    private static final int WORTH_LINKS = 200;
    /** What is summed at once, for the memory it takes: 25 MB, 100 MB where each entry has a run of its own. */
    private static final int MOST_LINKS = 250_000;

    private static final int MOST_QUEUED = 20_000;
    private static final long LOOK_EVERY_MS = 600_000;
    private static final long HOUR_MS = 3_600_000;
    private static final int HOURS_AT_ONCE = 24;
    private static final String OF_CHAIN = " WHERE node_id = ? AND chain_month = ?";

    /**
     * @param summedNo the last link that is in the sums; 0: none
     * @param lastNo the last link there is
     */
    private record Chain(String nodeId, String month, long summedNo, long lastNo) {}

    private final JdbcTemplate jdbc;
    private final TransactionTemplate transaction;
    private final Clock clock;
    /** By month and node. */
    private final Deque<Chain> due = new ArrayDeque<>();

    private long lookAtMs = Long.MIN_VALUE;

    MonthSums(JdbcTemplate jdbc, PlatformTransactionManager transactions, Clock clock) {
        this.jdbc = jdbc;
        this.transaction = new TransactionTemplate(transactions);
        this.clock = clock;
    }

    /** In the transaction that posts the first entries of that month. */
    public void begin(String nodeId, String month) {
        List<Integer> there = jdbc.queryForList("SELECT 1 FROM entry_month" + OF_CHAIN, Integer.class, nodeId, month);
        if (there.isEmpty()) {
            jdbc.update("INSERT INTO entry_month (node_id, chain_month, summed_no) VALUES (?, ?, 0)", nodeId, month);
        }
    }

    /** Sums some of what is due; from one thread at a time. */
    public void bite() {
        if (due.isEmpty() && clock.millis() >= lookAtMs) {
            due.addAll(look());
            lookAtMs = clock.millis() + (due.size() == MOST_QUEUED ? 0 : LOOK_EVERY_MS);
        }
        Map<String, Chain> chains = new TreeMap<>();
        String month = "";
        long links = 0;
        while (!due.isEmpty() && (chains.isEmpty() || due.element().month().equals(month) && links < MOST_LINKS)) {
            Chain chain = due.remove();
            month = chain.month();
            links += chain.lastNo() - chain.summedNo();
            chains.put(chain.nodeId(), chain);
        }
        if (!chains.isEmpty()) {
            Map<String, Map<List<@Nullable Object>, MonthSum>> sums = later(YearMonth.parse(month), chains);
            chains.values().forEach(chain -> keep(chain, sums.getOrDefault(chain.nodeId(), Map.of())));
        }
    }

    /** How the sums of that chain differ from its entries, which no booking can make them; empty: they do not. */
    public List<String> problems(String nodeId, String month) {
        Map<List<@Nullable Object>, MonthSum> kept = new LinkedHashMap<>();
        long[] summed = {0};
        // One statement, so that sums kept meanwhile are of the number that stands beside them.
        jdbc.query(
                "SELECT " + MonthSum.COLUMNS + ", m.summed_no, s.sum_no FROM entry_month m LEFT JOIN entry_month_sum s"
                        + " ON s.node_id = m.node_id AND s.chain_month = m.chain_month"
                        + " WHERE m.node_id = ? AND m.chain_month = ?",
                row -> {
                    summed[0] = row.getLong("summed_no");
                    if (row.getObject("sum_no") != null) {
                        add(kept, Parts.ofSum(row));
                    }
                },
                nodeId,
                month);
        long last = summed[0];
        Map<List<@Nullable Object>, MonthSum> made = new LinkedHashMap<>();
        long[] links = {0};
        jdbc.query(
                "SELECT " + MonthSum.OF_ENTRY + " FROM entry" + OF_CHAIN + " AND chain_no <= ?",
                row -> {
                    add(made, Parts.ofEntry(row));
                    links[0]++;
                },
                nodeId,
                month,
                last);
        List<String> problems = new ArrayList<>();
        if (links[0] < last) {
            problems.add("of " + last + " entries that were summed up, " + (last - links[0]) + " are not there");
        }
        if (!texts(kept).equals(texts(made))) {
            problems.add("the entries up to number " + last + " do not come to what they were summed up to");
        }
        return problems;
    }

    private static Set<String> texts(Map<List<@Nullable Object>, MonthSum> sums) {
        return sums.values().stream().map(MonthSum::text).collect(Collectors.toSet());
    }

    private List<Chain> look() {
        String now = YearMonth.from(clock.instant().atOffset(ZoneOffset.UTC)).toString();
        String link = "(SELECT 1 FROM entry e WHERE e.node_id = m.node_id AND e.chain_month = m.chain_month"
                + " AND e.chain_no = m.summed_no + ";
        List<Chain> chains = jdbc.query(
                "SELECT node_id, chain_month, summed_no FROM entry_month m WHERE (m.chain_month < ? AND EXISTS " + link
                        + "1)) OR EXISTS " + link + WORTH_LINKS + ") ORDER BY chain_month, node_id LIMIT "
                        + MOST_QUEUED,
                (row, number) -> new Chain(row.getString(1), row.getString(2), row.getLong(3), 0),
                now);
        return chains.stream().map(this::measured).toList();
    }

    private Chain measured(Chain chain) {
        long last = jdbc.queryForList(
                        "SELECT chain_no FROM entry" + OF_CHAIN + " ORDER BY chain_no DESC LIMIT 1",
                        Long.class,
                        chain.nodeId(),
                        chain.month())
                .get(0);
        return new Chain(chain.nodeId(), chain.month(), chain.summedNo(), last);
    }

    /**
     * By node, what the links between come to. Read hour by hour, as entries lie beside each other on the disk that way; links
     * never change, so nothing that is posted meanwhile is in the way.
     */
    private Map<String, Map<List<@Nullable Object>, MonthSum>> later(YearMonth month, Map<String, Chain> chains) {
        Map<String, Map<List<@Nullable Object>, MonthSum>> sums = new TreeMap<>();
        List<String> nodes = List.copyOf(chains.keySet());
        long end = startMs(month.plusMonths(1));
        for (long from = startMs(month); from < end; from += HOURS_AT_ONCE * HOUR_MS) {
            jdbc.query(
                    "SELECT " + MonthSum.OF_ENTRY + ", node_id, chain_no FROM entry WHERE hour_ms >= ? AND hour_ms < ?"
                            + " AND node_id >= ? AND node_id <= ? AND chain_no IS NOT NULL",
                    row -> {
                        Chain chain = chains.get(row.getString("node_id"));
                        long number = row.getLong("chain_no");
                        if (chain != null && number > chain.summedNo() && number <= chain.lastNo()) {
                            add(
                                    sums.computeIfAbsent(chain.nodeId(), first -> new LinkedHashMap<>()),
                                    Parts.ofEntry(row));
                        }
                    },
                    from,
                    from + HOURS_AT_ONCE * HOUR_MS,
                    nodes.get(0),
                    nodes.get(nodes.size() - 1));
        }
        return sums;
    }

    private void keep(Chain chain, Map<List<@Nullable Object>, MonthSum> sums) {
        transaction.executeWithoutResult(status -> {
            // Two servers on one database may both come here; the second one finds that it is done.
            int mine = jdbc.update(
                    "UPDATE entry_month SET summed_no = ?" + OF_CHAIN + " AND summed_no = ?",
                    chain.lastNo(),
                    chain.nodeId(),
                    chain.month(),
                    chain.summedNo());
            if (mine == 1) {
                jdbc.query(
                        "SELECT " + MonthSum.COLUMNS + " FROM entry_month_sum" + OF_CHAIN,
                        row -> {
                            add(sums, Parts.ofSum(row));
                        },
                        chain.nodeId(),
                        chain.month());
                replace(chain, sums);
            }
        });
    }

    private static void add(Map<List<@Nullable Object>, MonthSum> sums, Parts parts) {
        sums.computeIfAbsent(parts.key, missing -> new MonthSum(parts)).add(parts);
    }

    private static long startMs(YearMonth month) {
        return month.atDay(1).atStartOfDay(ZoneOffset.UTC).toInstant().toEpochMilli();
    }

    private void replace(Chain chain, Map<List<@Nullable Object>, MonthSum> sums) {
        jdbc.update("DELETE FROM entry_month_sum" + OF_CHAIN, chain.nodeId(), chain.month());
        List<Object[]> rows = new ArrayList<>();
        for (MonthSum sum : sums.values()) {
            List<@Nullable Object> row = new ArrayList<>(Arrays.asList(chain.nodeId(), chain.month(), rows.size()));
            row.addAll(sum.columns());
            rows.add(row.toArray());
        }
        int columns = MonthSum.COLUMNS.split(",").length + 3;
        jdbc.batchUpdate(
                "INSERT INTO entry_month_sum (node_id, chain_month, sum_no, " + MonthSum.COLUMNS + ") VALUES ("
                        + "?, ".repeat(columns - 1) + "?)",
                rows);
    }
}
