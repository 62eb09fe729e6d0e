package io.hfeco2ai.grid;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** What the server makes of the bundled tables, for tests of those that read the same tables without it. */
public final class BundledFactors {

    private static final List<DatedFactor> ALL = ReferenceData.factors();

    private BundledFactors() {}

    public static Set<String> zones() {
        Set<String> zones = new TreeSet<>();
        ALL.forEach(dated -> zones.add(dated.factor().zone()));
        return zones;
    }

    public static Optional<Grid.Factor> of(String zone, long hourMs) {
        return DatedFactor.forHour(
                        ALL.stream()
                                .filter(dated -> dated.factor().zone().equals(zone))
                                .toList(),
                        "average",
                        hourMs)
                .map(DatedFactor::factor);
    }
}
