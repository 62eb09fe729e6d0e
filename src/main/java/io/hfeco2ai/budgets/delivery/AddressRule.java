package io.hfeco2ai.budgets.delivery;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.Arrays;

/**
 * Which addresses a webhook may lead to: only such as are reached over the Internet, so that nobody makes this server speak
 * to services behind the firewall. Ranges: IANA's special-purpose address registries for IPv4 and IPv6.
 */
final class AddressRule {

    private AddressRule() {}

    static boolean isPublic(InetAddress address) {
        if (address.isLoopbackAddress()
                || address.isAnyLocalAddress()
                || address.isLinkLocalAddress()
                || address.isSiteLocalAddress()
                || address.isMulticastAddress()) {
            return false;
        }
        byte[] bytes = address.getAddress();
        return address instanceof Inet4Address ? isPublicV4(bytes) : isPublicV6(bytes);
    }

    private static boolean isPublicV4(byte[] bytes) {
        int first = bytes[0] & 0xff;
        int second = bytes[1] & 0xff;
        int third = bytes[2] & 0xff;
        boolean carrierNat = first == 100 && (second & 0xc0) == 64; // 100.64.0.0/10
        boolean protocols = first == 192 && second == 0 && third == 0; // 192.0.0.0/24
        boolean benchmarks = first == 198 && (second & 0xfe) == 18; // 198.18.0.0/15
        boolean thisNetwork = first == 0;
        boolean reserved = first >= 240; // 240.0.0.0/4 and broadcast
        return !carrierNat && !protocols && !benchmarks && !thisNetwork && !reserved;
    }

    private static boolean isPublicV6(byte[] bytes) {
        boolean global = (bytes[0] & 0xe0) == 0x20; // 2000::/3 is all that is routed
        boolean teredo = startsWith(bytes, 0x20, 0x01, 0x00, 0x00); // 2001::/32 hides an IPv4 address
        boolean sixToFour = startsWith(bytes, 0x20, 0x02); // 2002::/16 too
        return global && !teredo && !sixToFour;
    }

    private static boolean startsWith(byte[] bytes, int... prefix) {
        byte[] wanted = new byte[prefix.length];
        for (int i = 0; i < prefix.length; i++) {
            wanted[i] = (byte) prefix[i];
        }
        return Arrays.equals(Arrays.copyOf(bytes, prefix.length), wanted);
    }
}
