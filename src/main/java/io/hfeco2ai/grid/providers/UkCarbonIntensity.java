package io.hfeco2ai.grid.providers;

import io.hfeco2ai.grid.factors.FactorOrigin;
import io.hfeco2ai.grid.factors.HourMeans.Sample;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/**
 * The national series of Great Britain's Carbon Intensity API, half-hourly, no key. CO2 only; what power stations emit, with
 * imports and grid losses. Only "actual" values are taken: a forecast prices nothing.
 */
record UkCarbonIntensity(ProviderHttp http, URI baseUrl) implements IntensityProvider {

    static final String NAME = "uk-carbon-intensity";
    static final URI BASE_URL = URI.create("https://api.carbonintensity.org.uk");
    private static final DateTimeFormatter MINUTE =
            DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm'Z'").withZone(ZoneOffset.UTC);

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public FactorOrigin origin() {
        return new FactorOrigin(
                "average",
                "direct",
                "CO2",
                null,
                "consumption",
                "Carbon Intensity API (NESO), national, actual",
                "live",
                "CC BY 4.0",
                "https://carbonintensity.org.uk");
    }

    @Override
    public Duration every() {
        return Duration.ofMinutes(30);
    }

    @Override
    public List<Sample> fetch(String zone, long fromMs, long toMs) throws ProviderFailure {
        String path = "/intensity/" + MINUTE.format(Instant.ofEpochMilli(fromMs)) + "/"
                + MINUTE.format(Instant.ofEpochMilli(toMs));
        String body = http.get(URI.create(baseUrl + path), Map.of("Accept", "application/json"));
        List<Sample> samples = new ArrayList<>();
        for (JsonNode each : Answers.list(body, "data")) {
            JsonNode actual = each.path("intensity").path("actual");
            if (actual.isNumber()) {
                long startMs = Answers.timeMs(each.path("from"));
                long minutes = (Answers.timeMs(each.path("to")) - startMs) / 60_000;
                samples.add(Answers.sample(startMs, minutes, actual.decimalValue(), false));
            }
        }
        return samples;
    }
}
