package io.hfeco2ai.grid;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * The bundled tables: names of zones, cloud regions, and yearly factors. Origin, edition, units and licence of each row
 * are in {@code docs/data-sources.md}.
 */
@Component
class ReferenceData {

    record NamedZone(String code, String name, String country) {}

    private final Map<String, NamedZone> zones = new LinkedHashMap<>();
    private final Map<String, Grid.CloudRegion> regions = new LinkedHashMap<>();

    ReferenceData() {
        for (Csv.Line line : Csv.read("zones.csv")) {
            NamedZone zone = new NamedZone(line.get("code"), line.get("name"), line.get("country"));
            zones.put(zone.code(), zone);
        }
        for (Csv.Line line : Csv.read("regions.csv")) {
            Grid.CloudRegion region = region(line);
            regions.put(region.alias(), region);
        }
    }

    /** Read anew at each call: needed once, at start. */
    static List<DatedFactor> factors() {
        List<DatedFactor> factors = new ArrayList<>();
        for (String file : List.of("factors.csv", "factors-odbl.csv")) {
            Csv.read(file).forEach(line -> factors.add(DatedFactor.annual(line)));
        }
        return factors;
    }

    List<NamedZone> zones() {
        return List.copyOf(zones.values());
    }

    Optional<NamedZone> zone(String code) {
        return Optional.ofNullable(zones.get(code.strip().toUpperCase(Locale.ROOT)));
    }

    List<Grid.CloudRegion> regions() {
        return List.copyOf(regions.values());
    }

    Optional<Grid.CloudRegion> region(String alias) {
        return Optional.ofNullable(regions.get(alias.strip().toLowerCase(Locale.ROOT)));
    }

    private static Grid.CloudRegion region(Csv.Line line) {
        return new Grid.CloudRegion(
                line.get("provider"),
                line.get("region"),
                line.get("name"),
                line.get("zone"),
                decimal(line.get("pue")),
                year(line.get("pue_year")),
                decimal(line.get("wue_l_per_kwh")),
                year(line.get("wue_year")),
                line.get("source"),
                line.get("licence"));
    }

    private static @Nullable BigDecimal decimal(String text) {
        return text.isEmpty() ? null : new BigDecimal(text);
    }

    private static @Nullable Integer year(String text) {
        return text.isEmpty() ? null : Integer.valueOf(text);
    }
}
