package io.hfeco2ai.teams;

import io.hfeco2ai.teams.Teams.TokenIdentity;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configurers.AbstractHttpConfigurer;
import org.springframework.security.config.http.SessionCreationPolicy;
import org.springframework.security.core.authority.AuthorityUtils;
import org.springframework.security.core.context.SecurityContext;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.web.access.intercept.AuthorizationFilter;
import org.springframework.security.web.authentication.preauth.PreAuthenticatedAuthenticationToken;
import org.springframework.web.filter.OncePerRequestFilter;

/** Knows the caller by the API token; each edge puts it into its own security chain. */
public final class TokenSignIn extends OncePerRequestFilter {

    private static final String BEARER = "bearer ";
    private static final String BASIC = "basic ";
    private static final int LONGEST_TOKEN = 200;
    private static final String EXPIRED = TokenSignIn.class.getName() + ".expired";

    private final Teams teams;
    private final Function<HttpServletRequest, Optional<String>> where;

    /** A Bearer, or the password of Basic, which some clients can only send. */
    public TokenSignIn(Teams teams) {
        this(teams, request -> ofHeader(request.getHeader(HttpHeaders.AUTHORIZATION)));
    }

    /** @param where the protocol has its token */
    public TokenSignIn(Teams teams, Function<HttpServletRequest, Optional<String>> where) {
        this.teams = teams;
        this.where = where;
    }

    /**
     * Makes it a chain of calls that each bring their token: no session, no form, nothing remembered. Which calls need none is
     * the edge's to say, and that all others do.
     */
    public HttpSecurity into(HttpSecurity http) throws Exception {
        return http.csrf(AbstractHttpConfigurer::disable)
                .requestCache(AbstractHttpConfigurer::disable)
                .logout(AbstractHttpConfigurer::disable)
                .sessionManagement(session -> session.sessionCreationPolicy(SessionCreationPolicy.STATELESS))
                .authorizeHttpRequests(requests -> requests.dispatcherTypeMatchers(
                                DispatcherType.ERROR, DispatcherType.FORWARD, DispatcherType.ASYNC)
                        .permitAll())
                .addFilterBefore(this, AuthorizationFilter.class);
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        where.apply(request)
                .filter(token -> token.length() <= LONGEST_TOKEN)
                .ifPresent(token -> teams.authenticate(token).ifPresentOrElse(TokenSignIn::signIn, () -> {
                    request.setAttribute(EXPIRED, teams.hasExpired(token));
                }));
        chain.doFilter(request, response);
    }

    private static void signIn(TokenIdentity identity) {
        SecurityContext context = SecurityContextHolder.createEmptyContext();
        context.setAuthentication(new PreAuthenticatedAuthenticationToken(
                identity, "", AuthorityUtils.createAuthorityList("ROLE_TOKEN")));
        SecurityContextHolder.setContext(context);
    }

    /** Why a call is refused whose token, if it has one, is not good: for the 401 of each edge. */
    public static String refusal(HttpServletRequest request, String ifUnknown) {
        return Boolean.TRUE.equals(request.getAttribute(EXPIRED))
                ? "The API token has expired; make a new one on the page /settings/tokens."
                : ifUnknown;
    }

    /** What an Authorization header holds. */
    public static Optional<String> ofHeader(@Nullable String header) {
        if (header == null) {
            return Optional.empty();
        }
        if (header.regionMatches(true, 0, BEARER, 0, BEARER.length())) {
            return Optional.of(header.substring(BEARER.length()).strip());
        }
        if (header.regionMatches(true, 0, BASIC, 0, BASIC.length())) {
            return password(header.substring(BASIC.length()).strip());
        }
        return Optional.empty();
    }

    private static Optional<String> password(String encoded) {
        try {
            String pair = new String(Base64.getDecoder().decode(encoded), StandardCharsets.UTF_8);
            return Optional.of(pair.substring(pair.indexOf(':') + 1));
        } catch (IllegalArgumentException notBase64) {
            return Optional.empty();
        }
    }
}
