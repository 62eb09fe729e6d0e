package io.hfeco2ai.ledger;

import io.hfeco2ai.grid.Grid;
import io.hfeco2ai.ledger.Ledger.Amounts;
import io.hfeco2ai.ledger.Ledger.Chains;
import io.hfeco2ai.ledger.Ledger.Entry;
import io.hfeco2ai.ledger.Ledger.Key;
import io.hfeco2ai.ledger.Ledger.Link;
import io.hfeco2ai.ledger.Ledger.MarketKey;
import io.hfeco2ai.ledger.Ledger.State;
import io.hfeco2ai.units.Boundary;
import io.hfeco2ai.units.DeviceKind;
import io.hfeco2ai.units.Quality;
import java.math.BigDecimal;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;

/** The rows of entry. Posted ones are only ever inserted, or turned from provisional to posted once. */
@Component
class EntryStore {

    /** Also the order in which the entries of an hour are posted. */
    static final Comparator<Key> KEY_ORDER = Comparator.comparing(Key::runId)
            .thenComparing(Key::kind)
            .thenComparing(Key::shareKey)
            .thenComparing(Key::quality)
            .thenComparing(Key::boundary)
            .thenComparing(Key::origin)
            .thenComparing(Key::synthetic)
            .thenComparing(Key::pue, Comparator.nullsFirst(Comparator.naturalOrder()))
            .thenComparing(Key::factorId, Comparator.nullsFirst(Comparator.naturalOrder()))
            .thenComparing(Key::uncertaintyPpm)
            .thenComparing(Key::methodVersion)
            .thenComparing(
                    Key::market,
                    Comparator.nullsFirst(Comparator.comparing(MarketKey::method)
                            .thenComparing(MarketKey::factorId)
                            .thenComparing(MarketKey::certifiedPpm)
                            .thenComparing(
                                    MarketKey::certificateFactorId, Comparator.nullsFirst(Comparator.naturalOrder()))))
            .thenComparing(Key::wue, Comparator.nullsFirst(Comparator.naturalOrder()));

    private static final String KEY = "run_id, device_kind, share_key, quality, boundary, origin, synthetic, pue,"
            + " factor_id, uncertainty_ppm, method_version, market_method, market_factor_id, certified_ppm,"
            + " certificate_factor_id, wue";
    static final String COLUMNS = KEY
            + ", energy_uj, facility_uj, location_ug, priced_uj, expected_ms, observed_ms, market_ug, water_ul,"
            + " id, state, node_id, hour_ms, reason, recorded_ms, chain_month, chain_no, prev_hash, hash";

    private static final String SUMMED = KEY + ", SUM(energy_uj), SUM(facility_uj), SUM(location_ug), SUM(priced_uj),"
            + " SUM(expected_ms), SUM(observed_ms), SUM(market_ug), SUM(water_ul)";
    private static final int KEY_COUNT = KEY.split(",").length;
    private static final int COLUMN_COUNT = COLUMNS.split(",").length;

    private final JdbcTemplate jdbc;
    private final Clock clock;
    private final AtomicLong lastId = new AtomicLong(-1);

    EntryStore(JdbcTemplate jdbc, Clock clock) {
        this.jdbc = jdbc;
        this.clock = clock;
    }

    /** Grows with time and is unique even where the clock stands still or goes back. */
    long nextId() {
        if (lastId.get() < 0) {
            Long highest = jdbc.queryForObject("SELECT MAX(id) FROM entry", Long.class);
            lastId.compareAndSet(-1, highest == null ? 0 : highest);
        }
        long byTime = clock.millis() << 20;
        return lastId.updateAndGet(last -> Math.max(last + 1, byTime));
    }

    boolean isPosted(String nodeId, long hourMs) {
        return !jdbc.queryForList(
                        "SELECT 1 FROM entry WHERE node_id = ? AND hour_ms = ? AND state <> 'PROVISIONAL' LIMIT 1",
                        Integer.class,
                        nodeId,
                        hourMs)
                .isEmpty();
    }

    void deleteProvisional(String nodeId, long hourMs) {
        jdbc.update("DELETE FROM entry WHERE node_id = ? AND hour_ms = ? AND state = 'PROVISIONAL'", nodeId, hourMs);
    }

    /** What the posted entries and adjustments of an hour add up to. */
    Map<Key, Amounts> postedSums(String nodeId, long hourMs) {
        Map<Key, Amounts> sums = new TreeMap<>(KEY_ORDER);
        jdbc.query(
                "SELECT " + SUMMED + " FROM entry WHERE node_id = ? AND hour_ms = ?"
                        + " AND state <> 'PROVISIONAL' GROUP BY " + KEY,
                row -> {
                    sums.put(key(row), amounts(row));
                },
                nodeId,
                hourMs);
        return sums;
    }

    /** The same of many hours of a node. */
    TreeMap<Long, Map<Key, Amounts>> postedSums(String nodeId, long fromMs, long toMs) {
        TreeMap<Long, Map<Key, Amounts>> hours = new TreeMap<>();
        jdbc.query(
                "SELECT " + SUMMED + ", hour_ms FROM entry WHERE node_id = ? AND hour_ms >= ? AND hour_ms < ?"
                        + " AND state <> 'PROVISIONAL' GROUP BY hour_ms, " + KEY,
                row -> {
                    hours.computeIfAbsent(row.getLong(KEY_COUNT + 9), hour -> new TreeMap<>(KEY_ORDER))
                            .put(key(row), amounts(row));
                },
                nodeId,
                fromMs,
                toMs);
        return hours;
    }

    /** The first hour of that node from that time on that has entries; null: none. */
    @Nullable Long firstHour(String nodeId, long fromMs) {
        return jdbc.queryForObject(
                "SELECT MIN(hour_ms) FROM entry WHERE node_id = ? AND hour_ms >= ?", Long.class, nodeId, fromMs);
    }

    /** Hours of that span that are not posted. */
    Set<Long> provisionalHours(String nodeId, long fromMs, long toMs) {
        return new HashSet<>(jdbc.queryForList(
                "SELECT DISTINCT hour_ms FROM entry WHERE node_id = ? AND hour_ms >= ? AND hour_ms < ?"
                        + " AND state = 'PROVISIONAL'",
                Long.class,
                nodeId,
                fromMs,
                toMs));
    }

    List<Entry> provisional(String nodeId, long hourMs) {
        return jdbc.query(
                "SELECT " + COLUMNS
                        + " FROM entry WHERE node_id = ? AND hour_ms = ? AND state = 'PROVISIONAL' ORDER BY id",
                EntryStore::entry,
                nodeId,
                hourMs);
    }

    List<Entry> chain(String nodeId, String month) {
        return chain(jdbc, nodeId, month);
    }

    /** All chains of that database, one after the other. */
    static Chains verify(JdbcTemplate jdbc) {
        List<String> problems = new ArrayList<>();
        List<String[]> chains = jdbc.query(
                "SELECT DISTINCT node_id, chain_month FROM entry WHERE chain_month IS NOT NULL ORDER BY 1, 2",
                (row, number) -> new String[] {row.getString(1), row.getString(2)});
        for (String[] chain : chains) {
            EntryChain.problems(chain(jdbc, chain[0], chain[1]))
                    .forEach(each -> problems.add("node " + chain[0] + ", " + chain[1] + ", " + each));
        }
        return new Chains(chains.size(), problems);
    }

    private static List<Entry> chain(JdbcTemplate jdbc, String nodeId, String month) {
        return jdbc.query(
                "SELECT " + COLUMNS + " FROM entry WHERE node_id = ? AND chain_month = ? ORDER BY chain_no",
                EntryStore::entry,
                nodeId,
                month);
    }

    @Nullable Link lastLink(String nodeId, String month) {
        return jdbc
                .query(
                        "SELECT chain_month, chain_no, prev_hash, hash FROM entry WHERE node_id = ? AND chain_month = ?"
                                + " ORDER BY chain_no DESC LIMIT 1",
                        (row, number) -> new Link(row.getString(1), row.getLong(2), row.getString(3), row.getString(4)),
                        nodeId,
                        month)
                .stream()
                .findFirst()
                .orElse(null);
    }

    void insert(List<Entry> entries) {
        jdbc.batchUpdate(
                "INSERT INTO entry (" + COLUMNS + ") VALUES (" + "?, ".repeat(COLUMN_COUNT - 1) + "?)",
                entries,
                Math.max(1, entries.size()),
                EntryStore::bind);
    }

    void post(List<Entry> entries) {
        jdbc.batchUpdate(
                "UPDATE entry SET state = 'POSTED', recorded_ms = ?, chain_month = ?, chain_no = ?, prev_hash = ?, hash = ?"
                        + " WHERE id = ? AND state = 'PROVISIONAL'",
                entries.stream()
                        .map(entry -> {
                            Link link = Objects.requireNonNull(entry.link());
                            return new Object[] {
                                entry.recordedMs(),
                                link.month(),
                                link.number(),
                                link.previousHash(),
                                link.hash(),
                                entry.id()
                            };
                        })
                        .toList());
    }

    /** A node and the start of one of its hours. */
    record NodeHour(String nodeId, long hourMs) {}

    /** Hours that began at that time or before and are not posted, oldest first. */
    long newestId() {
        Long newest = jdbc.queryForObject("SELECT MAX(id) FROM entry", Long.class);
        return newest == null ? 0 : newest;
    }

    /** Whether entries that never change were added between those two. */
    boolean postedBetween(long afterId, long toId, long fromMs, long toMs) {
        // "+ 0" keeps databases from reading the whole span instead of the few new entries.
        return !jdbc.queryForList(
                        "SELECT 1 FROM entry WHERE id > ? AND id <= ? AND hour_ms + 0 >= ? AND hour_ms + 0 < ?"
                                + " AND state <> 'PROVISIONAL' LIMIT 1",
                        Integer.class,
                        afterId,
                        toId,
                        fromMs,
                        toMs)
                .isEmpty();
    }

    List<NodeHour> unpostedUntil(long hourMs, int limit) {
        return jdbc.query(
                "SELECT DISTINCT hour_ms, node_id FROM entry e WHERE state = 'PROVISIONAL' AND hour_ms <= ?"
                        + " AND NOT EXISTS (SELECT 1 FROM dirty_hour d WHERE d.node_id = e.node_id"
                        + " AND d.hour_ms = e.hour_ms) ORDER BY hour_ms, node_id LIMIT " + limit,
                (row, number) -> new NodeHour(row.getString(2), row.getLong(1)),
                hourMs);
    }

    Set<NodeHour> hoursOf(String runId) {
        return new HashSet<>(jdbc.query(
                "SELECT DISTINCT node_id, hour_ms FROM entry WHERE run_id = ?",
                (row, number) -> new NodeHour(row.getString(1), row.getLong(2)),
                runId));
    }

    record Incomplete(String nodeId, long hourMs, boolean provisional, boolean factorUnknown, boolean pueUnknown) {}

    /**
     * Hours from that time on that are provisional, or posted with energy whose zone or PUE was unknown: the oldest, all
     * of an hour or nothing of it, in the order in which hours are marked.
     */
    List<Incomplete> incompleteFrom(long fromMs, int limit) {
        List<Incomplete> hours = jdbc.query(
                "SELECT node_id, hour_ms, MAX(open_one), MAX(no_factor), MAX(no_pue) FROM (SELECT node_id, hour_ms,"
                        + " CASE WHEN state = 'PROVISIONAL' THEN 1 ELSE 0 END AS open_one,"
                        + " CASE WHEN factor_id IS NULL THEN 1 ELSE 0 END AS no_factor,"
                        + " CASE WHEN pue IS NULL AND boundary <> 'FACILITY' THEN 1 ELSE 0 END AS no_pue, energy_uj"
                        + " FROM entry WHERE hour_ms >= ?) line"
                        + " GROUP BY node_id, hour_ms, open_one, no_factor, no_pue HAVING SUM(energy_uj) <> 0"
                        + " AND open_one + no_factor + no_pue > 0 ORDER BY hour_ms FETCH FIRST " + limit
                        + " ROWS WITH TIES",
                (row, number) -> new Incomplete(
                        row.getString(1), row.getLong(2), row.getInt(3) > 0, row.getInt(4) > 0, row.getInt(5) > 0),
                fromMs);
        hours.sort(Comparator.comparing(Incomplete::nodeId).thenComparing(Incomplete::hourMs));
        return hours;
    }

    private static void bind(PreparedStatement row, Entry entry) throws SQLException {
        Key key = entry.key();
        Amounts amounts = entry.amounts();
        Link link = entry.link();
        row.setString(1, key.runId());
        row.setString(2, key.kind().name());
        row.setString(3, key.shareKey());
        row.setString(4, key.quality().name());
        row.setString(5, key.boundary().name());
        row.setString(6, key.origin());
        row.setBoolean(7, key.synthetic());
        row.setBigDecimal(8, key.pue());
        row.setString(9, key.factorId());
        row.setInt(10, key.uncertaintyPpm());
        row.setString(11, key.methodVersion());
        MarketKey market = key.market();
        row.setString(12, market == null ? null : market.method().name());
        row.setString(13, market == null ? null : market.factorId());
        row.setObject(14, market == null ? null : market.certifiedPpm(), Types.INTEGER);
        row.setString(15, market == null ? null : market.certificateFactorId());
        row.setBigDecimal(16, key.wue());
        bindAmounts(row, KEY_COUNT, amounts);
        int after = KEY_COUNT + 8;
        row.setLong(after + 1, entry.id());
        row.setString(after + 2, entry.state().name());
        row.setString(after + 3, entry.nodeId());
        row.setLong(after + 4, entry.hourMs());
        row.setString(after + 5, entry.reason());
        row.setLong(after + 6, entry.recordedMs());
        row.setString(after + 7, link == null ? null : link.month());
        row.setObject(after + 8, link == null ? null : link.number(), Types.BIGINT);
        row.setString(after + 9, link == null ? null : link.previousHash());
        row.setString(after + 10, link == null ? null : link.hash());
    }

    private static void bindAmounts(PreparedStatement row, int before, Amounts amounts) throws SQLException {
        row.setLong(before + 1, amounts.energyUj());
        row.setObject(before + 2, amounts.facilityUj(), Types.BIGINT);
        row.setObject(before + 3, amounts.locationUg(), Types.BIGINT);
        row.setLong(before + 4, amounts.pricedUj());
        row.setLong(before + 5, amounts.expectedMs());
        row.setLong(before + 6, amounts.observedMs());
        row.setObject(before + 7, amounts.marketUg(), Types.BIGINT);
        row.setObject(before + 8, amounts.waterUl(), Types.BIGINT);
    }

    static Entry entry(ResultSet row, int number) throws SQLException {
        int after = KEY_COUNT + 8;
        String hash = row.getString(after + 10);
        return new Entry(
                row.getLong(after + 1),
                State.valueOf(row.getString(after + 2)),
                row.getString(after + 3),
                row.getLong(after + 4),
                key(row),
                amounts(row),
                row.getString(after + 5),
                row.getLong(after + 6),
                hash == null
                        ? null
                        : new Link(row.getString(after + 7), row.getLong(after + 8), row.getString(after + 9), hash));
    }

    private static Key key(ResultSet row) throws SQLException {
        BigDecimal pue = row.getBigDecimal(8);
        BigDecimal wue = row.getBigDecimal(16);
        String method = row.getString(12);
        return new Key(
                row.getString(1),
                DeviceKind.valueOf(row.getString(2)),
                row.getString(3),
                Quality.valueOf(row.getString(4)),
                Boundary.valueOf(row.getString(5)),
                row.getString(6),
                row.getBoolean(7),
                pue == null ? null : EntryPricing.scaled(pue),
                row.getString(9),
                row.getInt(10),
                row.getString(11),
                method == null
                        ? null
                        : new MarketKey(
                                Grid.MarketMethod.valueOf(method),
                                row.getString(13),
                                row.getInt(14),
                                row.getString(15)),
                wue == null ? null : EntryPricing.scaled(wue));
    }

    /** Sums come as decimals, columns as whole numbers; both are exact. */
    private static Amounts amounts(ResultSet row) throws SQLException {
        return new Amounts(
                whole(row, 1),
                wholeOrNull(row, 2),
                wholeOrNull(row, 3),
                whole(row, 4),
                whole(row, 5),
                whole(row, 6),
                wholeOrNull(row, 7),
                wholeOrNull(row, 8));
    }

    private static long whole(ResultSet row, int amount) throws SQLException {
        return row.getBigDecimal(KEY_COUNT + amount).longValueExact();
    }

    private static @Nullable Long wholeOrNull(ResultSet row, int amount) throws SQLException {
        BigDecimal number = row.getBigDecimal(KEY_COUNT + amount);
        return number == null ? null : number.longValueExact();
    }
}
