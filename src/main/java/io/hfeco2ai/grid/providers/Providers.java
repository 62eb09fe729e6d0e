package io.hfeco2ai.grid.providers;

import io.hfeco2ai.grid.Grid;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;

/** The configured providers and their zones. */
final class Providers {

    private static final Duration DEADLINE = Duration.ofSeconds(20);

    /** @param zone our code; @param theirs the provider's name of it */
    record Source(IntensityProvider provider, String zone, String theirs) {}

    private final ProviderHttp http;
    private final Function<String, Optional<Grid.Zone>> zones;
    private final List<Source> sources = new ArrayList<>();

    /** @throws IllegalArgumentException a zone is unknown, or a key or an EIC code is missing */
    Providers(ProviderProperties all, Function<String, Optional<Grid.Zone>> zones) {
        this(all, zones, new ProviderHttp(DEADLINE));
    }

    Providers(ProviderProperties all, Function<String, Optional<Grid.Zone>> zones, ProviderHttp http) {
        this.http = http;
        this.zones = zones;
        var uk = all.ukCarbonIntensity();
        add(uk, new UkCarbonIntensity(http, base(uk, UkCarbonIntensity.BASE_URL)));
        var maps = all.electricityMaps();
        addWithKey(maps, new ElectricityMaps(http, base(maps, ElectricityMaps.BASE_URL), maps.key()));
        var watttime = all.watttime();
        addWithKey(watttime, new WattTime(http, base(watttime, WattTime.BASE_URL), watttime.key()));
        var entsoe = all.entsoe();
        addWithKey(entsoe, new EntsoE(http, base(entsoe, EntsoE.BASE_URL), entsoe.key()));
    }

    private static URI base(ProviderProperties.Provider settings, URI own) {
        return Objects.requireNonNullElse(settings.baseUrl(), own);
    }

    private void addWithKey(ProviderProperties.Provider settings, IntensityProvider provider) {
        if (!settings.zones().isEmpty() && settings.key().isBlank()) {
            throw new IllegalArgumentException(
                    "Set hfeco2ai.grid.providers." + provider.name() + ".key, or remove its zones.");
        }
        add(settings, provider);
    }

    private void add(ProviderProperties.Provider settings, IntensityProvider provider) {
        for (String each : settings.zones()) {
            String[] parts = each.strip().split("=", 2);
            String zone = zones.apply(parts[0])
                    .map(Grid.Zone::code)
                    .orElseThrow(() -> new IllegalArgumentException("hfeco2ai.grid.providers." + provider.name()
                            + ".zones has the unknown zone \"" + parts[0] + "\": use a code such as DE."));
            if (parts.length == 1 && provider instanceof EntsoE) {
                throw new IllegalArgumentException("hfeco2ai.grid.providers.entsoe.zones needs the EIC code of " + zone
                        + ": write " + zone + "=10Y….");
            }
            sources.add(new Source(provider, zone, parts.length == 1 ? zone : parts[1]));
        }
    }

    List<Source> sources() {
        return List.copyOf(sources);
    }

    void close() throws IOException {
        http.close();
    }
}
