package io.hfeco2ai.grid.providers;

import io.hfeco2ai.grid.factors.FactorOrigin;
import io.hfeco2ai.grid.factors.HourMeans.Sample;
import java.math.BigDecimal;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Generation by type at ENTSO-E's Transparency Platform (A75, realised), with our own computation on top: {@link GenerationMix}. */
record EntsoE(ProviderHttp http, URI baseUrl, String key) implements IntensityProvider {

    static final String NAME = "entsoe";
    static final URI BASE_URL = URI.create("https://web-api.tp.entsoe.eu");
    private static final DateTimeFormatter MINUTE =
            DateTimeFormatter.ofPattern("yyyyMMddHHmm").withZone(ZoneOffset.UTC);

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
                "production",
                "ENTSO-E Transparency Platform, generation by type",
                GenerationMix.VERSION,
                "terms of the Transparency Platform",
                "https://transparency.entsoe.eu");
    }

    @Override
    public Duration every() {
        return Duration.ofHours(1);
    }

    /** A time counts only if each type that the answer knows has a value there: a missing one would shift the mix. */
    @Override
    public List<Sample> fetch(String zone, long fromMs, long toMs) throws ProviderFailure {
        String query = "/api?documentType=A75&processType=A16&in_Domain="
                + URLEncoder.encode(zone, StandardCharsets.UTF_8)
                + "&periodStart=" + MINUTE.format(Instant.ofEpochMilli(fromMs))
                + "&periodEnd=" + MINUTE.format(Instant.ofEpochMilli(toMs))
                + "&securityToken=" + URLEncoder.encode(key, StandardCharsets.UTF_8);
        List<EntsoEDocument.Power> powers = EntsoEDocument.read(http.get(URI.create(baseUrl + query), Map.of()));
        long types = powers.stream().map(EntsoEDocument.Power::type).distinct().count();
        Map<Long, List<EntsoEDocument.Power>> byTime = powers.stream()
                .collect(Collectors.groupingBy(EntsoEDocument.Power::fromMs, TreeMap::new, Collectors.toList()));
        List<Sample> samples = new ArrayList<>();
        for (List<EntsoEDocument.Power> at : byTime.values()) {
            Map<String, BigDecimal> mix = new TreeMap<>();
            at.forEach(power -> mix.merge(power.type(), power.megawatts(), BigDecimal::add));
            GenerationMix.Intensity intensity = GenerationMix.of(mix).orElse(null);
            if (intensity != null && mix.size() == types) {
                EntsoEDocument.Power first = at.get(0);
                samples.add(Answers.sample(
                        first.fromMs(), first.minutes(), intensity.gramsPerKwh(), intensity.estimated()));
            }
        }
        return samples;
    }
}
