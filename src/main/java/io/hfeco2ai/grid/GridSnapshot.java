package io.hfeco2ai.grid;

import io.hfeco2ai.platform.NotFound;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * All stored rows in memory, but for the values of hourly series, which are read as they are asked for; never changed.
 * {@code generation} says which state of the tables it shows.
 */
final class GridSnapshot {

    final long generation;
    private final Map<String, GridStore.SiteRow> sites;
    private final Map<String, List<DatedFactor>> factorsByZone;
    private final Map<String, Grid.Factor> factorsById = new HashMap<>();
    private final Map<String, TreeMap<Long, String>> zones;
    private final Map<String, TreeMap<Long, BigDecimal>> pues;
    private final Map<String, TreeMap<Long, BigDecimal>> wues;
    private final Map<String, TreeMap<Long, String>> sitesOfNodes;
    private final List<Supply.Contract> contracts;
    private final List<Supply.Cover> covers;
    private final SupplySnapshot supply;

    private final HourCache hours;

    GridSnapshot(GridStore store, long generation) {
        this.generation = generation;
        hours = new HourCache(store);
        sites = store.sites().stream().collect(Collectors.toMap(GridStore.SiteRow::id, Function.identity()));
        factorsByZone = store.factors().stream()
                .collect(Collectors.groupingBy(dated -> dated.factor().zone()));
        factorsByZone
                .values()
                .forEach(list ->
                        list.forEach(dated -> factorsById.put(dated.factor().id(), dated.factor())));
        zones = histories(store.zones());
        pues = histories(store.pues());
        wues = histories(store.wues());
        sitesOfNodes = histories(store.sitesOfNodes());
        contracts = store.contracts();
        covers = store.covers();
        supply = new SupplySnapshot(contracts, covers);
    }

    private static <T> Map<String, TreeMap<Long, T>> histories(List<GridStore.Since<T>> rows) {
        Map<String, TreeMap<Long, T>> histories = new HashMap<>();
        for (GridStore.Since<T> row : rows) {
            histories.computeIfAbsent(row.key(), key -> new TreeMap<>()).put(row.fromMs(), row.content());
        }
        return histories;
    }

    private static <T> @Nullable T at(Map<String, TreeMap<Long, T>> histories, String key, long ms) {
        TreeMap<Long, T> history = histories.get(key);
        Map.Entry<Long, T> entry = history == null ? null : history.floorEntry(ms);
        return entry == null ? null : entry.getValue();
    }

    String siteOf(String nodeId, long hourMs) {
        String siteId = at(sitesOfNodes, nodeId, hourMs);
        return siteId == null ? Grid.DEFAULT_SITE : siteId;
    }

    @Nullable String zone(String siteId, long hourMs) {
        return at(zones, siteId, hourMs);
    }

    @Nullable BigDecimal pue(String siteId, long hourMs) {
        return at(pues, siteId, hourMs);
    }

    List<Grid.Stay> stays(String nodeId, long fromMs, long toMs) {
        List<Grid.Stay> stays = new ArrayList<>();
        TreeMap<Long, String> history = sitesOfNodes.getOrDefault(nodeId, new TreeMap<>());
        long startMs = fromMs;
        for (long changeMs : history.subMap(fromMs, false, toMs, false).keySet()) {
            stays.add(new Grid.Stay(siteOf(nodeId, startMs), startMs, changeMs));
            startMs = changeMs;
        }
        stays.add(new Grid.Stay(siteOf(nodeId, startMs), startMs, toMs));
        return stays;
    }

    @Nullable BigDecimal wue(String siteId, long hourMs) {
        return at(wues, siteId, hourMs);
    }

    boolean hasWue(String siteId) {
        return wues.containsKey(siteId);
    }

    /** How the electricity of the sites is bought. */
    SupplySnapshot supply() {
        return supply;
    }

    List<Supply.Contract> contracts() {
        return contracts;
    }

    List<Supply.Cover> covers() {
        return covers;
    }

    /** Whether a zone was ever set, so that the next one is a change. */
    boolean hasZone(String siteId) {
        return zones.containsKey(siteId);
    }

    Collection<String> zonesEver(String siteId) {
        TreeMap<Long, String> history = zones.get(siteId);
        return history == null ? List.of() : history.values();
    }

    boolean hasPue(String siteId) {
        return pues.containsKey(siteId);
    }

    boolean hasPlace(String nodeId) {
        return sitesOfNodes.containsKey(nodeId);
    }

    Collection<GridStore.SiteRow> sites() {
        return sites.values();
    }

    /** @throws NotFound no such site */
    GridStore.SiteRow site(String id) {
        GridStore.SiteRow site = sites.get(id);
        if (site == null) {
            throw new NotFound("site " + id);
        }
        return site;
    }

    /** Whether its id or its name is taken. */
    boolean hasSite(GridStore.SiteRow site) {
        return sites.containsKey(site.id())
                || sites.values().stream().anyMatch(other -> other.name().equals(site.name()));
    }

    /** Every factor of a zone, oldest first. */
    List<DatedFactor> factors(String zone) {
        return factorsByZone.getOrDefault(zone, List.of());
    }

    /** @param method average or residual */
    Optional<DatedFactor> factor(String zone, String method, long hourMs) {
        return DatedFactor.forHour(factors(zone), method, hourMs, hours::at);
    }

    OptionalDouble yearlyChange(Grid.Factor of) {
        TreeMap<Integer, Double> years = new TreeMap<>();
        factors(of.zone()).stream()
                .map(DatedFactor::factor)
                .filter(other -> other.resolution() == Grid.Resolution.YEAR
                        && other.method().equals(of.method())
                        && other.basis().equals(of.basis())
                        && other.source().equals(of.source()))
                .forEach(
                        other -> years.put(other.dataYear(), other.gramsPerKwh().doubleValue()));
        OptionalDouble meanSquare = years.keySet().stream()
                .filter(year -> years.containsKey(year + 1) && years.getOrDefault(year, 0.0) > 0)
                .mapToDouble(year -> Math.pow(years.getOrDefault(year + 1, 0.0) / years.getOrDefault(year, 0.0) - 1, 2))
                .average();
        return meanSquare.isPresent() ? OptionalDouble.of(Math.sqrt(meanSquare.getAsDouble())) : meanSquare;
    }

    Optional<Grid.Factor> factorById(String id) {
        return Optional.ofNullable(factorsById.get(id));
    }

    Optional<Grid.Factor> factorAt(String id, long hourMs) {
        Optional<Grid.Factor> factor = factorById(id);
        return factor.isPresent() && factor.get().resolution() == Grid.Resolution.HOUR
                ? hours.at(id, hourMs)
                        .map(value -> factor.get().with(factor.get().dataYear(), value))
                : factor;
    }

    boolean hasFactor(String zone) {
        return factors(zone).stream().anyMatch(dated -> dated.factor().method().equals("average") && dated.prices());
    }
}
