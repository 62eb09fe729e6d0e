package io.hfeco2ai.reports.sample;

import io.hfeco2ai.grid.Grid;
import io.hfeco2ai.ledger.Ledger;
import io.hfeco2ai.ledger.Ledger.Claimed;
import io.hfeco2ai.ledger.Ledger.Entry;
import io.hfeco2ai.ledger.Ledger.Link;
import io.hfeco2ai.ledger.Ledger.Question;
import io.hfeco2ai.metering.Metering;
import io.hfeco2ai.metering.Metering.Walk;
import io.hfeco2ai.metering.TornSeal;
import io.hfeco2ai.reports.CountedEntries;
import io.hfeco2ai.reports.Report;
import io.hfeco2ai.reports.ReportRequest;
import io.hfeco2ai.reports.Reports;
import io.hfeco2ai.reports.sample.Draw.Value;
import io.hfeco2ai.reports.sample.Sample.Finding;
import io.hfeco2ai.reports.sample.Sample.Item;
import java.io.IOException;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Service;

/** Draws a sample of the entries behind a report and walks each back. */
@Service
class Sampling {

    private static final Logger LOG = LoggerFactory.getLogger(Sampling.class);
    private static final long HOUR_MS = 3_600_000;
    private static final int MOST_OF_AN_HOUR = 10_000;

    private record Hit(int hits, Entry entry) {}

    /** What is to be drawn from. */
    private static final class Population {
        long entries;
        long unpriced;
        BigInteger emissions = BigInteger.ZERO;
        BigInteger energy = BigInteger.ZERO;

        void add(Claimed entry) {
            entries++;
            energy = energy.add(Draw.of(Value.ENERGY, entry));
            if (entry.entry().amounts().locationUg() != null) {
                emissions = emissions.add(Draw.of(Value.EMISSIONS, entry));
            } else if (entry.entry().amounts().energyUj() != 0) {
                // A gap has no energy, and so nothing to price.
                unpriced++;
            }
        }

        Value value() {
            return unpriced == 0 && emissions.signum() > 0 ? Value.EMISSIONS : Value.ENERGY;
        }

        BigInteger total() {
            return value() == Value.EMISSIONS ? emissions : energy;
        }
    }

    private final Reports reports;
    private final Ledger ledger;
    private final Metering metering;
    private final Grid grid;

    Sampling(Reports reports, Ledger ledger, Metering metering, Grid grid) {
        this.reports = reports;
        this.ledger = ledger;
        this.metering = metering;
        this.grid = grid;
    }

    /**
     * The same for the same report, size and seed.
     *
     * @param size 1 or more; fewer entries are drawn where one is hit more than once
     */
    Sample draw(String reportId, int size, String seed) throws IOException {
        Report report = reports.report(reportId);
        ReportRequest request = reports.request(reportId);
        Population population = new Population();
        CountedEntries.each(ledger, request, report.madeAt(), population::add);
        BigInteger total = population.total();
        Draw draw = new Draw(population.value(), total, size, seed);
        List<Hit> hits = new ArrayList<>();
        if (total.signum() > 0) {
            CountedEntries.each(ledger, request, report.madeAt(), entry -> {
                int times = draw.hits(entry);
                if (times > 0) {
                    hits.add(new Hit(times, entry.entry()));
                }
            });
        }
        Map<String, Finding> chains = new HashMap<>();
        List<Item> items = new ArrayList<>();
        for (Hit hit : hits) {
            items.add(item(items.size() + 1, hit, chains));
        }
        return new Sample(
                report.provisional(),
                seed,
                size,
                population.value(),
                population.entries,
                total,
                draw.interval(),
                items);
    }

    private Item item(int number, Hit hit, Map<String, Finding> chains) {
        Entry entry = hit.entry();
        Walk found = walk(entry);
        Walk walk = found == null ? new Walk(0, List.of()) : found;
        long walkedUj = walk.sums().stream()
                .filter(sum -> sum.runId().equals(entry.key().runId())
                        && sum.kind() == entry.key().kind())
                .filter(sum -> !sum.synthetic())
                .mapToLong(Metering.HourSum::energyUj)
                .sum();
        long bookedUj = booked(entry);
        Finding energy = found == null
                ? Finding.TORN
                : walk.facts() == 0 && walkedUj == 0 && bookedUj != 0
                        ? Finding.OPEN
                        : walkedUj == bookedUj ? Finding.SAME : Finding.OTHER;
        String factorId = entry.key().factorId();
        Grid.@Nullable Factor factor =
                factorId == null ? null : grid.factor(factorId).orElse(null);
        return new Item(
                number,
                hit.hits(),
                entry,
                metering.node(entry.nodeId()).map(Metering.Node::name).orElse(entry.nodeId()),
                walk.facts(),
                bookedUj,
                walkedUj,
                energy,
                chain(entry, chains),
                factor == null ? null : factor.zone() + " " + factor.dataYear() + ", " + factor.source(),
                factor != null && grid.zone(factor.zone()).isPresent() ? factor.zone() : null);
    }

    /** Null: the sealed facts are not what was sealed. */
    private @Nullable Walk walk(Entry entry) {
        try {
            return metering.walk(entry.nodeId(), entry.hourMs());
        } catch (TornSeal e) {
            LOG.error("The facts of an hour in an auditor's sample cannot be used", e);
            return null;
        }
    }

    /** All that the ledger has now for the run, kind of device and hour. */
    private long booked(Entry entry) {
        Question hour =
                new Question(null, null, null, null, entry.nodeId(), entry.hourMs(), entry.hourMs() + HOUR_MS, false);
        return ledger.entriesAfter(hour, Long.MIN_VALUE, MOST_OF_AN_HOUR).stream()
                .map(Claimed::entry)
                .filter(other -> other.key().runId().equals(entry.key().runId())
                        && other.key().kind() == entry.key().kind())
                .mapToLong(other -> other.amounts().energyUj())
                .sum();
    }

    private Finding chain(Entry entry, Map<String, Finding> known) {
        Link link = entry.link();
        if (link == null) {
            return Finding.OPEN;
        }
        return known.computeIfAbsent(
                entry.nodeId() + " " + link.month(),
                key -> ledger.verifyChain(entry.nodeId(), link.month()).isEmpty() ? Finding.SAME : Finding.OTHER);
    }
}
