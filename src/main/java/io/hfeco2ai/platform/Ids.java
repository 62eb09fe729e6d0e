package io.hfeco2ai.platform;

import java.security.SecureRandom;
import java.time.Clock;

/** Makes public ids: UUIDv7 (RFC 9562, 5.7) as 32 hex digits, so that ids made later sort later (to the millisecond). */
public final class Ids {

    private static final SecureRandom RANDOM = new SecureRandom();
    /** The time inside an id only keeps ids in order; nothing reads it back, so no test has to set it. */
    private static final Clock WALL = Clock.systemUTC();

    private static final String HEX = "0123456789abcdef";

    private Ids() {}

    public static String next() {
        byte[] bytes = new byte[16];
        RANDOM.nextBytes(bytes);
        long now = WALL.millis();
        for (int i = 0; i < 6; i++) {
            bytes[i] = (byte) (now >>> (40 - 8 * i));
        }
        bytes[6] = (byte) (0x70 | (bytes[6] & 0x0f));
        bytes[8] = (byte) (0x80 | (bytes[8] & 0x3f));
        StringBuilder text = new StringBuilder(32);
        for (byte b : bytes) {
            text.append(HEX.charAt((b >> 4) & 0xf)).append(HEX.charAt(b & 0xf));
        }
        return text.toString();
    }
}
