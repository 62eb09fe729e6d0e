package io.hfeco2ai.ledger;

import io.hfeco2ai.grid.Grid;
import io.hfeco2ai.units.Boundary;
import io.hfeco2ai.units.CarbonMass;
import io.hfeco2ai.units.DeviceKind;
import io.hfeco2ai.units.Energy;
import io.hfeco2ai.units.Quality;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Service;

/**
 * The door of the ledger: the one source of every energy and carbon figure shown (law 2). Hours are UTC; times are epoch
 * milliseconds.
 */
@Service
public class Ledger {

    /** Changes whenever the same facts would give other figures. Rows keep the version they were made with. */
    static final String METHOD_VERSION = "2";

    private final LedgerQuery query;
    private final LedgerWork work;
    private final ReportedFigures reported;
    private final SpendRollup spend;
    private final UncertaintyQuery uncertainties;
    private final LedgerChanges changes;

    Ledger(
            LedgerQuery query,
            LedgerWork work,
            ReportedFigures reported,
            SpendRollup spend,
            UncertaintyQuery uncertainties,
            LedgerChanges changes) {
        this.query = query;
        this.work = work;
        this.reported = reported;
        this.spend = spend;
        this.uncertainties = uncertainties;
        this.changes = changes;
    }

    /**
     * How far the books were while nobody booked.
     *
     * @param entryId of the newest entry; later ones have higher ids
     * @param at no later entry was recorded before
     */
    public record Mark(long entryId, Instant at) {}

    /** Waits for what is being booked, an hour of a node at most. */
    public Mark mark() {
        return work.mark();
    }

    /** Whether posted entries of that span were added between two marks, so that sums read in between may not fit together. */
    public boolean postedBetween(Mark before, Mark after, long fromMs, long toMs) {
        return work.postedBetween(before, after, fromMs, toMs);
    }

    /**
     * What to sum up; null: any, and no team at all where the set is empty. With a run, its child runs are included (law 12). Without team, project, experiment and
     * run, what no run claimed is included too.
     *
     * @param fromMs start of a UTC hour, inclusive
     * @param toMs start of a UTC hour, exclusive
     * @param synthetic true: made-up data of demonstrations counts too (law 13)
     */
    public record Question(
            @Nullable Set<String> teamIds,
            @Nullable String projectId,
            @Nullable String experimentId,
            @Nullable String runId,
            @Nullable String nodeId,
            @Nullable Long fromMs,
            @Nullable Long toMs,
            boolean synthetic) {

        /** Everything of the run and its children, made-up data only when asked for. */
        public static Question ofRun(String runId, boolean synthetic) {
            return new Question(null, null, null, runId, null, null, null, synthetic);
        }

        public static Question ofNode(String nodeId, @Nullable Long fromMs, @Nullable Long toMs, boolean synthetic) {
            return new Question(null, null, null, null, nodeId, fromMs, toMs, synthetic);
        }

        /** Nobody in particular is asked for, so what no run claims belongs to the answer. */
        boolean aboutEverybody() {
            return teamIds == null && projectId == null && experimentId == null && runId == null;
        }

        /** The same about another span. */
        Question between(@Nullable Long from, @Nullable Long to) {
            return new Question(teamIds, projectId, experimentId, runId, nodeId, from, to, synthetic);
        }
    }

    /**
     * How to divide an answer. Keys: HOUR, DAY and MONTH in ISO 8601 (2026-01-05T10:00:00Z, 2026-01-05, 2026-01), the
     * others ids or the name of the device kind. What no run claims has the key "" under TEAM, PROJECT, EXPERIMENT and RUN.
     */
    public enum GroupBy {
        HOUR,
        DAY,
        MONTH,
        TEAM,
        PROJECT,
        EXPERIMENT,
        RUN,
        NODE,
        DEVICE_KIND
    }

    /**
     * @param energy of the devices, what is unattributed included where the question is about nodes or everybody
     * @param boundary null: mixed, or no energy
     * @param facilityEnergy energy × PUE; null: the PUE is unknown for some of it
     * @param unattributed the part of the energy that no run claims
     * @param emissions location-based, of {@code priced}; null: nothing is priced
     * @param priced the part of the energy that the emissions cover
     * @param market market-based figures; null: nothing is priced in that view
     * @param waterLitres used to cool; null: unknown for some of the energy
     * @param unknown energy whose method is unknown
     * @param coverageRatio observed ÷ expected device-time, 0 to 1; null: nothing was expected
     * @param uncertaintyRatio of the energy, k = 2, 0.05 is ±5 %; null: no energy
     * @param provisional some of it may still change without an adjustment, or nothing is booked yet
     * @param byShareKey how the shares came about, see {@code docs/accounting.md}
     * @param peakWatts highest 10 s mean of a run with its children, over all nodes; null: nothing observed, not a question
     *     about one run, or more than 10,000 hours of profiles to look through
     * @param meanWatts mean over the 10 s pieces in which anything was observed; null as above
     * @param notes what a reader must know, in plain sentences
     */
    public record Footprint(
            Energy energy,
            @Nullable Boundary boundary,
            @Nullable Energy facilityEnergy,
            Energy unattributed,
            @Nullable CarbonMass emissions,
            Energy priced,
            @Nullable Market market,
            @Nullable BigDecimal waterLitres,
            Energy measured,
            Energy modelled,
            Energy unknown,
            @Nullable Double coverageRatio,
            @Nullable Double uncertaintyRatio,
            boolean provisional,
            List<FactorUse> factors,
            Map<String, Energy> byDeviceKind,
            Map<String, Energy> byShareKey,
            @Nullable Double peakWatts,
            @Nullable Double meanWatts,
            String methodVersion,
            List<String> notes) {}

    /**
     * Of the market-based view.
     *
     * @param priced the part of the energy that the emissions cover
     * @param certified the part of the priced energy that certificates cover
     * @param byMethod the rest of it, by what priced it
     */
    public record Market(
            CarbonMass emissions, Energy priced, Energy certified, Map<Grid.MarketMethod, Energy> byMethod) {}

    /**
     * How sure an answer is: what about 95 of 100 such intervals hold (k = 2). Not in it: how energy was split among runs
     * that share a device, the PUE, and what nothing observed; nobody has published how far those err.
     *
     * @param energyRatio ± of the energy, 0.05 is ±5 %; null: no energy
     * @param sensorRatio the part of the emissions' uncertainty that comes from the energy, ±
     * @param intensityRatio the part that comes from the carbon intensity, ±
     * @param lowRatio lower end ÷ location-based emissions, 0 to 1; null: no emissions
     * @param highRatio upper end ÷ location-based emissions; null: no emissions
     */
    public record Uncertainty(
            @Nullable Double energyRatio,
            @Nullable Double sensorRatio,
            @Nullable Double intensityRatio,
            @Nullable Double lowRatio,
            @Nullable Double highRatio) {}

    /**
     * Entries that corrected posted ones, of one cause and booked on one UTC day. Amounts have a sign.
     *
     * @param state ADJUSTMENT or RESTATEMENT
     * @param locationUg micrograms, location-based
     * @param marketUg micrograms, market-based
     * @param fromMs first hour that changed
     * @param toMs last hour that changed, its start
     */
    public record Change(
            LocalDate day,
            State state,
            String reason,
            long hours,
            BigDecimal energyUj,
            BigDecimal locationUg,
            BigDecimal marketUg,
            long fromMs,
            long toMs) {}

    /** @param locationUg micrograms, location-based; @param marketUg micrograms, market-based */
    public record KnownThen(BigDecimal energyUj, BigDecimal locationUg, BigDecimal marketUg) {}

    /** @param fallback the factor is of another year than some of the hours it priced */
    public record FactorUse(
            String factorId,
            String zone,
            BigDecimal gPerKwh,
            String method,
            String basis,
            String source,
            String edition,
            int dataYear,
            boolean fallback) {}

    public enum State {
        /** Replaced by each recompute. */
        PROVISIONAL,
        POSTED,
        /** A correction of posted entries; like them it never changes. */
        ADJUSTMENT,
        /** The same in a locked period, with the reason that was approved. */
        RESTATEMENT
    }

    /**
     * A line of the ledger.
     *
     * @param reason why an adjustment was made
     * @param link its place in the hash chain; null while provisional
     */
    public record Entry(
            long id,
            State state,
            String nodeId,
            long hourMs,
            Key key,
            Amounts amounts,
            @Nullable String reason,
            long recordedMs,
            @Nullable Link link) {}

    /**
     * What an entry is about: entries of a node's hour with the same key add up.
     *
     * @param runId "" is unattributed
     * @param pue null: unknown, or the energy includes the overhead already
     * @param factorId null: not priced
     * @param uncertaintyPpm k = 2
     * @param market null: not priced in the market-based view, or of method version 1, which had none
     * @param wue litres for each kWh; null: unknown, or the energy includes the overhead already
     */
    public record Key(
            String runId,
            DeviceKind kind,
            String shareKey,
            Quality quality,
            Boundary boundary,
            String origin,
            boolean synthetic,
            @Nullable BigDecimal pue,
            @Nullable String factorId,
            int uncertaintyPpm,
            String methodVersion,
            @Nullable MarketKey market,
            @Nullable BigDecimal wue) {}

    /**
     * @param certifiedPpm the part that certificates cover
     * @param certificateFactorId null: none
     */
    public record MarketKey(
            Grid.MarketMethod method,
            String factorId,
            int certifiedPpm,
            @Nullable String certificateFactorId) {}

    /**
     * Negative in adjustments only.
     *
     * @param facilityUj null: unknown
     * @param locationUg micrograms, location-based; null: unknown
     * @param pricedUj the part of the energy that {@code locationUg} covers: all or nothing
     * @param marketUg micrograms, market-based; null: unknown
     * @param waterUl microlitres; null: unknown
     */
    public record Amounts(
            long energyUj,
            @Nullable Long facilityUj,
            @Nullable Long locationUg,
            long pricedUj,
            long expectedMs,
            long observedMs,
            @Nullable Long marketUg,
            @Nullable Long waterUl) {}

    /**
     * @param month UTC month of the hour, {@code 2026-01}; each node has a chain for each month
     * @param number from 1, without holes
     * @param hash SHA-256 over the previous hash and all other fields, 64 hex digits
     */
    public record Link(String month, long number, String previousHash, String hash) {}

    /**
     * What another tool computed for a span of a run, by its own method.
     *
     * @param source the tool and its version: {@code codecarbon/3.0.8}
     * @param atMs the end of the span; a run has one such figure of a source and moment
     */
    public record ReportedCarbon(String source, long atMs, long energyUj, long emissionsUg) {}

    /** The sum of what one tool said of a run. */
    public record ToolFigures(String source, Energy energy, CarbonMass emissions) {}

    /**
     * Entries that are alike in everything that their figures were computed with, summed.
     *
     * @param teamId "": no run claims it
     * @param pue null: unknown, or the energy includes the overhead already
     * @param factorId null: not priced
     * @param market null: not priced in the market-based view, or of method version 1, which had none
     * @param facilityUj null: unknown
     * @param locationUg micrograms, location-based; null: unknown
     * @param marketUg micrograms, market-based; null: unknown
     * @param waterUl microlitres; null: unknown
     */
    public record Line(
            String nodeId,
            String teamId,
            Quality quality,
            Boundary boundary,
            @Nullable BigDecimal pue,
            @Nullable String factorId,
            @Nullable MarketKey market,
            String methodVersion,
            boolean provisional,
            BigDecimal energyUj,
            @Nullable BigDecimal facilityUj,
            @Nullable BigDecimal locationUg,
            @Nullable BigDecimal marketUg,
            @Nullable BigDecimal waterUl,
            long expectedMs,
            long observedMs,
            long entries) {}

    /** An entry with whom it counts for; "" where no run claims it. */
    public record Claimed(Entry entry, String teamId, String projectId) {}

    public Footprint footprint(Question question) {
        return query.footprint(question);
    }

    /** The answer as few lines, for reports that divide it by several things at once; they add up to {@link #footprint}. */
    public void lines(Question question, Consumer<Line> each) {
        query.lines(question, each);
    }

    /** How sure that answer is. */
    public Uncertainty uncertainty(Question question) {
        return uncertainties.of(question);
    }

    /** The same answer in parts, which add up to it, ordered by key; a run's group is without its children. */
    public Map<String, Footprint> groups(Question question, GroupBy by) {
        return query.groups(question, by);
    }

    /** The footprints of those runs with their children; made-up data only for runs that are made up themselves. */
    public Map<String, Footprint> ofRuns(Collection<String> runIds) {
        return query.ofRuns(runIds);
    }

    /** The footprints of all runs of each of those experiments, without made-up data. */
    public Map<String, Footprint> ofExperiments(Collection<String> experimentIds) {
        return query.ofExperiments(experimentIds);
    }

    /** How an answer was made: its entries, newest hour first, 100 a page from page 0. */
    public List<Entry> entries(Question question, int page) {
        return query.entries(question, page);
    }

    /**
     * The entries of an answer in the order of their ids, a piece at a time, for whoever takes all of them away: ask hour by
     * hour, and nothing is held or sorted meanwhile.
     *
     * @param afterId the last one that was read; {@link Long#MIN_VALUE}: none
     * @param most of them
     */
    public List<Claimed> entriesAfter(Question question, long afterId, int most) {
        return query.entriesAfter(question, afterId, most);
    }

    /** Why a figure is another than it was: what was booked after posting, newest first, by cause and day. */
    public List<Change> changes(Question question) {
        return changes.of(question);
    }

    /** The posted figure as it was known at that moment; what was provisional then is not kept and not in it. */
    public KnownThen knownAt(Question question, Instant at) {
        return changes.knownAt(question, at);
    }

    /** Books what has been measured of the run's hours until now, in transactions of its own. */
    public void settle(String runId) {
        work.settle(runId);
    }

    /** Keeps another tool's own figures beside ours; never totalled. The same again changes nothing. */
    public void keepReported(String runId, List<ReportedCarbon> figures) {
        reported.keep(runId, figures);
    }

    /** What other tools said of that run itself, children not included. */
    public List<ToolFigures> reportedBy(String runId) {
        return reported.of(runId);
    }

    /** The end of the last span that another tool told of the run. */
    public Optional<Instant> lastReported(String runId) {
        return reported.last(runId);
    }

    /**
     * What each project spent in those hours, from sums that follow the entries within a second; the same as {@link
     * #footprint} says. Projects that spent nothing are left out.
     *
     * @param projectId null: all projects of the team
     */
    public Map<String, Spend> spendByProject(
            @Nullable String teamId, @Nullable String projectId, long fromMs, long toMs) {
        return spend.byProject(teamId, projectId, fromMs, toMs);
    }

    /** The same by UTC hour. */
    public SortedMap<Long, Spend> spendByHour(
            @Nullable String teamId, @Nullable String projectId, long fromMs, long toMs) {
        return spend.byHour(teamId, projectId, fromMs, toMs);
    }

    /** Until the caller's transaction ends no spend is summed: what sums to it later is told by {@link SpendChanged}. */
    public void holdSpend() {
        spend.hold();
    }

    /** What is wrong with the chain of posted entries of that node and month (2026-01); empty: nothing. */
    public List<String> verifyChain(String nodeId, String month) {
        return work.verifyChain(nodeId, month);
    }

    /**
     * @param count how many chains there are, one for each node and month
     * @param problems in words, with node, month and entry; empty: nobody changed a posted entry
     */
    public record Chains(int count, List<String> problems) {}

    /** All chains of a database that no server runs on. */
    public static Chains verifyChains(JdbcTemplate jdbc) {
        return EntryStore.verify(jdbc);
    }
}
