package io.hfeco2ai.grid.providers;

import io.hfeco2ai.grid.factors.FactorOrigin;
import io.hfeco2ai.grid.factors.HourMeans.Sample;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/** The last 24 hours of a zone at Electricity Maps, direct, flow-traced consumption; estimates are marked as such there. */
record ElectricityMaps(ProviderHttp http, URI baseUrl, String key) implements IntensityProvider {

    static final String NAME = "electricity-maps";
    static final URI BASE_URL = URI.create("https://api.electricitymaps.com");

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public FactorOrigin origin() {
        return new FactorOrigin(
                "average",
                "direct",
                "CO2e",
                null,
                "consumption",
                "Electricity Maps API",
                "v3, direct",
                "by contract with the provider",
                "https://www.electricitymaps.com");
    }

    @Override
    public Duration every() {
        return Duration.ofMinutes(30);
    }

    @Override
    public List<Sample> fetch(String zone, long fromMs, long toMs) throws ProviderFailure {
        String query = "/v3/carbon-intensity/history?emissionFactorType=direct&zone="
                + URLEncoder.encode(zone, StandardCharsets.UTF_8);
        String body = http.get(URI.create(baseUrl + query), Map.of("auth-token", key));
        List<Sample> samples = new ArrayList<>();
        for (JsonNode each : Answers.list(body, "history")) {
            JsonNode value = each.path("carbonIntensity");
            if (!value.isNumber()) {
                continue;
            }
            if (each.path("emissionFactorType").asString("direct").equals("lifecycle")) {
                throw new ProviderFailure("The answer is life-cycle, but direct was asked for.");
            }
            long startMs = Answers.timeMs(each.path("datetime"));
            boolean estimated = each.path("isEstimated").asBoolean(false);
            samples.add(Answers.sample(startMs, 60, value.decimalValue(), estimated));
        }
        return samples;
    }
}
