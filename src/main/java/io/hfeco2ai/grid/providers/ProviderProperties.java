package io.hfeco2ai.grid.providers;

import java.net.URI;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/** Who is asked for live factors; nobody, unless configured. */
@ConfigurationProperties("hfeco2ai.grid.providers")
record ProviderProperties(
        @DefaultValue Provider ukCarbonIntensity,
        @DefaultValue Provider electricityMaps,
        @DefaultValue Provider watttime,
        @DefaultValue Provider entsoe) {

    /**
     * @param baseUrl unset: the provider's own
     * @param key as the provider gave it; of WattTime user:password
     * @param zones our codes, each with {@code =} and the provider's own name of the zone where that is another
     */
    record Provider(
            @Nullable URI baseUrl,
            @DefaultValue("") String key,
            @DefaultValue List<String> zones) {}
}
