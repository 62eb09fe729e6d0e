package io.hfeco2ai.budgets.delivery;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Lets a receiver know that a webhook is ours, unchanged and not an old one sent again (docs/alerts.md). */
final class Signature {

    static final String TIMESTAMP_HEADER = "X-HfEco2AI-Timestamp";
    static final String SIGNATURE_HEADER = "X-HfEco2AI-Signature";

    private Signature() {}

    /** {@code v1=} and the HMAC-SHA256, in hex, over the seconds, a full stop and the body, as UTF-8. */
    static String of(String key, long unixSeconds, String body) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
            return "v1="
                    + HexFormat.of()
                            .formatHex(mac.doFinal((unixSeconds + "." + body).getBytes(StandardCharsets.UTF_8)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
