package io.hfeco2ai.metering.reported;

import jakarta.servlet.http.HttpServletRequest;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The other end of a call's connection. */
public final class Peers {

    private static final List<String> PROXY_HEADERS = List.of("X-Forwarded-For", "Forwarded", "X-Real-IP", "Via");

    private Peers() {}

    /** Null when a proxy stands between: then the connection is the proxy's and says nothing of the caller. */
    public static @Nullable InetSocketAddress of(HttpServletRequest request) {
        for (String header : PROXY_HEADERS) {
            if (request.getHeader(header) != null) {
                return null;
            }
        }
        try {
            // A numeric address, so nothing is looked up.
            return new InetSocketAddress(InetAddress.getByName(request.getRemoteAddr()), request.getRemotePort());
        } catch (UnknownHostException notNumeric) {
            return null;
        }
    }
}
