package io.hfeco2ai.budgets.delivery;

import io.hfeco2ai.platform.BadInput;
import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.Locale;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;

/** Which URLs a channel may have, and the addresses of their hosts. */
@Component
class WebTargets {

    /** How a name becomes addresses; the system's resolver, or a test's. */
    @FunctionalInterface
    interface Resolver {
        InetAddress[] resolve(String host) throws UnknownHostException;
    }

    private static final int LONGEST_URL = 2000;
    private static final String PRIVATE = " leads to a private, loopback or link-local address. Such addresses are"
            + " refused unless whoever runs the server sets hfeco2ai.webhooks.allow-private=true.";

    private final boolean allowPrivate;
    private final Resolver resolver;

    @Autowired
    WebTargets(@Value("${hfeco2ai.webhooks.allow-private:false}") boolean allowPrivate) {
        this(allowPrivate, InetAddress::getAllByName);
    }

    WebTargets(boolean allowPrivate, Resolver resolver) {
        this.allowPrivate = allowPrivate;
        this.resolver = resolver;
    }

    /** @throws BadInput no http or https URL, or one that must not be called */
    URI check(String text) {
        URI url = parse(text.strip());
        String scheme = url.getScheme() == null ? "" : url.getScheme().toLowerCase(Locale.ROOT);
        if (!scheme.equals("http") && !scheme.equals("https")) {
            throw new BadInput("target", "The URL must start with https:// or http://.");
        }
        if (url.getHost() == null || url.getRawUserInfo() != null || url.getRawFragment() != null) {
            throw new BadInput("target", "The URL needs a host, and has no user name, password or # part.");
        }
        try {
            addresses(url.getHost());
        } catch (UnknownHostException e) {
            throw new BadInput("target", "The host " + cut(url.getHost()) + reason(e));
        }
        return url;
    }

    private static URI parse(String text) {
        if (text.isEmpty() || text.length() > LONGEST_URL) {
            throw new BadInput("target", "Give a URL of 1 to " + LONGEST_URL + " characters.");
        }
        try {
            return new URI(text);
        } catch (URISyntaxException e) {
            throw new BadInput("target", "This is no URL; copy it whole, such as https://example.org/hook.");
        }
    }

    /**
     * The addresses to connect to: none of them is looked up again.
     *
     * @throws UnknownHostException there is none, or one that must not be called; the message says which
     */
    InetAddress[] addresses(String host) throws UnknownHostException {
        InetAddress[] found = resolver.resolve(host);
        if (!allowPrivate && !Arrays.stream(found).allMatch(AddressRule::isPublic)) {
            throw new Refused();
        }
        return found;
    }

    static String reason(UnknownHostException e) {
        return e instanceof Refused ? PRIVATE : " is not found; check its spelling.";
    }

    private static String cut(String host) {
        return host.length() <= 100 ? host : host.substring(0, 100) + "…";
    }

    private static final class Refused extends UnknownHostException {
        private static final long serialVersionUID = 1L;
    }
}
