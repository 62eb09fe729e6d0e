package io.hfeco2ai.grid.providers;

import io.hfeco2ai.grid.factors.FactorOrigin;
import io.hfeco2ai.grid.factors.HourMeans.Sample;
import java.math.BigDecimal;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/**
 * Marginal operating emissions rates of WattTime, each 5 minutes. They say what one more kilowatt-hour causes, so they advise
 * and never price an inventory.
 *
 * @param key user and password with a colon between
 */
record WattTime(ProviderHttp http, URI baseUrl, String key) implements IntensityProvider {

    static final String NAME = "watttime";
    static final URI BASE_URL = URI.create("https://api.watttime.org");
    private static final int MINUTES = 5;
    /** Pounds per MWh to grams per kWh; the pound is 0.45359237 kg by definition. */
    private static final BigDecimal GRAMS_PER_KWH = new BigDecimal("0.45359237");

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public FactorOrigin origin() {
        return new FactorOrigin(
                "marginal",
                "direct",
                "CO2",
                null,
                null,
                "WattTime API",
                "v3, co2_moer",
                "by contract with the provider",
                "https://watttime.org");
    }

    @Override
    public Duration every() {
        return Duration.ofMinutes(30);
    }

    @Override
    public List<Sample> fetch(String zone, long fromMs, long toMs) throws ProviderFailure {
        String basic = Base64.getEncoder().encodeToString(key.getBytes(StandardCharsets.UTF_8));
        String login = http.get(URI.create(baseUrl + "/login"), Map.of("Authorization", "Basic " + basic));
        String token = Answers.json(login).path("token").asString("");
        String query = "/v3/historical?signal_type=co2_moer&region=" + URLEncoder.encode(zone, StandardCharsets.UTF_8)
                + "&start=" + Instant.ofEpochMilli(fromMs) + "&end=" + Instant.ofEpochMilli(toMs);
        String body = http.get(URI.create(baseUrl + query), Map.of("Authorization", "Bearer " + token));
        String units = Answers.json(body).path("meta").path("units").asString("");
        if (!units.equals("lbs_co2_per_mwh")) {
            throw new ProviderFailure("The answer is not in pounds of CO2 per MWh.");
        }
        List<Sample> samples = new ArrayList<>();
        for (JsonNode each : Answers.list(body, "data")) {
            if (each.path("value").isNumber()) {
                BigDecimal grams = each.path("value").decimalValue().multiply(GRAMS_PER_KWH);
                samples.add(Answers.sample(Answers.timeMs(each.path("point_time")), MINUTES, grams, false));
            }
        }
        return samples;
    }
}
