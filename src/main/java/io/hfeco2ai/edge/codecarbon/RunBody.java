package io.hfeco2ai.edge.codecarbon;

import io.hfeco2ai.platform.BadInput;
import io.hfeco2ai.platform.Inputs;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a tracker says when it begins. Anything may be missing.
 *
 * @param timestamp when it was sent: up to 3.2.8 before the training, later only with the first emission
 * @param longitude rounded to a tenth of a degree
 * @param region of the cloud provider; the country is not sent
 * @param ramTotalSize GiB
 * @param trackingMode machine or process
 */
record RunBody(
        @Nullable OffsetDateTime timestamp,
        @Nullable String experimentId,
        @Nullable String os,
        @Nullable String pythonVersion,
        @Nullable String codecarbonVersion,
        @Nullable Integer cpuCount,
        @Nullable String cpuModel,
        @Nullable Integer gpuCount,
        @Nullable String gpuModel,
        @Nullable Double longitude,
        @Nullable Double latitude,
        @Nullable String region,
        @Nullable String provider,
        @Nullable Double ramTotalSize,
        @Nullable String trackingMode) {

    static final String GPU_COUNT = "gpu_count";
    static final String GPU_MODEL = "gpu_model";
    static final String TRACKING_MODE = "tracking_mode";

    /** Where CodeCarbon believes to be when it could not find out: read in its source, 2.4.2 to 3.3.2. */
    private static final double FALLBACK_LATITUDE = 46.8;

    private static final double FALLBACK_LONGITUDE = -71.2;
    private static final int LONGEST_VERSION = 60;

    /** @throws BadInput when there is none */
    Instant at() {
        return time("timestamp", timestamp);
    }

    static Instant time(String field, @Nullable OffsetDateTime at) {
        if (at == null) {
            throw new BadInput(
                    field, "Field " + field + " is missing; send the time with its offset: 2026-01-31T12:00:00+00:00.");
        }
        return Inputs.time(field, at.toInstant());
    }

    /** Without its words: {@code unknown}. */
    String version() {
        String version = codecarbonVersion == null ? "" : codecarbonVersion.strip();
        Inputs.plain("codecarbon_version", version);
        return version.isEmpty() || version.length() > LONGEST_VERSION ? "unknown" : version;
    }

    /** Quebec City, and no cloud: as good as always a place that was not found. */
    boolean placeIsFallback() {
        return provider == null
                && latitude != null
                && longitude != null
                && latitude == FALLBACK_LATITUDE
                && longitude == FALLBACK_LONGITUDE;
    }

    /** The machine and its software as parameters of the run. */
    Map<String, String> params() {
        Map<String, String> params = new LinkedHashMap<>();
        put(params, "codecarbon_version", codecarbonVersion);
        put(params, "python_version", pythonVersion);
        put(params, "os", os);
        put(params, "cpu_model", cpuModel);
        put(params, "cpu_count", cpuCount);
        put(params, GPU_MODEL, gpuModel);
        put(params, GPU_COUNT, gpuCount);
        put(params, "ram_total_gib", ramTotalSize);
        put(params, TRACKING_MODE, trackingMode);
        put(params, "cloud_provider", provider);
        put(params, "cloud_region", region);
        return params;
    }

    private static void put(Map<String, String> params, String name, @Nullable Object content) {
        if (content != null && !content.toString().isBlank()) {
            params.put(name, content.toString());
        }
    }
}
