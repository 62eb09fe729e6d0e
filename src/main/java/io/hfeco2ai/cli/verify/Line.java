package io.hfeco2ai.cli.verify;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A row of {@code entries.csv}. */
record Line(long number, List<String> fields) {

    static final String HEADER =
            "prev_hash,chain_month,chain_no,id,state,node_id,hour_ms,run_id,device_kind,share_key,quality,boundary,"
                    + "origin,synthetic,pue,factor_id,uncertainty_ppm,method_version,energy_uj,facility_uj,location_ug,"
                    + "priced_uj,expected_ms,observed_ms,reason,recorded_ms,market_method,market_factor_id,certified_ppm,"
                    + "certificate_factor_id,wue,market_ug,water_ul,hash,team_id,site_id,category";
    private static final Pattern DECIMAL = Pattern.compile("-?\\d{1,20}(\\.\\d{1,20})?");
    private static final List<String> NAMES = List.of(HEADER.split(","));
    private static final int AFTER_VERSION_1 = NAMES.indexOf("market_method");
    private static final int AFTER_VERSION_2 = NAMES.indexOf("hash");
    /** Empty means unknown there, and an empty text elsewhere. */
    private static final Set<String> NULLABLE = Set.of(
            "pue",
            "factor_id",
            "facility_uj",
            "location_ug",
            "reason",
            "market_method",
            "market_factor_id",
            "certified_ppm",
            "certificate_factor_id",
            "wue",
            "market_ug",
            "water_ul");

    private static final int KEY_FROM = NAMES.indexOf("run_id");
    private static final int KEY_TO = NAMES.indexOf("energy_uj");
    private static final int MARKET_KEY_TO = NAMES.indexOf("market_ug");

    /** Of columns by name, looked up once. */
    enum Column {
        PREV_HASH,
        CHAIN_MONTH,
        CHAIN_NO,
        ID,
        STATE,
        NODE_ID,
        HOUR_MS,
        RUN_ID,
        QUALITY,
        BOUNDARY,
        SYNTHETIC,
        PUE,
        FACTOR_ID,
        METHOD_VERSION,
        ENERGY_UJ,
        FACILITY_UJ,
        LOCATION_UG,
        PRICED_UJ,
        EXPECTED_MS,
        OBSERVED_MS,
        REASON,
        RECORDED_MS,
        MARKET_METHOD,
        MARKET_FACTOR_ID,
        CERTIFIED_PPM,
        CERTIFICATE_FACTOR_ID,
        WUE,
        MARKET_UG,
        WATER_UL,
        HASH,
        TEAM_ID,
        SITE_ID,
        CATEGORY;

        final String title = name().toLowerCase(java.util.Locale.ROOT);
        final int at = NAMES.indexOf(title);
    }

    String get(Column column) {
        return fields.get(column.at);
    }

    String id() {
        return get(Column.ID);
    }

    /** @return null: unknown @throws NumberFormatException it is none */
    @Nullable BigInteger whole(Column column) {
        String text = get(column);
        return text.isEmpty() ? null : BigInteger.valueOf(Long.parseLong(text));
    }

    /** Of one that is always there. @throws NumberFormatException it is none */
    long number(Column column) {
        return Long.parseLong(get(column));
    }

    @Nullable BigDecimal decimal(Column column) {
        String text = get(column);
        return text.isEmpty() ? null : decimal(text);
    }

    /** Of at most twenty digits on each side, so that nobody makes us compute with a billion of them. */
    static BigDecimal decimal(String text) {
        if (!DECIMAL.matcher(text).matches()) {
            throw new NumberFormatException("no decimal number: " + text);
        }
        return new BigDecimal(text);
    }

    /** Lines of an hour with the same key are priced together. */
    String key() {
        return get(Column.NODE_ID)
                + '\n'
                + String.join("\n", fields.subList(KEY_FROM, KEY_TO))
                + '\n'
                + String.join("\n", fields.subList(AFTER_VERSION_1, MARKET_KEY_TO));
    }

    /** As the entry's own hash must be, after docs/evidence.md. */
    String computedHash() {
        int to = get(Column.METHOD_VERSION).equals("1") ? AFTER_VERSION_1 : AFTER_VERSION_2;
        StringBuilder text = new StringBuilder(600);
        for (int at = 0; at < to; at++) {
            String field = fields.get(at);
            String content = field.isEmpty() && NULLABLE.contains(NAMES.get(at)) ? "-" : field;
            text.append(content.length()).append(':').append(content).append(',');
        }
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256")
                            .digest(text.toString().getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
