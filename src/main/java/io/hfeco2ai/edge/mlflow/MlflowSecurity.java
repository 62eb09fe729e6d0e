package io.hfeco2ai.edge.mlflow;

import io.hfeco2ai.teams.Teams;
import io.hfeco2ai.teams.TokenSignIn;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Set;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpHeaders;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configurers.AbstractHttpConfigurer;
import org.springframework.security.config.http.SessionCreationPolicy;
import org.springframework.security.web.SecurityFilterChain;

/** The chain of MLflow's clients: a token with each call, as Bearer or as the password of Basic. */
@Configuration(proxyBeanMethods = false)
class MlflowSecurity {

    /** Where clients call; MLFLOW_TRACKING_URI is …/mlflow. */
    static final String API = "/mlflow/api/2.0/mlflow";

    /** What MLflow's own pages call, with the same answers. */
    static final String AJAX = "/mlflow/ajax-api/2.0/mlflow";

    /** Where links that clients print lead; people open them. */
    static final String OPEN = "/mlflow/open";

    private static final int BEFORE_THE_PAGES = 20;
    private static final Set<String> LANDING = Set.of("/mlflow", "/mlflow/");
    private static final String LANDING_POLICY = "default-src 'self'; img-src 'self' data:; object-src 'none';"
            + " base-uri 'self'; form-action 'self'; frame-ancestors 'none'";

    @Bean
    @Order(BEFORE_THE_PAGES)
    SecurityFilterChain mlflow(HttpSecurity http, Teams teams) throws Exception {
        return new TokenSignIn(teams)
                .into(http.securityMatcher(request -> isMlflow(request.getServletPath())))
                .authorizeHttpRequests(requests -> requests.requestMatchers("/mlflow/health", "/mlflow/version")
                        .permitAll()
                        .anyRequest()
                        .authenticated())
                .exceptionHandling(handling -> handling.authenticationEntryPoint(
                                (request, response, cause) -> refuse(request, response))
                        .accessDeniedHandler((request, response, denied) ->
                                MlflowErrors.write(response, 403, "PERMISSION_DENIED", "This token may not do that.")))
                .build();
    }

    /** Says nothing of anybody: it only reads the address that the browser did not send. */
    @Bean
    @Order(BEFORE_THE_PAGES + 1)
    SecurityFilterChain mlflowLanding(HttpSecurity http) throws Exception {
        return http.securityMatcher(request -> LANDING.contains(request.getServletPath()))
                .requestCache(AbstractHttpConfigurer::disable)
                .sessionManagement(session -> session.sessionCreationPolicy(SessionCreationPolicy.STATELESS))
                .authorizeHttpRequests(requests -> requests.anyRequest().permitAll())
                .headers(headers -> headers.contentSecurityPolicy(policy -> policy.policyDirectives(LANDING_POLICY)))
                .build();
    }

    /** What clients call; not the pages that people open. */
    static boolean isMlflow(String path) {
        return path.startsWith("/mlflow/") && !LANDING.contains(path) && !path.equals(OPEN);
    }

    /** The challenge must be Basic: a client with credentials in its URL sends them only when asked so. */
    private static void refuse(HttpServletRequest request, HttpServletResponse response) throws IOException {
        response.setHeader(HttpHeaders.WWW_AUTHENTICATE, "Basic realm=\"HF Eco2AI\"");
        String message = request.getHeader(HttpHeaders.AUTHORIZATION) == null
                ? "Set MLFLOW_TRACKING_TOKEN to your HF Eco2AI API token; make one on the page /settings/tokens."
                : TokenSignIn.refusal(
                        request, "The API token is unknown or revoked; make a new one on the page /settings/tokens.");
        MlflowErrors.write(response, 401, "UNAUTHENTICATED", message);
    }
}
