package io.hfeco2ai.edge.cloud;

import io.hfeco2ai.edge.cloud.CloudLine.Key;
import io.hfeco2ai.edge.cloud.FocusFile.Checked;
import io.hfeco2ai.experiments.Experiments;
import io.hfeco2ai.experiments.Experiments.NewMember;
import io.hfeco2ai.experiments.Experiments.Run;
import io.hfeco2ai.experiments.Experiments.StartRun;
import io.hfeco2ai.experiments.Experiments.Status;
import io.hfeco2ai.grid.Grid;
import io.hfeco2ai.grid.Grid.CloudRegion;
import io.hfeco2ai.metering.Metering;
import io.hfeco2ai.metering.Metering.Batch;
import io.hfeco2ai.metering.Metering.Recorded;
import io.hfeco2ai.platform.BadInput;
import io.hfeco2ai.platform.Changed;
import io.hfeco2ai.platform.Conflict;
import io.hfeco2ai.platform.Ids;
import io.hfeco2ai.platform.rows.Records;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Instant;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Service;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Turns lines of a bill into nodes, runs and intervals: a node for each project, region and type of instance, a run for each of
 * its months. What broke off goes on when the same file is brought again.
 */
@Service
class CloudUse {

    private static final String CLIENT = "cloud-bill/1";
    private static final String EXPERIMENT = "cloud use";
    private static final int MOST_HOURS = 500_000;
    private static final double MOST_WATTS = 1_000_000;
    private static final int HOURS_OF_A_YEAR = 366 * 24;

    /**
     * A bill that was brought in.
     *
     * @param doneMs null: it broke off; the same file goes on with it
     * @param lines of use, of which {@code coveredLines} became energy
     * @param cost of the lines of use, in {@code currency}; null: the bill says none
     */
    record Import(
            String id,
            String teamId,
            long importedMs,
            @Nullable Long doneMs,
            String importedBy,
            int utilisation,
            @Nullable Long fromMs,
            @Nullable Long toMs,
            int lines,
            int coveredLines,
            @Nullable BigDecimal cost,
            @Nullable BigDecimal coveredCost,
            String currency,
            BigDecimal instanceHours,
            long energyUj) {}

    /** @param providersPue a new site takes the PUE that the provider publishes for its region */
    record Order(String teamId, int utilisation, boolean providersPue, String userId) {}

    private final Experiments experiments;
    private final Metering metering;
    private final Grid grid;
    private final JdbcClient jdbc;
    private final TransactionTemplate transaction;
    private final ApplicationEventPublisher events;
    private final Clock clock;

    CloudUse(
            Experiments experiments,
            Metering metering,
            Grid grid,
            JdbcClient jdbc,
            PlatformTransactionManager transactions,
            ApplicationEventPublisher events,
            Clock clock) {
        this.experiments = experiments;
        this.metering = metering;
        this.grid = grid;
        this.jdbc = jdbc;
        this.transaction = new TransactionTemplate(transactions);
        this.events = events;
        this.clock = clock;
    }

    /** Newest first. */
    List<Import> all() {
        return jdbc.sql("SELECT id, team_id, imported_ms, done_ms, imported_by, utilisation, from_ms, to_ms, lines,"
                        + " covered_lines, cost, covered_cost, currency, instance_hours, energy_uj FROM cloud_import"
                        + " ORDER BY imported_ms DESC, id")
                .query(Records.of(Import.class))
                .list();
    }

    /**
     * @throws Conflict the file was brought before
     * @throws BadInput it holds too much, or hours of instances that another bill has already; nothing was stored
     */
    void bring(byte[] file, Checked bill, Order order) {
        Map<Key, HourlyUse> uses = uses(bill);
        String sha256 = digest(file);
        Optional<Import> before = before(order.teamId(), sha256);
        if (before.isPresent() && before.get().doneMs() != null) {
            throw new Conflict("This bill was brought in on "
                    + Instant.ofEpochMilli(before.get().importedMs()).toString().substring(0, 10)
                    + " already: nothing changed.");
        }
        String id = before.map(Import::id).orElseGet(() -> {
            uses.forEach((key, use) -> refuseKnown(order.teamId(), key, use));
            return begin(sha256, bill, uses, order);
        });
        uses.forEach((key, use) -> store(key, use, order));
        done(id, bill, order);
    }

    private static Map<Key, HourlyUse> uses(Checked bill) {
        Map<Key, HourlyUse> uses = new LinkedHashMap<>();
        bill.covered()
                .forEach(line -> uses.computeIfAbsent(line.key(), first -> new HourlyUse())
                        .add(line));
        if (uses.values().stream().anyMatch(use -> use.hours() > HOURS_OF_A_YEAR)) {
            throw new BadInput("file", "The bill spans more than a year: divide it.");
        }
        uses.forEach((key, use) -> {
            if (use.mostWatts() > MOST_WATTS) {
                throw new BadInput(
                        "file",
                        "All " + key.type() + " in " + key.region() + " for project " + key.project()
                                + " come to more than 1 MW: check the quantities, or divide it among projects.");
            }
        });
        if (uses.values().stream().mapToLong(HourlyUse::hours).sum() > MOST_HOURS) {
            throw new BadInput(
                    "file",
                    "Projects × regions × types × hours come to more than 500,000: divide the bill by month or account.");
        }
        return uses;
    }

    private Optional<Import> before(String teamId, String sha256) {
        return jdbc.sql("SELECT id, team_id, imported_ms, done_ms, imported_by, utilisation, from_ms, to_ms, lines,"
                        + " covered_lines, cost, covered_cost, currency, instance_hours, energy_uj FROM cloud_import"
                        + " WHERE team_id = ? AND sha256 = ?")
                .params(teamId, sha256)
                .query(Records.of(Import.class))
                .optional();
    }

    /** Facts never change: hours that one bill told cannot be told otherwise by another. */
    private void refuseKnown(String teamId, Key key, HourlyUse use) {
        metering.node(nodeId(teamId, key)).ifPresent(node -> {
            boolean known = node.firstSeenMs() < use.endMs() && use.firstMs() < node.newestMs();
            if (known) {
                throw new BadInput(
                        "file",
                        "Hours of " + key.type() + " in " + key.provider() + ":" + key.region() + " for project "
                                + key.project()
                                + " are known from another bill. Bring each hour once: leave those lines"
                                + " out, or bring whole months.");
            }
        });
    }

    private String begin(String sha256, Checked bill, Map<Key, HourlyUse> uses, Order order) {
        String id = Ids.next();
        BigDecimal hours = bill.covered().stream()
                .map(line -> BigDecimal.valueOf(line.hours()))
                .reduce(BigDecimal.ZERO, BigDecimal::add);
        jdbc.sql("INSERT INTO cloud_import (id, team_id, sha256, imported_ms, imported_by, utilisation, from_ms, to_ms,"
                        + " lines, covered_lines, cost, covered_cost, currency, instance_hours, energy_uj)"
                        + " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
                .params(Arrays.<@Nullable Object>asList(
                        id,
                        order.teamId(),
                        sha256,
                        clock.millis(),
                        order.userId(),
                        order.utilisation(),
                        first(uses),
                        last(uses),
                        bill.lines(),
                        bill.covered().size(),
                        bill.cost(),
                        bill.coveredCost(),
                        bill.currency(),
                        hours,
                        uses.values().stream().mapToLong(HourlyUse::totalUj).sum()))
                .update();
        return id;
    }

    private static @Nullable Long first(Map<Key, HourlyUse> uses) {
        return uses.isEmpty()
                ? null
                : (Long) uses.values().stream()
                        .mapToLong(HourlyUse::firstMs)
                        .min()
                        .orElseThrow();
    }

    private static @Nullable Long last(Map<Key, HourlyUse> uses) {
        return uses.isEmpty()
                ? null
                : (Long)
                        uses.values().stream().mapToLong(HourlyUse::endMs).max().orElseThrow();
    }

    private void store(Key key, HourlyUse use, Order order) {
        String nodeId = nodeId(order.teamId(), key);
        if (metering.node(nodeId).isEmpty()) {
            grid.assignNode(nodeId, site(key, order.providersPue()));
        }
        YearMonth last = month(use.endMs() - 1);
        for (YearMonth month = month(use.firstMs()); !month.isAfter(last); month = month.plusMonths(1)) {
            run(
                    key,
                    nodeId,
                    order,
                    month,
                    Math.max(use.firstMs(), startMs(month)),
                    Math.min(use.endMs(), startMs(month.plusMonths(1))));
        }
        Recorded recorded = metering.record(new Batch(
                nodeId,
                nodeId,
                shortened(key.type() + ", " + key.provider() + ":" + key.region() + ", " + key.project()),
                "reported:" + CLIENT,
                false,
                use.intervals(key.type()),
                List.of()));
        if (!recorded.rejected().isEmpty()) {
            throw new BadInput(
                    "file", key.type() + ": " + recorded.rejected().get(0).reason());
        }
        metering.ended(nodeId, use.endMs());
    }

    private void run(Key key, String nodeId, Order order, YearMonth month, long fromMs, long toMs) {
        Instant from = Instant.ofEpochMilli(fromMs);
        Instant to = Instant.ofEpochMilli(toMs);
        Run run = experiments
                .start(new StartRun(
                        order.teamId(),
                        key.project(),
                        EXPERIMENT,
                        shortened(key.type() + ", " + key.region() + ", " + month),
                        "cloud-" + month + "-" + nodeId,
                        null,
                        from,
                        Map.of(Experiments.NOTICE + "cloud-bill", "Modelled from the instance-hours of a bill."),
                        Map.of(
                                "provider", key.provider(),
                                "region", key.region(),
                                "instance_type", key.type(),
                                "assumed_utilisation_percent", "" + order.utilisation()),
                        false,
                        new NewMember(nodeId, nodeId, 0, null, List.of(), from),
                        CLIENT))
                .run();
        experiments.lasted(order.teamId(), run.id(), from, to);
        if (experiments.find(run.id()).orElseThrow().status().equals(Status.RUNNING.name())) {
            experiments.finish(order.teamId(), run.id(), Status.FINISHED.name(), to);
        }
    }

    private String site(Key key, boolean providersPue) {
        CloudRegion region = grid.region(key.provider(), key.region()).orElseThrow();
        String name = key.provider().toUpperCase(Locale.ROOT) + " " + region.region();
        return grid.sites().stream()
                .filter(site -> site.name().equals(name))
                .map(Grid.Site::id)
                .findFirst()
                .orElseGet(() -> grid.createSite(
                                name, Grid.Operator.CLOUD, region.alias(), providersPue ? region.pue() : null)
                        .id());
    }

    private void done(String id, Checked bill, Order order) {
        transaction.executeWithoutResult(status -> {
            jdbc.sql("UPDATE cloud_import SET done_ms = ? WHERE id = ?")
                    .params(clock.millis(), id)
                    .update();
            events.publishEvent(new Changed(
                    "cloud-bill.imported",
                    "cloud-bill",
                    id,
                    order.teamId(),
                    Map.of(
                            "lines",
                            "" + bill.lines(),
                            "covered",
                            "" + bill.covered().size())));
        });
    }

    private static String shortened(String name) {
        return name.length() <= 200 ? name : name.substring(0, 200);
    }

    private static YearMonth month(long ms) {
        return YearMonth.from(Instant.ofEpochMilli(ms).atOffset(ZoneOffset.UTC));
    }

    private static long startMs(YearMonth month) {
        return month.atDay(1).atStartOfDay(ZoneOffset.UTC).toInstant().toEpochMilli();
    }

    private static String nodeId(String teamId, Key key) {
        String names = String.join("\n", teamId, key.project(), key.provider(), key.region(), key.type());
        return "cloud-" + digest(names.getBytes(StandardCharsets.UTF_8)).substring(0, 32);
    }

    private static String digest(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
