package io.hfeco2ai.grid;

import java.time.Instant;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** The contracts in force and what certificates cover, as the tables were. */
final class SupplySnapshot {

    private final Map<String, TreeMap<Long, Supply.Contract>> contracts = new HashMap<>();
    private final Map<String, Supply.Cover> covers;

    SupplySnapshot(List<Supply.Contract> contracts, List<Supply.Cover> covers) {
        for (Supply.Contract contract : contracts) {
            this.contracts
                    .computeIfAbsent(contract.siteId(), site -> new TreeMap<>())
                    .put(contract.fromMs(), contract);
        }
        this.covers = covers.stream().collect(Collectors.toMap(cover -> cover.siteId() + cover.vintage(), c -> c));
    }

    /** The factor's id of the contract at that hour. */
    Optional<String> contract(String siteId, long hourMs) {
        TreeMap<Long, Supply.Contract> ofSite = contracts.get(siteId);
        return Optional.ofNullable(ofSite == null ? null : ofSite.floorEntry(hourMs))
                .map(Map.Entry::getValue)
                .filter(contract -> hourMs < contract.toMs())
                .map(Supply.Contract::factorId);
    }

    /** What certificates cover in the UTC year of that hour. */
    Optional<Supply.Cover> cover(String siteId, long hourMs) {
        int year = Instant.ofEpochMilli(hourMs).atOffset(ZoneOffset.UTC).getYear();
        return Optional.ofNullable(covers.get(siteId + year));
    }
}
