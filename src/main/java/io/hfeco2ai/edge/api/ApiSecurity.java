package io.hfeco2ai.edge.api;

import io.hfeco2ai.platform.ErrorFormat;
import io.hfeco2ai.platform.Errors;
import io.hfeco2ai.platform.Problem;
import io.hfeco2ai.teams.Teams;
import io.hfeco2ai.teams.TokenSignIn;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpHeaders;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.web.SecurityFilterChain;

/** The chain of the API: no session, no form, a token with each call. */
@Configuration(proxyBeanMethods = false)
class ApiSecurity {

    private static final int BEFORE_THE_PAGES = 10;

    @Bean
    @Order(BEFORE_THE_PAGES)
    SecurityFilterChain api(HttpSecurity http, Teams teams) throws Exception {
        return new TokenSignIn(teams)
                .into(http.securityMatcher(ApiSecurity::byToken))
                .authorizeHttpRequests(requests -> requests.requestMatchers("/actuator/health", "/actuator/health/**")
                        .permitAll()
                        .anyRequest()
                        .authenticated())
                .exceptionHandling(handling -> handling.authenticationEntryPoint(
                                (request, response, cause) -> refuse(request, response))
                        .accessDeniedHandler((request, response, denied) ->
                                Errors.writeJson(response, Problem.of(403, "This token may not do that."))))
                .build();
    }

    /** All of the API, and what a tool with a token reads beside it; by the decoded path, as controllers are found. */
    private static boolean byToken(HttpServletRequest request) {
        String path = request.getServletPath();
        boolean beside = path.startsWith("/actuator/") || path.startsWith("/v3/api-docs");
        return isApi(path) || (beside && request.getHeader(HttpHeaders.AUTHORIZATION) != null);
    }

    private static boolean isApi(String path) {
        return path.equals("/api") || path.startsWith("/api/");
    }

    private static void refuse(HttpServletRequest request, HttpServletResponse response) throws IOException {
        response.setHeader(HttpHeaders.WWW_AUTHENTICATE, "Bearer realm=\"HF Eco2AI\"");
        String detail = request.getHeader(HttpHeaders.AUTHORIZATION) == null
                ? "Send your API token as Authorization: Bearer <token>; make one on the page /settings/tokens."
                : TokenSignIn.refusal(
                        request, "The API token is unknown or revoked; make a new one on the page /settings/tokens.");
        Errors.writeJson(response, Problem.of(401, detail));
    }

    @Bean
    ErrorFormat apiErrors() {
        return new ErrorFormat() {
            @Override
            public boolean speaksFor(String path) {
                return isApi(path) || path.startsWith("/actuator") || path.startsWith("/v3/");
            }

            @Override
            public void write(HttpServletResponse response, Problem problem) throws IOException {
                Errors.writeJson(response, problem);
            }
        };
    }
}
